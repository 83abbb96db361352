"""A lab is saved as a whole or not at all."""

import json
from pathlib import Path

import pytest

from lab.checkpoint import checkpoints_of, find_checkpoint, forget, restore, save
from lab.checkpoint.kept import Checkpoint
from lab.checkpoint.saving import is_undefined
from lab.errors import LabError, Refused
from lab.labs import Lab, Phase, find_lab
from lab.report import Report
from tests.unit.lab.world import World


def test_what_is_saved_says_of_what_it_is_and_what_it_has(lab: Lab, world: World) -> None:
    saved = save(lab, "one", Report())
    assert world.memory_saved[-1]  # the ones before are of stages
    assert find_checkpoint(lab, "one") == saved
    manifest = saved.manifest
    assert (manifest.lab, manifest.provider, manifest.made_of) == ("multinode", "docker", "images")
    assert manifest.stage == "ready"
    assert manifest.identities["compute2"] == "compute2 1"
    assert manifest.parts == ("agent on compute1", "nova-compute on compute1")
    assert set(manifest.files) == {"clouds.yaml", "control.tar", "compute1.tar", "compute2.tar"}
    assert saved.folder.stat().st_mode & 0o777 == 0o700
    assert set(manifest.files) | {"manifest.json"} == {file.name for file in saved.folder.iterdir()}


def test_checkpoints_come_and_go(lab: Lab) -> None:
    for name in ("two", "one"):
        save(lab, name, Report())
    names = [one.manifest.name for one in checkpoints_of(lab) if isinstance(one, Checkpoint)]
    assert names == ["one", "two"]
    forget(lab, "one")
    assert [folder.name for folder in (lab.directory / "checkpoints").iterdir()] == ["two"]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("one", "there is one of this name; give another, or: dslab forget one"),
        ("../one", "begin with a letter"),
        ("One", "begin with a letter"),
        ("one\n", "begin with a letter"),
        ("", "begin with a letter"),
    ],
)
def test_names_that_cannot_be(lab: Lab, name: str, words: str) -> None:
    save(lab, "one", Report())
    with pytest.raises(Refused, match=words):
        save(lab, name, Report())
    assert len(list(checkpoints_of(lab))) == 1


def test_a_lab_that_is_not_ready_is_refused(lab: Lab) -> None:
    with pytest.raises(Refused, match=r"^lab 'multinode': it is unfinished; let it become ready first"):
        save(lab.save(phase=Phase.UNFINISHED), "one", Report())


def test_a_machine_without_power_is_refused(lab: Lab, world: World) -> None:
    world.without_power = {"compute1"}
    with pytest.raises(Refused, match=r"^machine 'compute1': it has no power"):
        save(lab, "one", Report())


def test_a_full_disk_leaves_nothing_of_a_checkpoint(lab: Lab, world: World) -> None:
    world.full = True
    with pytest.raises(OSError, match="No space left on device"):
        save(lab, "one", Report())
    assert list((lab.directory / "checkpoints").iterdir()) == []


def test_a_cloud_that_does_not_answer_is_not_saved(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    from openstack.exceptions import SDKException  # noqa: PLC0415

    def fail(_api: object) -> None:
        raise SDKException("no route")

    monkeypatch.setattr("lab.checkpoint.saving.heartbeats", fail)
    with pytest.raises(LabError, match="no route"):
        save(lab, "one", Report())
    assert list(checkpoints_of(lab)) == []


def test_a_half_written_one_of_a_killed_process_is_no_checkpoint_and_is_written_anew(lab: Lab) -> None:
    half = lab.directory / "checkpoints/one.unfinished"
    half.mkdir(parents=True)
    (half / "control.tar").write_text("ha")
    assert list(checkpoints_of(lab)) == []
    with pytest.raises(Refused, match="has none of this name; there are: none"):
        restore(lab, "one", Report())
    save(lab, "one", Report())
    assert not half.exists()


@pytest.mark.parametrize(
    ("provider", "emulated", "processor", "undefined"),
    [
        ("libvirt", False, "AuthenticAMD", True),
        ("libvirt", False, "GenuineIntel", False),
        ("libvirt", True, "AuthenticAMD", False),
        ("docker", False, "AuthenticAMD", False),
    ],
)
def test_nested_servers_are_undefined_on_amd(
    lab: Lab, tmp_path: Path, *, provider: str, emulated: bool, processor: str, undefined: bool
) -> None:
    (tmp_path / "cpuinfo").write_text(f"vendor_id\t: {processor}\n")
    other = lab.model_copy(update={"provider": provider, "emulated": emulated})
    assert is_undefined(other, tmp_path / "cpuinfo") == undefined


def test_nested_servers_on_amd_are_refused_or_stopped(
    lab: Lab, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lab.checkpoint.saving.is_undefined", lambda _lab: True)
    world.running = ["web", "db"]
    with pytest.raises(Refused, match=r"^servers 'web, db': .*--stop-servers$"):
        save(lab, "one", Report())
    assert world.running == ["web", "db"]
    save(lab, "one", Report(), stop_servers=True)
    assert world.running == []


def test_the_manifest_is_for_people_too(lab: Lab) -> None:
    text = (save(lab, "one", Report()).folder / "manifest.json").read_text()
    assert json.loads(text)["scenario"]["name"] == find_lab("multinode").scenario.name
