import shutil
from ipaddress import IPv4Network
from pathlib import Path

import pytest

from lab.doctor.resources import check_disk, check_memory, existing
from lab.doctor.subnets import check_subnets
from lab.networks import PAIRS

DS, EXTERNAL = IPv4Network("192.168.23.0/24"), IPv4Network("192.168.99.0/24")


@pytest.mark.parametrize(("needed", "ok"), [(6000, True), (6001, False)])
def test_memory_is_what_programs_can_still_have(tmp_path: Path, needed: int, ok: bool) -> None:
    (tmp_path / "meminfo").write_text(f"MemTotal: 99999999 kB\nMemAvailable: {6000 * 1024} kB\n")
    finding = check_memory(needed, tmp_path / "meminfo")
    assert finding.ok == ok
    assert f"{needed} MiB needed" in finding.found
    assert bool(finding.blocks) != ok


def test_disk_is_measured_where_machines_write(tmp_path: Path) -> None:
    later = tmp_path / "not/yet/there"
    free = shutil.disk_usage(tmp_path).free // 2**30
    assert existing(later) == tmp_path
    docker, little = frozenset({"docker"}), Path("/proc")
    assert check_disk(1, later, {tmp_path: docker}).ok
    assert check_disk(free + 9, later, {tmp_path: docker}).blocks == docker
    finding = check_disk(1, later, {tmp_path: docker, little: frozenset({"libvirt"})})
    assert finding.found == "0 GiB free in /proc, 1 GiB needed"
    assert finding.blocks == {"libvirt"}


def test_subnets_that_are_free() -> None:
    finding = check_subnets(DS, EXTERNAL, [], labs=2)
    assert finding.ok
    assert "first is 192.168.23.0/24 and 192.168.99.0/24" in finding.found


def test_a_collision_moves_the_first_pair() -> None:
    finding = check_subnets(DS, EXTERNAL, [IPv4Network("192.168.99.128/25")], labs=1)
    assert finding.ok
    assert "192.168.24.0/24 and 192.168.100.0/24" in finding.found


def test_more_labs_than_subnets() -> None:
    finding = check_subnets(DS, EXTERNAL, [], labs=PAIRS + 1)
    assert not finding.ok
    assert finding.blocks


def test_a_host_that_has_all_of_them() -> None:
    assert not check_subnets(DS, EXTERNAL, [IPv4Network("192.168.0.0/16")], labs=1).ok
