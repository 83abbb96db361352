"""Arithmetic on addresses, held against Python's own."""

import ipaddress
import itertools

import pytest

from tests.unit.deploy.shell import Shell

NETWORKS = [
    "192.168.99.1/24",
    "192.168.99.129/25",
    "192.168.98.255/23",
    "10.0.0.1/8",
    "0.0.0.0/0",
    "255.255.255.255/32",
]


@pytest.mark.parametrize("text", ["0.0.0.0", "255.255.255.255", "192.168.99.1"])
def test_addresses(shell: Shell, text: str) -> None:
    shell.output(f"is_ipv4 {text}")


@pytest.mark.parametrize(
    "text", ["", "1.2.3", "1.2.3.4.5", "256.1.1.1", "1.2.3.04", "1.2.3.4 ", "a.b.c.d", "::1"]
)
def test_what_is_no_address(shell: Shell, text: str) -> None:
    assert shell.run(f"is_ipv4 '{text}'").returncode == 1


def test_networks(shell: Shell) -> None:
    shown = shell.output("\n".join(f"network_of {network}" for network in NETWORKS)).splitlines()
    assert shown == [str(ipaddress.ip_interface(network).network) for network in NETWORKS]


def test_overlap(shell: Shell) -> None:
    pairs = list(itertools.product(NETWORKS, repeat=2))
    script = "\n".join(f"networks_overlap {a} {b} && echo True || echo False" for a, b in pairs)
    expected = [
        str(ipaddress.ip_interface(a).network.overlaps(ipaddress.ip_interface(b).network)) for a, b in pairs
    ]
    assert shell.output(script).splitlines() == expected
