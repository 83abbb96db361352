"""Whose memory a process is, on a /proc made up for the test."""

from pathlib import Path

import pytest

from lab.containers import Container
from tests.bench.memory import OUTSIDE, memory_of

KEYSTONE = Container({"Id": "a" * 64, "Name": "/dietstack-keystone"})
NOVA = Container({"Id": "b" * 64, "Name": "/dietstack-nova-compute"})


class FakeProc:
    """A directory like /proc."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def process(self, pid: int, cgroup: str, pss: int, comm: str = "python3") -> None:
        directory = self.path / str(pid)
        directory.mkdir()
        (directory / "cgroup").write_text(f"9:name=systemd:{cgroup}\n8:pids:{cgroup}\n")
        (directory / "comm").write_text(f"{comm}\n")
        (directory / "smaps_rollup").write_text(f"0-1 ---p 0 00:00 0 [rollup]\nRss: 9 kB\nPss: {pss} kB\n")

    def memory(self) -> dict[str, int]:
        return dict(memory_of([KEYSTONE, NOVA], self.path))


@pytest.fixture
def proc(tmp_path: Path) -> FakeProc:
    return FakeProc(tmp_path)


def test_processes_of_a_container_are_added(proc: FakeProc) -> None:
    proc.process(10, f"/docker/{KEYSTONE.id}", 100_000)
    proc.process(11, f"/docker/{KEYSTONE.id}", 50_000)
    proc.process(12, f"/system.slice/docker-{NOVA.id}.scope", 200_000)
    assert proc.memory() == {"dietstack-keystone": 154, "dietstack-nova-compute": 205}


def test_others_do_not_count(proc: FakeProc) -> None:
    proc.process(10, "/docker/" + "c" * 64, 100_000)
    proc.process(11, "/user.slice", 100_000)
    assert proc.memory() == {}


def test_what_left_its_container_counts_but_servers(proc: FakeProc) -> None:
    proc.process(10, "/dietstack", 10_000, comm="mount.nfs")
    proc.process(11, "/dietstack", 300_000, comm="qemu-system-x86")
    assert proc.memory() == {OUTSIDE: 10}


def test_process_that_ends_meanwhile_is_passed_over(proc: FakeProc) -> None:
    proc.process(10, f"/docker/{KEYSTONE.id}", 100_000)
    proc.process(11, f"/docker/{KEYSTONE.id}", 100_000)
    (proc.path / "11/smaps_rollup").unlink()
    assert proc.memory() == {"dietstack-keystone": 102}


def test_zombie_has_no_memory(proc: FakeProc) -> None:
    proc.process(10, f"/docker/{KEYSTONE.id}", 100_000)
    proc.process(11, f"/docker/{KEYSTONE.id}", 0)
    (proc.path / "11/smaps_rollup").write_text("")
    assert proc.memory() == {"dietstack-keystone": 102}
