"""What this host says about ports, bridges, VXLAN devices and namespaces.

Everything is read with the commands that a person would type. Nothing is changed; what is sent are pings: to
other hosts, and out of namespaces of routers and DHCP servers. Every command has its time.
"""

import json
import re
import shutil
import subprocess
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from networking_linuxbridge import names
from networking_linuxbridge.explain.question import Question, RefusedError

Facts = dict[str, Any]

_SECONDS = 10  # for one command
_MOST_LINES = 400  # of a list that grows with what an operator configures
_MOST_ENTRIES = 10_000
_HEADERS = 22  # what VXLAN adds to the MTU of a network, beyond the headers of the ping that tries it
_DNSMASQ_HOSTS = re.compile(rb"--dhcp-hostsfile=(\S+?/([0-9a-f-]{36})/host)")
_ROUND_TRIP = re.compile(r"time[=<]([\d.]+) ms")


def facts(question: Question) -> Facts:
    """Return what this host says to QUESTION; RefusedError if a command could not tell."""
    there = {path.name for path in Path("/run/netns").glob("q*")}
    with ThreadPoolExecutor(max_workers=8) as pool:
        return {
            "links": _links(question.taps),
            "tables": {names.vxlan(vni): _table(names.vxlan(vni)) for vni in question.vnis},
            "rules": _rules(question.taps),
            "protection": _protection(question.taps),
            "dhcp": _dhcp_servers(question.networks),
            "peers": _each(pool, lambda peer: _peer(peer, question.peers[peer]), question.peers),
            "namespaces": _each(
                pool,
                lambda name: _namespace(name, question.namespaces[name]),
                [name for name in question.namespaces if name in there],
            ),
        }


def _each(pool: ThreadPoolExecutor, look: Callable[[str], Facts], what: Iterable[str]) -> Facts:
    what = list(what)
    return dict(zip(what, pool.map(look, what), strict=True))


def _links(taps: Iterable[str]) -> Facts:
    links = {link["ifname"]: _link(link) for link in _json("ip", "-j", "-d", "-s", "link", "show")}
    return {name: link for name, link in links.items() if name in taps or link["kind"] in {"bridge", "vxlan"}}


def _link(link: Facts) -> Facts:
    info = link.get("linkinfo", {})
    data, traffic = info.get("info_data", {}), link.get("stats64", {})
    return {
        "kind": info.get("info_kind"),
        "up": "UP" in link["flags"],
        "carrier": "NO-CARRIER" not in link["flags"],
        "bridge": link.get("master"),
        "forwards": info.get("info_slave_data", {}).get("state") in {None, "forwarding"},
        "mtu": link["mtu"],
        "received": traffic.get("rx", {}).get("packets", 0),
        "sent": traffic.get("tx", {}).get("packets", 0),
        "vni": data.get("id"),
        "local": data.get("local") or data.get("local6"),
        "port": data.get("port"),
        "filters": [data.get("nf_call_iptables"), data.get("nf_call_ip6tables")],
    }


def _table(device: str) -> list[list[str]] | None:
    if not Path("/sys/class/net", device).exists():
        return None
    entries = _json("bridge", "-j", "fdb", "show", "dev", device)
    return sorted([entry["mac"], entry["dst"]] for entry in entries if entry.get("dst"))[:_MOST_ENTRIES]


def _rules(taps: Iterable[str]) -> Facts:
    """Return the rules of each port by the version of IP, with counters.

    They name its tap or stand in its chains, which neutron names by their direction (i, o, s) and the first
    ten characters of the port's id.
    """
    saved = {
        version: _output(program, "-c", "-t", "filter").splitlines()
        for version, program in (("4", "iptables-save"), ("6", "ip6tables-save"))
    }
    return {
        tap: {
            version: [line for line in lines if re.search(rf"-[ios]{tap[3:13]}\b|\b{tap}\b", line)][
                :_MOST_LINES
            ]
            for version, lines in saved.items()
        }
        for tap in taps
    }


def _protection(taps: Iterable[str]) -> Facts:
    """Return of nftables' bridge family the chain of each port: whether there is one, and what it dropped.

    None of a port where no port has a chain: nothing is protected there.
    """
    if shutil.which("nft") is None:
        return dict.fromkeys(taps)
    listed = _json("nft", "-j", "list", "ruleset", "bridge")["nftables"]
    chains = {one["chain"]["name"] for one in listed if "chain" in one}
    rules = [one["rule"] for one in listed if "rule" in one]
    if not any(map(names.is_tap, chains)):
        return dict.fromkeys(taps)
    return {
        tap: {"admitted": tap in chains, "drops": [drop for rule in rules if (drop := _drop(rule, tap))]}
        for tap in taps
    }


def _drop(rule: Facts, tap: str) -> Facts | None:
    """Return what a RULE of the chain of TAP dropped, and by which fields it knew that."""
    parts = {kind: value for part in rule["expr"] for kind, value in part.items()}
    if rule["chain"] != tap or "drop" not in parts or "counter" not in parts:
        return None
    fields = [part["match"]["left"].get("payload", {}) for part in rule["expr"] if "match" in part]
    texts = [f"{field['protocol']} {field['field']}" for field in fields if "field" in field]
    return {"by": ", ".join(texts) or "the rest", "packets": parts["counter"]["packets"]}


def _peer(address: str, mtu: int) -> Facts:
    """Return whether another host answers, and whether it does so to the largest packet of a network."""
    whole = _ping(address, "-M", "do", "-s", str(mtu + _HEADERS))
    small = whole if whole is not None else _ping(address)
    (route, *_) = _json("ip", "-j", "route", "get", address, may_fail=True) or [{}]
    return {
        "whole": whole,
        "small": small,
        "device": route.get("dev"),
        "neighbour": _neighbours().get(route.get("gateway", address)),
    }


def _namespace(name: str, addresses: Iterable[str]) -> Facts:
    within = ("ip", "netns", "exec", name)
    pings = {address: _ping(address, within=within) for address in addresses}
    devices = _json("ip", "-n", name, "-j", "address", "show")
    return {
        "devices": {
            device["ifname"]: {
                "up": "UP" in device["flags"],
                "mtu": device["mtu"],
                "addresses": [f"{one['local']}/{one['prefixlen']}" for one in device["addr_info"]],
            }
            for device in devices
            if device
        },
        "default": [
            route.get("gateway") or route["dev"]
            for version in ("-4", "-6")
            for route in _json("ip", "-n", name, version, "-j", "route", "show", "default")
        ],
        "nat": [
            line
            for line in _output(*within, "iptables-save", "-c", "-t", "nat").splitlines()
            if "NAT --to" in line
        ][:_MOST_LINES],
        "neighbours": {
            address: state for address, state in _neighbours("-n", name).items() if address in addresses
        },
        "pings": pings,
    }


def _neighbours(*within: str) -> dict[str, str]:
    """Return the state of the entry of every neighbour that was looked for."""
    return {
        one["dst"]: one.get("state", ["NONE"])[0] for one in _json("ip", *within, "-j", "neighbour", "show")
    }


def _dhcp_servers(networks: Iterable[str]) -> Facts:
    """Return by network the process of its DHCP server and the MAC addresses that it has addresses for."""
    found = {}
    for process in Path("/proc").glob("[0-9]*"):
        try:
            served = _DNSMASQ_HOSTS.search((process / "cmdline").read_bytes().replace(b"\0", b" "))
        except OSError:
            continue  # it has just ended
        if served and served[2].decode() in networks:
            macs = _macs_in(served[1].decode(), process)
            found[served[2].decode()] = {"pid": int(process.name), "macs": macs}
    return found


def _macs_in(file: str, process: Path) -> list[str] | None:
    """Return the MAC addresses in a FILE of PROCESS, which may be in a container; None if out of reach."""
    for path in (Path(file), process / "root" / file.lstrip("/")):
        try:
            lines = path.read_text().splitlines()
        except OSError:
            continue
        return [line.partition(",")[0] for line in lines][:_MOST_ENTRIES]
    return None


def _ping(address: str, *options: str, within: tuple[str, ...] = ()) -> float | None:
    """Return after how many milliseconds ADDRESS answers; None if it does not within a second."""
    ping = ("ping", "-n", "-c", "1", "-W", "1", *options, address)
    answered = _ROUND_TRIP.search(_output(*within, *ping, may_fail=True))
    return float(answered[1]) if answered else None


def _json(*command: str, may_fail: bool = False) -> Any:
    return json.loads(_output(*command, may_fail=may_fail) or "[]")


def _output(*command: str, may_fail: bool = False) -> str:
    """Return what COMMAND prints. One that fails must not be taken for one that finds nothing."""
    try:
        done = subprocess.run(  # noqa: S603  the question names nothing but names and addresses
            command, capture_output=True, text=True, timeout=_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise RefusedError(f"{' '.join(command)}: {error}") from error
    if done.returncode and not may_fail:
        raise RefusedError(f"{' '.join(command)}: {done.stderr.strip()}")
    return done.stdout
