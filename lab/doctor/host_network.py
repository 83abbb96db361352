"""The host's own way out: its default route and its name servers, asked a question."""

import json
import socket
from pathlib import Path

from lab.doctor.command import ask
from lab.doctor.finding import Finding, bad, good

ROUTE, DNS = "default route", "DNS"
DNS_PORT = 53

# One question for the name servers of the root, which every resolver answers, if only with a refusal.
QUESTION = bytes.fromhex("d5a0 0100 0001 0000 0000 0000 00 0002 0001")


def check_default_route() -> Finding:
    """Whether the host has one; labs work without, their servers do not reach the internet."""
    answer = ask("ip", "-json", "-4", "route", "show", "default")
    routes = json.loads(answer.text or "[]") if answer.ok else []
    if routes:
        return good(ROUTE, f"by {routes[0].get('gateway', 'no gateway')} on {routes[0].get('dev', '?')}")
    return bad(ROUTE, "none: a lab works, but nothing in it reaches the internet", "sudo dhclient")


def check_dns(resolv_conf: Path = Path("/etc/resolv.conf"), within: float = 2) -> Finding:
    """Whether one of the host's name servers answers within so many seconds."""
    servers = name_servers(resolv_conf)
    if not servers:
        mend = f"echo 'nameserver ADDRESS' | sudo tee -a {resolv_conf}"
        return bad(DNS, f"{resolv_conf} names no server: no name is resolved in a lab", mend)
    for server in servers:
        if answers(server, within / len(servers)):
            return good(DNS, f"{server} answers")
    return bad(
        DNS, f"no answer of {', '.join(servers)}", f"getent hosts debian.org  # and see to {resolv_conf}"
    )


def name_servers(resolv_conf: Path) -> list[str]:
    """The addresses in RESOLV_CONF."""
    lines = resolv_conf.read_text().splitlines() if resolv_conf.exists() else []
    return [fields[1] for line in lines if len(fields := line.split()) > 1 and fields[0] == "nameserver"]


def answers(server: str, within: float) -> bool:
    """Whether SERVER answers a question; the answer itself does not matter."""
    family = socket.AF_INET6 if ":" in server else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as asking:
        asking.settimeout(within)
        try:
            asking.connect((server, DNS_PORT))
            asking.send(QUESTION)
            return bool(asking.recv(512))
        except OSError:
            return False
