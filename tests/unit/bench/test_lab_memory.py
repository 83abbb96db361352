"""Which processes are a machine of a lab, on a /proc made up for the test."""

from pathlib import Path

import pytest

from lab.errors import LabError
from tests.bench import lab_memory
from tests.bench.lab_memory import memory_below, memory_of_machines


@pytest.fixture
def proc(tmp_path: Path) -> Path:
    """Two machines, 10 and 20, one with a Docker of its own, beside what the host runs."""
    for pid, parent, pss in (
        (1, 0, 7),
        (10, 1, 1000),
        (11, 10, 2000),
        (12, 11, 4000),
        (20, 1, 500),
        (30, 1, 9),
    ):
        directory = tmp_path / str(pid)
        directory.mkdir()
        (directory / "status").write_text(f"Name:\tsystemd\nTgid:\t{pid}\nPPid:\t{parent}\n")
        (directory / "smaps_rollup").write_text(f"0-1 ---p 0 00:00 0 [rollup]\nPss: {pss * 1000} kB\n")
    (tmp_path / "meminfo").touch()
    return tmp_path


def test_a_machine_is_its_first_process_and_all_below(proc: Path) -> None:
    assert memory_below([10], proc) == pytest.approx(7000 * 1.024)
    assert memory_below([10, 20], proc) == pytest.approx(7500 * 1.024)


def test_a_process_that_ends_meanwhile_is_passed_over(proc: Path) -> None:
    (proc / "12/smaps_rollup").unlink()
    assert memory_below([10], proc) == pytest.approx(3000 * 1.024)
    (proc / "11/status").unlink()
    assert memory_below([10], proc) == pytest.approx(1000 * 1.024)


def test_a_system_container_is_found_by_docker(monkeypatch: pytest.MonkeyPatch) -> None:
    pids = {"dslab-bench-control": "10\n", "dslab-bench-compute1": "20\n", "dslab-bench-compute2": "0\n"}
    monkeypatch.setattr(lab_memory, "docker", lambda *words: pids[words[-1]])
    monkeypatch.setattr(lab_memory, "memory_below", sum)
    assert memory_of_machines("bench", ["control", "compute1"], "docker") == 30
    with pytest.raises(LabError, match="dslab-bench-compute2 does not run"):
        memory_of_machines("bench", ["compute2"], "docker")


def test_a_virtual_machine_is_found_by_libvirt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lab_memory, "LIBVIRT", tmp_path)
    monkeypatch.setattr(lab_memory, "memory_below", sum)
    (tmp_path / "dslab-bench-control.pid").write_text("10")
    assert memory_of_machines("bench", ["control"], "libvirt") == 10
