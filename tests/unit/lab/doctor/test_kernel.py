from pathlib import Path

import pytest

from lab.doctor import kernel
from lab.doctor.command import NOT_FOUND, Answer
from lab.doctor.kernel import check_cgroups, check_nfs, check_vxlan


def answers(monkeypatch: pytest.MonkeyPatch, status: int, text: str = "") -> None:
    """Every program answers with STATUS and TEXT."""
    monkeypatch.setattr(kernel, "ask", lambda *_command: Answer(status, text))


@pytest.mark.parametrize(
    ("mounts", "found"),
    [
        ("cgroup2 /sys/fs/cgroup cgroup2 rw 0 0\n", "version 2"),
        ("cgroup /sys/fs/cgroup/cpu cgroup rw,cpu 0 0\n", "version 1"),
        ("cgroup /a cgroup rw 0 0\ncgroup2 /b cgroup2 rw 0 0\n", "version 1 and 2 (hybrid)"),
    ],
)
def test_version_of_control_groups(tmp_path: Path, mounts: str, found: str) -> None:
    (tmp_path / "mounts").write_text(mounts)
    finding = check_cgroups(tmp_path / "mounts")
    assert (finding.ok, finding.found) == (True, found)


def test_without_control_groups_no_system_container(tmp_path: Path) -> None:
    (tmp_path / "mounts").write_text("proc /proc proc rw 0 0\n")
    finding = check_cgroups(tmp_path / "mounts")
    assert finding.blocks == {"docker"}
    assert finding.mend


def test_nfs_in_the_kernel(tmp_path: Path) -> None:
    (tmp_path / "filesystems").write_text("nodev\tnfs\n")
    assert check_nfs(tmp_path / "filesystems").found == "the kernel has one"


def test_nfs_through_fuse_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answers(monkeypatch, 1)
    (tmp_path / "filesystems").write_text("nodev\tfuse\n")
    (tmp_path / "fuse").touch()
    finding = check_nfs(tmp_path / "filesystems", tmp_path / "fuse")
    assert finding.ok
    assert "FUSE" in finding.found


def test_neither_nfs_nor_fuse(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answers(monkeypatch, 1)
    (tmp_path / "filesystems").write_text("")
    assert check_nfs(tmp_path / "filesystems", tmp_path / "fuse").blocks == {"docker"}


def test_vxlan_that_cannot_be_made(monkeypatch: pytest.MonkeyPatch) -> None:
    answers(monkeypatch, 2, "Error: Unknown device type.")
    finding = check_vxlan()
    assert not finding.ok
    assert "Unknown device type" in finding.found
    assert finding.mend == "sudo modprobe vxlan"


def test_vxlan_without_the_programs(monkeypatch: pytest.MonkeyPatch) -> None:
    answers(monkeypatch, NOT_FOUND, "unshare is not installed")
    assert "apt-get install" in check_vxlan().mend
