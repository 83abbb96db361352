"""Whether the host has room for the labs' networks."""

from collections.abc import Iterable
from ipaddress import IPv4Network

from lab.doctor.finding import ALL, Finding, bad, good
from lab.networks import NEVER_FREE, pairs

CHECK = "subnets"


def check_subnets(ds: IPv4Network, external: IPv4Network, taken: Iterable[IPv4Network], labs: int) -> Finding:
    """Whether so many LABS find two networks each, DS and EXTERNAL or later ones, that overlap none TAKEN."""
    taken = [*taken, *NEVER_FREE]
    free = [pair for pair in pairs(ds, external) if not overlaps(pair, taken)]
    if len(free) >= labs:
        moved = "" if free[0] == (ds, external) else f"; {ds} or {external} is taken"
        return good(CHECK, f"{len(free)} free pairs, the first is {free[0][0]} and {free[0][1]}{moved}")
    found = f"{len(free)} free pairs for {labs} labs from {ds} and {external} on"
    return bad(CHECK, found, "dslab prune  # or set ds and external in the scenario to others", ALL)


def overlaps(pair: Iterable[IPv4Network], taken: Iterable[IPv4Network]) -> bool:
    """Whether a network of PAIR overlaps one that is TAKEN."""
    return any(network.overlaps(other) for network in pair for other in taken)
