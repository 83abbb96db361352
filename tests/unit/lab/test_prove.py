"""`make test` proves what is there, and says what that is."""

import subprocess
from pathlib import Path

import pytest

from lab.paths import ROOT

LIST = "multinode\tmultinode\tdocker\t{}\thttp://192.168.99.1:8082/\n"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout with a dslab and a tox that only say what they were called with."""
    script = (ROOT / "tests/prove.sh").read_text().replace("/srv/dietstack", f"{tmp_path}/state")
    script = script.replace("/proc/meminfo", f"{tmp_path}/meminfo")
    has_free(tmp_path, gib=5)
    put(tmp_path / "tests/prove.sh", script)
    put(tmp_path / "tests/tox.sh", '#!/bin/sh\necho "tox $*"\n')
    return tmp_path


def put(program: Path, text: str) -> None:
    program.parent.mkdir(exist_ok=True)
    program.write_text(text)
    program.chmod(0o755)


def has_free(checkout: Path, gib: int) -> None:
    (checkout / "meminfo").write_text(f"MemTotal: 99999999 kB\nMemAvailable: {gib << 20} kB\n")


def has_a_lab(checkout: Path, state: str) -> None:
    (checkout / ".venv-lab").mkdir()
    put(checkout / "dslab", f"#!/bin/sh\ncat <<'END'\n{LIST.format(state)}END\n")


def has_a_cloud(checkout: Path) -> None:
    put(checkout / "state/settings.sh", "")


def prove(checkout: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([checkout / "tests/prove.sh"], capture_output=True, text=True, check=False)


def test_a_lab_goes_before_the_cloud_of_this_machine(checkout: Path) -> None:
    has_a_lab(checkout, "ready")
    has_a_cloud(checkout)
    assert prove(checkout).stdout == "Proving lab multinode.\ntox -e local -- --lab-reuse multinode\n"


def test_a_lab_that_is_not_ready_is_none(checkout: Path) -> None:
    has_a_lab(checkout, "building")
    has_a_cloud(checkout)
    assert prove(checkout).stdout == "Proving the cloud of this machine.\ntox -e local\n"


def test_two_files_at_a_time_need_memory_and_no_lab(checkout: Path) -> None:
    has_free(checkout, gib=6)
    has_a_cloud(checkout)
    assert prove(checkout).stdout.endswith("tox -e local -- -n 2 --dist loadfile --no-loadscope-reorder\n")
    has_a_lab(checkout, "ready")
    assert "-n 2" not in prove(checkout).stdout


def test_neither_is_refused_in_one_line(checkout: Path) -> None:
    refused = prove(checkout)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr.startswith("refused: no lab multinode that is ready, and no cloud on this")
    assert refused.stderr.count("\n") == 1
