"""Checkpoints that cannot be made or used: what is said, and the lab is kept as it is."""

import json
from pathlib import Path

import pytest

from lab.checkpoint.kept import folder_of
from lab.fixtures.run import LabOfRun, Wish
from lab.labs import Lab, find_lab
from tests.unit.lab.cli.conftest import Type
from tests.unit.lab.faults.documented import assert_documented
from tests.unit.lab.faults.host import SCENARIO, Host
from tests.unit.lab.faults.processes import Start, wait_until_it_hangs

CHANGES = ("kill", "start", "run", "pause")


@pytest.fixture
def lab(host: Host, dslab: Type) -> Lab:
    """A lab without a cloud that is saved as `one`: with a file, as if Docker had packed it."""
    host.tells("class/scenario.yaml", f"{SCENARIO}deploy: false\n")
    assert dslab("up", host.scenario).code == 0
    assert dslab("save", "one").code == 0
    lab = find_lab("class")
    folder = folder_of(lab, "one")
    (folder / "compute1.root.tar.zst").write_text("packed")
    sha256 = "9c97f1b5abfa3b3a4ebb6cf6ef3cff26b14e5bd73f2df8ee55ee7b6a9d8b5b3e"
    change(folder, files={"compute1.root.tar.zst": {"size": 6, "sha256": sha256}})
    return lab


def change(folder: Path, **fields: object) -> None:
    """Let the manifest in FOLDER have other FIELDS."""
    file = folder / "manifest.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | fields))


def changes(host: Host) -> list[str]:
    """What Docker was told to do to machines."""
    return [call for call in host.programs.calls("docker") if call.startswith(CHANGES)]


@pytest.mark.parametrize(
    ("fault", "typed"),
    [
        ("a checkpoint that there is already", ("save", "one")),
        ("a checkpoint's name that DietStack itself uses", ("save", "before-tests")),
        ("an unknown checkpoint", ("restore", "two")),
        ("an unknown checkpoint", ("forget", "two")),
    ],
)
def test_what_cannot_be_saved_or_restored_is_refused(
    host: Host, lab: Lab, dslab: Type, fault: str, typed: tuple[str, ...]
) -> None:
    before = changes(host)
    assert_documented(fault, dslab(*typed))
    assert changes(host) == before
    assert folder_of(lab, "one").is_dir()


@pytest.mark.parametrize(
    ("fault", "field", "value"),
    [
        ("a checkpoint of another version", "version", "2025.1/1"),
        ("a checkpoint of another lab", "lab", "other"),
        ("a checkpoint of another provider", "provider", "libvirt"),
        ("a checkpoint of other images", "made_of", "others"),
    ],
)
def test_a_checkpoint_that_does_not_fit_is_refused(
    host: Host, lab: Lab, dslab: Type, *, fault: str, field: str, value: str
) -> None:
    change(folder_of(lab, "one"), **{field: value})
    before = changes(host)
    assert_documented(fault, dslab("restore", "one"))
    assert changes(host) == before


def test_a_checkpoint_that_is_damaged_is_refused(host: Host, lab: Lab, dslab: Type) -> None:
    before = changes(host)
    assert_documented("a checkpoint with a file damaged", dslab("restore", "one"))
    (folder_of(lab, "one") / "compute1.root.tar.zst").unlink()
    assert_documented("a checkpoint with a file missing", dslab("restore", "one"))
    assert changes(host) == before
    assert dslab("forget", "one").code == 0


def test_a_disk_that_is_full_while_a_lab_is_saved(host: Host, lab: Lab, dslab: Type) -> None:
    host.tells("full", "tar: control.root.tar.zst: Cannot write: No space left on device\n")
    assert_documented("disk full while a lab is saved", dslab("save", "two"))
    assert [folder.name for folder in (lab.directory / "checkpoints").iterdir()] == ["one"]
    host.lacks("full")
    assert dslab("save", "two").code == 0


def test_a_disk_that_is_full_while_a_lab_is_restored(host: Host, lab: Lab, dslab: Type) -> None:
    change(folder_of(lab, "one"), files={})
    working = host.programs.folder / "docker"
    script = working.read_text()
    full = "run*lay_out*) echo 'No space left on device' >&2; exit 1 ;;\nrun*)"
    working.write_text(script.replace("run*)", full))
    assert_documented("disk full while a lab is restored", dslab("restore", "one"))
    assert not [call for call in changes(host) if call.startswith(("kill", "start"))]
    working.write_text(script)
    assert dslab("restore", "one").code == 0


def test_what_a_killed_save_leaves_is_named_and_pruned(
    host: Host, lab: Lab, dslab: Type, start: Start
) -> None:
    host.tells("hang", "pack")
    process = start("save", "two")
    wait_until_it_hangs(host, process)
    process.kill()
    process.communicate()
    host.lacks("hang")
    assert "two" not in dslab("checkpoints").out
    assert_documented("a run killed while it saved a lab", dslab("prune", "--dry-run"))
    assert host.standing == {f"dslab-class-{machine}" for machine in lab.scenario.machines}
    assert dslab("prune").code == 0
    assert [folder.name for folder in (lab.directory / "checkpoints").iterdir()] == ["one"]
    assert host.standing == set()


def test_a_lab_is_not_restored_under_a_test(host: Host, lab: Lab, dslab: Type) -> None:
    run = LabOfRun(Wish(lab.scenario, lab.provider, reuse=lab), print)
    assert run.lab().name == "class"
    before = changes(host)
    assert_documented("a restore while a test runs", dslab("restore", "one"))
    assert changes(host) == before
    run.close(failed=False)


def test_of_two_restores_one_is_refused(host: Host, lab: Lab, dslab: Type, start: Start) -> None:
    change(folder_of(lab, "one"), files={})
    host.tells("hang", "lay_out")
    process = start("restore", "one")
    wait_until_it_hangs(host, process)
    assert_documented("two restores at once", dslab("restore", "one"))
    process.kill()
    process.communicate()
    host.lacks("hang")
    assert dslab("restore", "one").code == 0
