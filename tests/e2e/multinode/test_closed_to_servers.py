"""A server reaches the APIs, as anybody may, and nothing that the nodes share on the DS network."""

from lab.guest import Guest
from lab.labs import Lab
from lab.machine import Machine
from lab.scenario import address_of

KEYSTONE = 5000


def test_a_server_reaches_nothing_behind_the_ds_addresses(
    lab: Lab, control: Machine, computes: list[Machine], guest: Guest
) -> None:
    inner = {str(address_of(machine.name, lab.ds)): machine for machine in (control, *computes)}
    ports = {address: listening(machine, address) for address, machine in inner.items()}
    assert all(ports.values()), ports
    places = [f"{address} {port}" for address, open_there in ports.items() for port in open_there]
    keystone = f"{lab.external_address} {KEYSTONE}"
    assert reached(guest, [keystone, *places]) == [keystone]


def listening(machine: Machine, address: str) -> list[int]:
    """The TCP ports on which something listens at ADDRESS of MACHINE alone."""
    said = machine.run("ss --no-header --listening --numeric --tcp")
    places = [line.split()[3].rpartition(":") for line in said.splitlines()]
    return sorted({int(port) for where, _, port in places if where == address})


def reached(guest: Guest, places: list[str]) -> list[str]:
    """Those of PLACES (`ADDRESS PORT`) with which a connection from GUEST stands within some seconds."""
    attempt = "nc -w 5 $place </dev/null >/dev/null 2>&1 && echo $place"
    listed = " ".join(f"'{place}'" for place in places)
    return guest.run(f"for place in {listed}; do ({attempt}) & done; wait").splitlines()
