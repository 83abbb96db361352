"""The description of the machine that was measured."""

import platform
from pathlib import Path

import pytest

from tests.bench.machine import hypervisor, memory_in_gib, processor


def test_processor_is_the_first_model() -> None:
    assert processor("processor\t: 0\nmodel name\t: AMD EPYC\n\nmodel name\t: other\n") == "AMD EPYC"


def test_processor_without_a_model_is_the_architecture() -> None:
    assert processor("processor\t: 0\n") == platform.machine()


def test_memory_is_rounded() -> None:
    assert memory_in_gib("MemTotal:       24683568 kB\nMemFree: 1 kB\n") == 24


def test_memory_that_is_not_told_is_an_error() -> None:
    with pytest.raises(ValueError, match="MemTotal"):
        memory_in_gib("")


@pytest.mark.parametrize(("virt_type", "name"), [("kvm", "KVM"), ("qemu", "emulation")])
def test_hypervisor_is_the_one_in_use(tmp_path: Path, virt_type: str, name: str) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run/virt-type").write_text(f"{virt_type}\n")
    assert hypervisor(tmp_path) == name
