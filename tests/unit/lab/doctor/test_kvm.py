"""KVM is believed only when a guest has spoken. QEMU is a program that says what the test wants."""

import shutil
from pathlib import Path

import pytest

from lab.doctor.command import ask
from lab.doctor.kvm import QEMU, check_kvm, check_nesting
from lab.doctor.sector import SAYS, SIZE, boot_sector


@pytest.fixture
def device(tmp_path: Path) -> Path:
    """A device that is there and may be opened."""
    device = tmp_path / "kvm"
    device.touch()
    return device


def test_without_the_device_nothing_is_booted(tmp_path: Path) -> None:
    finding = check_kvm(tmp_path, tmp_path / "kvm", ["false"])
    assert not finding.ok
    assert "emulated" in finding.found


def test_a_guest_that_speaks_shows_that_kvm_works(tmp_path: Path, device: Path) -> None:
    assert check_kvm(tmp_path, device, ["sh", "-c", f"echo {SAYS}"]).ok


@pytest.mark.parametrize("failure", ["exit 1", "echo cannot set MSR; exit 134", "sleep 60"])
def test_a_device_on_which_no_guest_speaks_does_not_count(
    tmp_path: Path, device: Path, failure: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lab.doctor.kvm.ask", lambda *command: ask(*command, within=0.2))
    finding = check_kvm(tmp_path, device, ["sh", "-c", failure])
    assert not finding.ok
    assert "does not run" in finding.found
    assert finding.mend
    assert not finding.blocks  # system containers work all the same


def test_without_qemu_it_is_not_known(tmp_path: Path, device: Path) -> None:
    finding = check_kvm(tmp_path, device, ["no-such-qemu"])
    assert "not known" in finding.found
    assert "install_requirements.sh --lab" in finding.mend


def test_the_built_guest_is_preferred(tmp_path: Path, device: Path) -> None:
    (tmp_path / "dietguest.vmlinuz").touch()
    (tmp_path / "dietguest.initrd").touch()
    assert not check_kvm(tmp_path, device, ["sh", "-c", f"echo {SAYS}"]).ok
    assert check_kvm(tmp_path, device, ["sh", "-c", 'echo "dietguest probe: it runs"']).ok


def test_boot_sector_has_the_size_and_mark_of_one() -> None:
    sector = boot_sector()
    assert len(sector) == SIZE
    assert sector.endswith(b"\x55\xaa")


@pytest.mark.skipif(not shutil.which("qemu-system-x86_64"), reason="needs QEMU")
def test_boot_sector_speaks_when_it_is_booted(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.write_bytes(boot_sector())
    emulated = [{"kvm": "tcg", "host": "qemu64"}.get(word, word) for word in QEMU]
    assert SAYS in ask(*emulated, "-drive", f"file={disk},format=raw,if=ide").text


@pytest.mark.parametrize(("value", "ok"), [("Y", True), ("1", True), ("N", False), ("0", False)])
def test_nesting_is_what_the_module_says(tmp_path: Path, value: str, ok: bool) -> None:
    parameter = tmp_path / "kvm_intel/parameters/nested"
    parameter.parent.mkdir(parents=True)
    parameter.write_text(value + "\n")
    assert check_nesting(tmp_path).ok == ok


def test_without_a_module_nothing_nests(tmp_path: Path) -> None:
    assert not check_nesting(tmp_path).ok
