"""Put nftables' rules in force: each text is one transaction, of which packets see all or nothing."""

import json
import subprocess
from typing import Any

from pyroute2.nftables.main import NFTables

_PROGRAM = "nft"
_BRIDGE = 7  # NFPROTO_BRIDGE


class RefusedError(Exception):
    """Nftables refused a transaction; the message says what and why."""


def apply(rules: str) -> None:
    """Carry out a text of nft's commands as a whole, or raise RefusedError and change nothing."""
    _nft("--file", "-", rules=rules)


def devices_in(kind: str, family: str, table: str, name: str) -> set[str] | None:
    """Return the names of devices that are the elements of a set or map; None if it is not there."""
    found = elements_of(kind, family, table, name)
    return None if found is None else {element[0] if kind == "map" else element for element in found}


def elements_of(kind: str, family: str, table: str, name: str) -> list[Any] | None:
    """Return the elements of a set or map as nft's JSON has them; None if it is not there."""
    try:
        listed = json.loads(_nft("--json", "list", kind, family, table, name))
    except RefusedError as error:
        if "No such file or directory" in str(error):
            return None
        raise
    (found,) = (entry[kind] for entry in listed["nftables"] if kind in entry)
    elements: list[Any] = found.get("elem", [])
    return elements


def uses_of_bridge_chains(table: str) -> dict[str, int]:
    """Return how many rules each chain of a bridge table has, and how many rules and elements lead to it.

    The kernel keeps that number. Nft reads all rules of all tables first: half a second with 200 ports.
    """
    with NFTables(nfgen_family=_BRIDGE) as kernel:
        chains = [chain for chain in kernel.get_chains() if chain.get_attr("NFTA_CHAIN_TABLE") == table]
    return {chain.get_attr("NFTA_CHAIN_NAME"): chain.get_attr("NFTA_CHAIN_USE") for chain in chains}


def _nft(*arguments: str, rules: str = "") -> str:
    try:
        done = subprocess.run(  # noqa: S603  no shell
            [_PROGRAM, *arguments], input=rules, capture_output=True, text=True, check=False
        )
    except FileNotFoundError as error:
        raise RefusedError(f"{_PROGRAM}: no such program; install nftables") from error
    if done.returncode:
        raise RefusedError(f"nft {' '.join(arguments)}: {done.stderr.strip()}")
    return done.stdout
