from ipaddress import IPv4Network
from pathlib import Path

import pytest

from lab.errors import Refused
from lab.networks import free_pair, networks_of_host
from tests.unit.lab.programs import Programs

DS, EXTERNAL = IPv4Network("192.168.23.0/24"), IPv4Network("192.168.99.0/24")


def pair_beside(*taken: str) -> list[str]:
    return [str(network) for network in free_pair(DS, EXTERNAL, map(IPv4Network, taken))]


def test_the_wanted_pair_if_nobody_has_it() -> None:
    assert pair_beside("10.0.0.0/8", "192.168.24.0/24") == ["192.168.23.0/24", "192.168.99.0/24"]


def test_both_move_when_one_is_taken() -> None:
    assert pair_beside("192.168.99.7/32") == ["192.168.24.0/24", "192.168.100.0/24"]


def test_the_network_of_the_demo_project_is_no_labs() -> None:
    taken = [f"192.168.{number}.0/24" for number in range(23, 35)]
    assert pair_beside(*taken) == ["192.168.36.0/24", "192.168.112.0/24"]


def test_vagrants_own_network_is_no_labs_before_vagrant_makes_it() -> None:
    taken = [f"192.168.{number}.0/24" for number in range(99, 121)]
    assert pair_beside(*taken) == ["192.168.46.0/24", "192.168.122.0/24"]


def test_a_host_that_has_all_of_it() -> None:
    with pytest.raises(Refused, match=r"are taken \(192.168.0.0/16\); set ds and external in the scenario"):
        pair_beside("192.168.0.0/16")


def test_no_pair_lies_beyond_the_private_networks() -> None:
    ds, external = IPv4Network("192.168.254.0/24"), IPv4Network("10.255.254.0/24")
    beside = IPv4Network("10.255.254.0/25")
    assert free_pair(ds, external, [beside]) == (
        IPv4Network("192.168.255.0/24"),
        IPv4Network("10.255.255.0/24"),
    )
    with pytest.raises(Refused, match=r"these and the 1 pairs after them are taken"):
        free_pair(ds, external, [IPv4Network("10.255.0.0/16")])


def test_the_way_out_is_no_network_of_the_host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    routes = ("default", "0.0.0.0/1", "128.0.0.0/1", "10.0.0.0/8", "192.168.99.7")
    destinations = ", ".join(f'{{"dst": "{route}"}}' for route in routes)
    Programs(tmp_path / "bin", monkeypatch).put("ip", f"echo '[{destinations}]'")
    assert [str(network) for network in networks_of_host()] == ["10.0.0.0/8", "192.168.99.7/32"]
