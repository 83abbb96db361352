"""Prune removes what dead labs left, and nothing that anybody is at work with."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import pytest

from lab import labs, prune
from lab.errors import LabError, Layer
from lab.holding import hold
from lab.labs import Lab, Phase, all_labs, create_lab, find_lab
from lab.provider.base import Belonging
from lab.report import Event, Report, State
from tests.unit.lab.scenarios import LOCAL, MULTINODE


@dataclass
class FakeProvider:
    """A provider that HAS things of labs, each called as its kind, or is SILENT."""

    name: str
    has: dict[str, Path] = field(default_factory=dict)
    silent: bool = False

    def belongings(self) -> list[Belonging]:
        """What it has."""
        if self.silent:
            raise LabError(Layer.MACHINE, f"{self.name} ps returned 1: no such socket\nIs it there?")
        return [Belonging("thing", name, lab, partial(self.remove, name)) for name, lab in self.has.items()]

    def remove(self, name: str) -> None:
        """Remove the thing NAME."""
        del self.has[name]


@pytest.fixture
def docker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeProvider:
    """The one provider of two that has something."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.setattr(labs, "networks_of_host", list)
    docker = FakeProvider("docker")
    monkeypatch.setattr(prune, "PROVIDERS", {"docker": docker, "libvirt": FakeProvider("libvirt")})
    return docker


@pytest.fixture
def dead(docker: FakeProvider) -> Lab:
    """A lab that nobody wants, with a container."""
    lab = create_lab(MULTINODE, "docker", "dead").save(phase=Phase.BUILDING)
    docker.has["dead-control"] = lab.directory
    return lab


def told(things: list[Belonging]) -> list[str]:
    return [str(thing) for thing in things]


def test_what_is_dead_goes_and_nothing_else(dead: Lab, docker: FakeProvider) -> None:
    wanted = create_lab(MULTINODE, "docker", "wanted").save(phase=Phase.READY)
    docker.has |= {"wanted-control": wanted.directory, "lost": wanted.directory.parent / "gone"}
    expected = ["thing dead-control", "lab dead", "thing lost"]
    assert sorted(told(prune.leftovers().things)) == sorted(expected)
    report = Report()
    assert told(prune.prune(report).things) == expected
    assert [event.stage for event in report.events if event.state is State.DONE] == [
        f"remove {what}" for what in expected
    ]
    assert list(docker.has) == ["wanted-control"]
    assert [lab.name for lab in all_labs()] == ["wanted"]
    assert not dead.directory.exists()
    assert not labs.lock_of(dead.directory).exists()


def test_a_lab_that_does_not_go_keeps_no_other(
    dead: Lab, docker: FakeProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    docker.has["lost"] = dead.directory.parent / "gone"
    remove = docker.remove

    def refuse(name: str) -> None:
        if name == "dead-control":
            raise LabError(Layer.MACHINE, "docker rm returned 1: in use")
        remove(name)

    monkeypatch.setattr(docker, "remove", refuse)
    with pytest.raises(
        LabError, match=r"^machine: lab dead cannot be removed: docker rm returned 1: in use$"
    ):
        prune.prune(Report())
    assert list(docker.has) == ["dead-control"]


@contextmanager
def made_ready(lab: Lab) -> Iterator[None]:
    """Somebody has made LAB ready after all, and is not at work with it any more."""
    lab.save(phase=Phase.READY)
    yield


@pytest.mark.parametrize("meanwhile", [hold, made_ready])
def test_what_is_taken_up_after_the_look_stays(
    dead: Lab,
    docker: FakeProvider,
    monkeypatch: pytest.MonkeyPatch,
    meanwhile: Callable[[Lab], AbstractContextManager[object]],
) -> None:
    seen = prune.leftovers()
    monkeypatch.setattr(prune, "leftovers", lambda: seen)
    with meanwhile(dead):
        assert prune.prune(Report()).things == []
    assert list(docker.has) == ["dead-control"]
    assert dead.directory.exists()


def test_while_it_is_removed_nobody_takes_it_up(dead: Lab) -> None:
    owners = []

    def look(event: Event) -> None:
        if event.state is State.STARTED:
            owners.append(find_lab("dead").owner)

    prune.prune(Report(look))
    assert len(owners) == 2
    assert None not in owners
    assert not dead.directory.exists()


def test_things_of_a_lab_that_somebody_holds_are_no_leftovers(dead: Lab) -> None:
    with hold(dead):
        assert prune.leftovers().things == []


def test_a_lab_that_cannot_be_read_goes_with_all_it_has(dead: Lab, docker: FakeProvider) -> None:
    dead.file.write_text('{"format": "of an older release"}')
    assert told(prune.prune(Report()).things) == ["thing dead-control", "lab dead"]
    assert docker.has == {}
    assert not dead.directory.exists()


def test_who_does_not_answer_is_told_and_the_others_are_looked_at(dead: Lab, docker: FakeProvider) -> None:
    docker.silent = True
    left = prune.prune(Report())
    assert told(left.things) == ["lab dead"]
    assert left.unseen == [
        "docker does not answer, what it holds was not looked at"
        " (docker ps returned 1: no such socket Is it there?)"
    ]
    assert not dead.directory.exists()
    docker.silent = False
    assert told(prune.prune(Report()).things) == ["thing dead-control"]


def test_the_cloud_of_this_machine_stays(docker: FakeProvider) -> None:
    local = create_lab(LOCAL, "here").save(phase=Phase.BUILDING)
    assert told(prune.prune(Report()).things) == ["lab local"]
    assert not local.directory.exists()
    assert docker.has == {}
