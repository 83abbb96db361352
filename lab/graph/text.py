"""A lab drawn with letters."""

from collections.abc import Iterator

from lab.graph.picture import DrawnMachine, Picture


def write_up(picture: Picture) -> str:
    """PICTURE for a terminal."""
    return "\n".join(lines(picture))


def lines(picture: Picture) -> Iterator[str]:
    """The lines of PICTURE, from the outside to the inside."""
    yield f"lab {picture.name}"
    for name, subnet in picture.networks.items():
        yield f"= {name} {subnet}"
    for name, subnet in picture.tenant_networks.items():
        yield f"~ {name} {subnet}"
    for position, machine in enumerate(picture.machines, 1):
        last = position == len(picture.machines)
        yield from branch(machine, "└─" if last else "├─", "  " if last else "│ ")
    if picture.note:
        yield f"({picture.note})"


def branch(machine: DrawnMachine, sign: str, below: str) -> Iterator[str]:
    """MACHINE and its servers, hung up by SIGN."""
    yield f"{sign} {machine.name} ({', '.join(machine.roles)}) {', '.join(machine.addresses)}".rstrip()
    for position, server in enumerate(machine.servers, 1):
        sign = "└─" if position == len(machine.servers) else "├─"
        yield f"{below} {sign} {server.name} {server.status} {', '.join(server.addresses)}".rstrip()
