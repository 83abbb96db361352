"""Machines as containers, with a Docker and an ssh that are none."""

from pathlib import Path
from subprocess import CompletedProcess

import pytest

from lab import prune
from lab.errors import LabError, Refused
from lab.labs import Lab, Phase, create_lab, forget_lab
from lab.provider import docker, docker_command
from lab.provider.docker import DockerProvider
from lab.report import Report
from tests.unit.lab.programs import Programs
from tests.unit.lab.provider.remembered import remember
from tests.unit.lab.scenarios import MULTINODE

DOCKER = """
case "$*" in
"image inspect"* | "volume inspect"*) ;;
"container inspect "*) echo '[{"State": {"Running": true}, "NetworkSettings":
    {"Networks": {"bridge": {"IPAddress": "172.17.0.9"}}}}]' ;;
"ps --all --quiet"*) printf 'known\\nlost\\nkilled\\n' ;;
"ps --all --filter"*) cat "$DOCKER_HAS/containers" ;;
"network ls"*) cat "$DOCKER_HAS/networks" ;;
"logs "*) printf 'Booting\\nKernel panic\\n' ;;
esac
"""


@pytest.fixture
def lab(programs: Programs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lab:
    monkeypatch.setenv("DOCKER_HAS", str(tmp_path))
    monkeypatch.setattr(docker_command, "ROOT", tmp_path)
    (tmp_path / "build").mkdir()
    (tmp_path / "build/store").write_text("dietstack-store\n")
    programs.put("docker", DOCKER)
    return create_lab(MULTINODE, "docker")


def docker_has(tmp_path: Path, containers: dict[str, Path], networks: dict[str, Path]) -> None:
    for name, things in (("containers", containers), ("networks", networks)):
        (tmp_path / name).write_text("".join(f"{thing}\t{lab}\n" for thing, lab in things.items()))


def test_all_machines_answer(lab: Lab) -> None:
    booted = DockerProvider().up(lab, Report())
    assert not [machine for machine in booted.values() if isinstance(machine, LabError)]
    config = lab.ssh_config.read_text()
    assert config.count("HostName 172.17.0.9\n") == 3
    assert "Host compute2\n" in config


def test_what_vagrant_did_not_get_into_is_removed_first(lab: Lab, programs: Programs) -> None:
    remember(lab, "control", "docker", "known")
    (remember(lab, "compute1", "docker", "killed") / "private_key").unlink()
    DockerProvider().up(lab, Report())
    assert [call for call in programs.calls("docker") if call.startswith("rm ")] == [
        "rm --force --volumes lost killed"
    ]


def test_one_that_never_answers_is_named_with_the_end_of_its_console(lab: Lab, programs: Programs) -> None:
    programs.put("vagrant", "echo 'compute1: Timed out while waiting for the machine to boot'; exit 1")
    programs.put("ssh", "[[ $* != *compute1* ]]")
    booted = DockerProvider().up(lab, Report())
    assert not isinstance(booted["compute2"], LabError)
    error = str(booted["compute1"])
    assert error.startswith("machine: compute1 is not up: vagrant up returned 1 (")
    assert "compute1: Timed out while waiting" in error
    assert error.endswith("Its console ends with:\nBooting\nKernel panic")


def test_none_answers(lab: Lab, programs: Programs) -> None:
    programs.put("vagrant", "echo 'no such box' >&2; exit 1")
    programs.put("ssh", "exit 255")
    report = Report()
    with pytest.raises(LabError, match=r"(?s)^machine: no machine is up: vagrant up .*no such box$"):
        DockerProvider().up(lab, report)
    assert report.events[-1].state == "failed"


@pytest.mark.parametrize("kind", ["image", "volume"])
def test_what_is_not_built_is_refused(lab: Lab, programs: Programs, kind: str) -> None:
    programs.put("docker", f"[[ $1 != {kind} ]]")
    with pytest.raises(Refused, match=r"it is not built; run make box$"):
        DockerProvider().up(lab, Report())
    assert programs.calls("vagrant") == []


def test_destroy_removes_what_has_the_labs_label(lab: Lab, programs: Programs, tmp_path: Path) -> None:
    mine, others = lab.directory, Path("/another/lab")
    docker_has(tmp_path, {"dslab-a": mine, "dslab-b": mine, "dslab-c": others}, {"net": mine, "nets": others})
    DockerProvider().destroy(lab)
    assert programs.calls("docker")[-2:] == ["rm --force --volumes dslab-a dslab-b", "network rm net"]


def test_one_machine_goes_and_the_others_stay(lab: Lab, programs: Programs) -> None:
    provider = DockerProvider()
    provider.up(lab, Report())
    remembered = remember(lab, "compute2", "docker", "known")
    provider.remove(provider.machines(lab)["compute2"])
    assert "rm --force --volumes dslab-multinode-compute2" in programs.calls("docker")
    assert not remembered.exists()
    assert "Host compute1\n" in lab.ssh_config.read_text()
    assert "Host compute2\n" not in lab.ssh_config.read_text()


def test_a_machine_that_is_gone_already_is_removed_without_a_word(lab: Lab, programs: Programs) -> None:
    programs.put("docker", "echo '[]'; exit 1")
    provider = DockerProvider()
    provider.remove(provider.machines(lab)["compute2"])
    assert not [call for call in programs.calls("docker") if call.startswith("rm ")]


def test_what_docker_is_still_removing_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    said = ["Error response from daemon: removal of container one is already in progress\n"] * 2
    said.append("Error: No such container: one\n")
    monkeypatch.setattr(docker, "ask_docker", lambda *order: CompletedProcess(order, 1, "", said.pop(0)))
    docker.remove("container", "one")
    assert said == []


def test_what_keeps_docker_from_removing_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    answer = CompletedProcess((), 1, "", "Error response from daemon: driver failed\n")
    monkeypatch.setattr(docker, "ask_docker", lambda *_: answer)
    with pytest.raises(LabError, match=r"docker rm returned 1: .* driver failed$"):
        docker.remove("container", "one")


def test_belongings_are_told_with_the_lab_that_has_them(lab: Lab, tmp_path: Path) -> None:
    docker_has(tmp_path, {"one": lab.directory}, {"net": Path("/another/lab")})
    assert [(str(thing), thing.lab) for thing in DockerProvider().belongings()] == [
        ("container one", lab.directory),
        ("network net", Path("/another/lab")),
    ]


def test_leftovers_are_those_of_labs_that_are_dead(
    lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prune, "PROVIDERS", {"docker": DockerProvider()})
    lab.save(phase=Phase.BUILDING)
    wanted = create_lab(MULTINODE, "docker", "wanted").save(phase=Phase.READY)
    gone = create_lab(MULTINODE, "docker", "gone")
    forget_lab(gone.directory)
    containers = {"stale": lab.directory, "kept": wanted.directory, "lost": gone.directory}
    docker_has(tmp_path, containers, {"net": gone.directory})
    assert [str(leftover) for leftover in prune.leftovers().things] == [
        "container stale",
        "container lost",
        "network net",
        "lab multinode",
    ]


def test_a_host_without_docker_has_nothing_of_labs(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert DockerProvider().belongings() == []
    with pytest.raises(LabError, match="docker is not installed"):
        DockerProvider().is_up(DockerProvider().machines(lab)["control"])
