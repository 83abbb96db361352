"""A server reaches the APIs, as anybody may, and nothing that the nodes share on the DS network."""

from lab.guest import Guest
from lab.labs import Lab
from lab.machine import Machine
from lab.scenario import address_of

KEYSTONE = 5000


def test_a_server_reaches_nothing_behind_the_ds_addresses(
    lab: Lab, control: Machine, computes: list[Machine], guest: Guest
) -> None:
    assert reaches(guest, str(lab.external_address), KEYSTONE)
    inner = {str(address_of(machine.name, lab.ds)): machine for machine in (control, *computes)}
    open_ports = {address: listening(machine, address) for address, machine in inner.items()}
    assert all(open_ports.values()), open_ports
    reached = [
        f"{address}:{port}"
        for address, ports in open_ports.items()
        for port in ports
        if reaches(guest, address, port)
    ]
    assert reached == []


def listening(machine: Machine, address: str) -> list[int]:
    """The TCP ports on which something listens at ADDRESS of MACHINE alone."""
    said = machine.run("ss --no-header --listening --numeric --tcp")
    places = [line.split()[3].rpartition(":") for line in said.splitlines()]
    return sorted({int(port) for where, _, port in places if where == address})


def reaches(guest: Guest, address: str, port: int) -> bool:
    """Whether a connection from GUEST to PORT of ADDRESS stands within some seconds."""
    return guest.run(f"nc -w 3 {address} {port} </dev/null >/dev/null 2>&1 && echo yes || echo no") == "yes"
