"""`dietstack-net explain PORT` follows the way of a port; `dietstack-net facts` is what one host says."""

import argparse
import dataclasses
import json
import logging
import os
import sys
import warnings
from collections.abc import Sequence
from ipaddress import ip_address

from networking_linuxbridge.explain import host
from networking_linuxbridge.explain.hop import Hop, closing_line, is_whole
from networking_linuxbridge.explain.question import Question, RefusedError, is_address
from networking_linuxbridge.explain.way import Answers, questions, way

WHOLE, ENDS, REFUSED = 0, 1, 2
_CONFIG = "/etc/neutron/neutron.conf"


def main() -> None:
    """Do what the command line asks for."""
    arguments = _parser().parse_args()
    try:
        status = arguments.do(arguments)
    except RefusedError as refusal:
        print(f"refused: {refusal}", file=sys.stderr)  # noqa: T201
        status = REFUSED
    sys.stdout.flush()
    # Threads that still wait for the message broker keep nobody from the prompt.
    os._exit(status)


def explain(arguments: argparse.Namespace) -> int:
    """Print the way of a port, hop by hop, and where it ends."""
    logging.disable()
    warnings.simplefilter("ignore")  # of what libraries mean to change
    from networking_linuxbridge.explain import api, ask  # noqa: PLC0415  seconds, which `facts` does not need

    config_files = arguments.config_file or [_CONFIG]
    for file in config_files:
        if not os.access(file, os.R_OK):
            raise RefusedError(
                f"--config-file {file}: cannot be read; name neutron's, with its transport_url"
            )
    cloud = api.cloud_of(arguments.port, arguments.to)
    answers = ask.ask(questions(cloud), config_files)
    hops = way(cloud, answers)
    if arguments.json:
        print(json.dumps(_document(hops, answers), indent=2))  # noqa: T201
    else:
        print("\n".join([*table(hops), "", closing_line(hops)]))  # noqa: T201
    return WHOLE if is_whole(hops) else ENDS


def facts(arguments: argparse.Namespace) -> int:
    """Print what this host says."""
    peers = dict.fromkeys(arguments.peer, arguments.mtu)
    namespaces = dict.fromkeys(arguments.namespace, arguments.ping)
    question = Question(arguments.tap, arguments.vni, arguments.network, peers, namespaces)
    print(json.dumps(host.facts(question), indent=2))  # noqa: T201
    return WHOLE


def table(hops: Sequence[Hop]) -> list[str]:
    """Return lines with a column for each thing that a step has."""
    rows = [("host", "device", "looked at", "", "what shows it")]
    rows += [(hop.host or "API", hop.device, hop.aspect, hop.verdict, hop.shows) for hop in hops]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    ]


def _document(hops: Sequence[Hop], answers: Answers) -> dict[str, object]:
    return {
        "whole": is_whole(hops),
        "line": closing_line(hops),
        "hops": [dataclasses.asdict(hop) for hop in hops],
        "hosts": answers,
    }


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "dietstack-net", description="Find where the packets of a port stay. Changes nothing."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_explain(
        commands.add_parser(
            "explain",
            help="follow a port hop by hop",
            epilog="Exit code 0: the way is whole; 1: it ends somewhere; 2: bad input. The API is asked as "
            "OS_CLOUD or OS_* say, which has to be an administrator.",
        )
    )
    _add_facts(commands.add_parser("facts", help="print as JSON what this host says; as root"))
    return parser


def _add_explain(parser: argparse.ArgumentParser) -> None:
    parser.set_defaults(do=explain)
    parser.add_argument("port", metavar="PORT", help="id, its beginning, tap, MAC, IP address, server's name")
    parser.add_argument("--to", metavar="ADDRESS", type=_address, help="follow the way there only")
    parser.add_argument("--json", action="store_true", help="print all that was found, as JSON")
    parser.add_argument(
        "--config-file", action="append", metavar="FILE", help=f"has neutron's transport_url ({_CONFIG})"
    )


def _add_facts(parser: argparse.ArgumentParser) -> None:
    parser.set_defaults(do=facts)
    for option, kind, meaning in (
        ("tap", str, "the device of a port"),
        ("vni", int, "that of a VXLAN device whose forwarding table to show"),
        ("network", str, "the id of one whose DHCP server to look for"),
        ("peer", str, "the VXLAN address of another host"),
        ("namespace", str, "qrouter-ID or qdhcp-ID"),
        ("ping", str, "an address to ping from these namespaces"),
    ):
        parser.add_argument(
            f"--{option}", action="append", default=[], type=kind, metavar=option.upper(), help=meaning
        )
    parser.add_argument("--mtu", type=int, default=1450, help="of the network that leads to the peers (1450)")


def _address(word: str) -> str:
    if not is_address(word):
        raise argparse.ArgumentTypeError(f"{word}: not an IP address; write one as 192.0.2.1")
    return str(ip_address(word))


if __name__ == "__main__":
    main()
