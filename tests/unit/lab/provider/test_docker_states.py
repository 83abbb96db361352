"""States of system containers: what Docker is told, and what becomes of files."""

import json
import os
import subprocess
from errno import ENOSPC
from pathlib import Path

import pytest

from lab.errors import LabError, Refused
from lab.labs import Lab, create_lab
from lab.provider import docker_command
from lab.provider.docker import DockerProvider
from lab.provider.docker_states import SCRIPT
from tests.unit.lab.programs import Programs
from tests.unit.lab.scenarios import MULTINODE

INSPECTED = {
    "Id": "known",
    "Image": "sha256:machine",
    "State": {"Running": True, "Paused": False},
    "GraphDriver": {"Name": "overlay2", "Data": {"UpperDir": "/docker/overlay2/layer/diff"}},
    "Mounts": [
        {"Destination": "/dietstack", "Source": "/checkout"},
        {"Destination": "/store", "Source": "/docker/volumes/store/_data", "Name": "the-store"},
        {"Destination": "/var/lib/docker", "Source": "/docker/volumes/one/_data", "Name": "one"},
        {"Destination": "/srv/dietstack", "Source": "/docker/volumes/two/_data", "Name": "two"},
    ],
}
DOCKER = """
case "$*" in
"container inspect "*) cat "$DOCKER_HAS/inspected" ;;
"image inspect "*) echo sha256:newer ;;
"ps --all --quiet --filter label=dietstack.work="*) cat "$DOCKER_HAS/work" ;;
"run "*) cat "$DOCKER_HAS/complaint" >&2; [[ ! -s $DOCKER_HAS/complaint ]] ;;
esac
"""
TREES = {"root": "diff", "docker": "_data", "dietstack": "_data"}
WORDS = " ".join(
    f"/checkpoint/{machine}.{tree}.tar.zst=/trees/{machine}.{tree}/{folder}"
    for machine in MULTINODE.machines
    for tree, folder in TREES.items()
)


@pytest.fixture
def lab(programs: Programs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lab:
    """A lab whose machines are up in such a Docker."""
    monkeypatch.setenv("DOCKER_HAS", str(tmp_path))
    monkeypatch.setattr(docker_command, "ROOT", tmp_path)
    for name in ("work", "complaint"):
        (tmp_path / name).touch()
    inspected(tmp_path)
    programs.put("docker", DOCKER)
    return create_lab(MULTINODE, "docker")


def inspected(tmp_path: Path, **fields: object) -> None:
    """Let Docker know machines with other FIELDS than usual."""
    (tmp_path / "inspected").write_text(json.dumps([INSPECTED | fields]))


def short(programs: Programs) -> list[str]:
    """What Docker was told, that it only tells something apart; of a run only what it is for."""
    told = []
    for call in "\n".join(programs.calls("docker")).split("\n"):
        if call.startswith("run "):
            told.append("run")
        elif call.startswith(" trees.sh "):
            told.append(call.removeprefix(" trees.sh "))
        elif call.startswith(("pause", "unpause", "kill", "start", "rm")):
            told.append(call)
    return told


def test_all_machines_stand_still_while_they_are_copied(lab: Lab, programs: Programs, tmp_path: Path) -> None:
    inspected(tmp_path, State={"Running": True, "Paused": True})
    DockerProvider().states.save(lab, tmp_path / "one", memory=True)
    told = short(programs)
    machines = {f"dslab-multinode-{name}" for name in MULTINODE.machines}
    assert {call.partition(" ")[2] for call in told[:3]} == machines
    assert {call.partition(" ")[0] for call in told[:3]} == {"pause"}
    assert told[3:-3] == ["run", f"pack {WORDS}"]
    assert set(told[-3:]) == {f"unpause {name}" for name in machines}


def test_what_a_run_sees(lab: Lab, programs: Programs, tmp_path: Path) -> None:
    DockerProvider().states.lay_out(lab, tmp_path / "one")
    runs = [call for call in programs.calls("docker") if call.startswith("run ")]
    for words in (
        "--rm --network none --cap-add SYS_ADMIN",
        f"--label dietstack.lab={lab.directory} --label dietstack.work={lab.directory}",
        "--volume /docker/overlay2/layer:/trees/control.root",
        "--volume /docker/volumes/one:/trees/control.docker",
        f"--volume {tmp_path}/one:/checkpoint --entrypoint bash sha256:machine -c #!/bin/bash",
    ):
        assert all(words in run for run in runs), words
    assert not any("the-store" in run or "/docker/volumes/store" in run for run in runs)


@pytest.mark.parametrize("verb", ["exchange", "put_back"])
def test_machines_lose_their_power_while_they_change(
    lab: Lab, programs: Programs, tmp_path: Path, verb: str
) -> None:
    states = DockerProvider().states
    if verb == "exchange":
        states.exchange(lab, tmp_path / "one")
    else:
        states.put_back(lab)
    told = short(programs)
    for name in MULTINODE.machines:
        kill, start = f"kill dslab-multinode-{name}", f"start dslab-multinode-{name}"
        assert told.index(kill) < told.index(f"{verb} {WORDS}") < told.index(start)
    assert "Host compute2\n" in lab.ssh_config.read_text()


def test_a_machine_that_is_down_is_not_killed(lab: Lab, programs: Programs, tmp_path: Path) -> None:
    inspected(tmp_path, State={"Running": False})
    DockerProvider().states.exchange(lab, tmp_path / "one")
    assert not [call for call in short(programs) if call.startswith("kill")]


def test_machines_go_on_when_they_cannot_be_copied(lab: Lab, programs: Programs, tmp_path: Path) -> None:
    inspected(tmp_path, State={"Running": True, "Paused": True})
    (tmp_path / "complaint").write_text("tar: /checkpoint/control.root.tar.zst: No space left on device\n")
    with pytest.raises(OSError, match="No space left") as error:
        DockerProvider().states.save(lab, tmp_path / "one", memory=True)
    assert error.value.errno == ENOSPC
    assert len([call for call in short(programs) if call.startswith("unpause")]) == 3
    (tmp_path / "complaint").write_text("something else")
    with pytest.raises(LabError, match="something else"):
        DockerProvider().states.save(lab, tmp_path / "one", memory=True)


def test_what_a_killed_process_had_under_way_is_ended(lab: Lab, programs: Programs, tmp_path: Path) -> None:
    inspected(tmp_path, State={"Running": True, "Paused": True})
    (tmp_path / "work").write_text("abc\ndef\n")
    DockerProvider().states.resume(lab)
    assert short(programs) == [
        "rm --force --volumes abc def",
        *(f"unpause dslab-multinode-{name}" for name in MULTINODE.machines),
    ]


def test_an_interruption_ends_what_is_under_way_before_anything_else(
    lab: Lab, programs: Programs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*words: str) -> str:
        if words[0] == "run":
            raise KeyboardInterrupt
        return docker_command.docker(*words)

    (tmp_path / "work").write_text("abc\n")
    monkeypatch.setattr("lab.provider.docker_states.docker", interrupted)
    with pytest.raises(KeyboardInterrupt):
        DockerProvider().states.lay_out(lab, tmp_path / "one")
    assert short(programs) == ["rm --force --volumes abc"]


def test_what_a_killed_restore_had_under_way_is_ended_before_it_is_undone(
    lab: Lab, programs: Programs, tmp_path: Path
) -> None:
    (tmp_path / "work").write_text("abc\n")
    DockerProvider().states.put_back(lab)
    assert short(programs)[0] == "rm --force --volumes abc"


def test_another_storage_driver_is_refused(lab: Lab, tmp_path: Path) -> None:
    inspected(tmp_path, GraphDriver={"Name": "vfs", "Data": {}})
    with pytest.raises(Refused, match=r"^storage driver of Docker 'vfs': checkpoints need overlay2"):
        DockerProvider().states.lay_out(lab, tmp_path / "one")


def test_what_machines_are_made_of(lab: Lab, tmp_path: Path) -> None:
    states = DockerProvider().states
    assert states.made_of(lab) == "sha256:machine the-store"
    assert states.lacking(lab) == []
    (tmp_path / "inspected").write_text("[]")
    (tmp_path / "build").mkdir()
    (tmp_path / "build/store").write_text("newer-store\n")
    assert states.made_of(lab) == "sha256:newer newer-store"
    assert states.lacking(lab) == list(MULTINODE.machines)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A tree with what Docker's layers have, and what one might forget to copy."""
    folder = tmp_path / "machine/diff"
    (folder / "etc").mkdir(parents=True)
    (folder / "etc/hosts").write_text("one\n")
    (folder / "etc/hosts").chmod(0o640)
    (folder / "etc/names").symlink_to("hosts")
    os.link(folder / "etc/hosts", folder / "etc/second")
    with (folder / "disk").open("wb") as disk:
        disk.truncate(2**30)
    folder.chmod(0o751)
    return folder


def trees(verb: str, folder: Path) -> None:
    """Let trees.sh do VERB with FOLDER."""
    checkpoint = folder.parents[1] / "one"
    checkpoint.mkdir(exist_ok=True)
    subprocess.run(["bash", SCRIPT, verb, f"{checkpoint}/control.root.tar.zst={folder}"], check=True)


def listing(folder: Path) -> list[str]:
    """What is in the place of FOLDER."""
    return sorted(path.name for path in folder.parent.iterdir())


def test_a_tree_comes_back_as_it_was(folder: Path) -> None:
    trees("pack", folder)
    (folder / "etc/hosts").write_text("two\n")
    (folder / "etc/new").touch()
    trees("lay_out", folder)
    assert (folder / "etc/hosts").read_text() == "two\n"
    trees("exchange", folder)
    assert sorted(path.name for path in (folder / "etc").iterdir()) == ["hosts", "names", "second"]
    assert (folder / "etc/hosts").read_text() == "one\n"
    assert (folder / "etc/hosts").stat().st_mode & 0o777 == 0o640
    assert (folder / "etc/hosts").samefile(folder / "etc/second")
    assert (folder / "etc/names").readlink() == Path("hosts")
    assert (folder / "disk").stat().st_size == 2**30
    assert (folder / "disk").stat().st_blocks < 100
    assert folder.stat().st_mode & 0o777 == 0o751
    assert (folder.parents[1] / "one/control.root.tar.zst").stat().st_size < 2**20
    trees("settle", folder)
    assert listing(folder) == ["diff"]


def test_a_tree_is_put_back_also_after_half_an_exchange(folder: Path) -> None:
    trees("pack", folder)
    (folder / "etc/hosts").write_text("two\n")
    for half in (False, True):
        trees("lay_out", folder)
        if half:
            folder.rename(folder.with_name("diff.former"))
        else:
            trees("exchange", folder)
        for _ in range(2):
            trees("put_back", folder)
            assert (folder / "etc/hosts").read_text() == "two\n"
            assert listing(folder) == ["diff"]


def test_a_tree_that_cannot_be_copied_is_told_when_the_others_are(folder: Path, programs: Programs) -> None:
    programs.put("tar", f"[[ $* != *gone* ]] || exit 1; sleep 0.5; touch {folder}/copied")
    words = [f"{name}.tar.zst={folder.parent}/{name}" for name in ("gone", folder.name)]
    result = subprocess.run(["bash", SCRIPT, "pack", *words], stderr=subprocess.DEVNULL, check=False)
    assert result.returncode != 0
    assert (folder / "copied").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root makes whiteouts")
def test_whiteouts_and_their_attributes_are_copied(folder: Path) -> None:
    os.mknod(folder / "gone", 0o020000 | 0o600, os.makedev(0, 0))
    os.setxattr(folder / "etc", "trusted.overlay.opaque", b"y")
    trees("pack", folder)
    trees("lay_out", folder)
    trees("exchange", folder)
    assert (folder / "gone").is_char_device()
    assert (folder / "gone").stat().st_rdev == os.makedev(0, 0)
    assert os.getxattr(folder / "etc", "trusted.overlay.opaque") == b"y"
