"""Names, networks and owners of labs."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from ipaddress import IPv4Network
from pathlib import Path

import pytest

from lab import labs
from lab.errors import Refused
from lab.filelock import holder_of
from lab.labs import Lab, Phase, all_labs, create_lab, find_lab, forget_lab, hold, is_dead, owner_of
from lab.paths import ROOT
from tests.unit.lab.scenarios import LOCAL, MULTINODE

HOLDER = """
import sys
from lab.labs import find_lab, hold
with hold(find_lab("mine")):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def _nothing_but_these(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.setattr(labs, "networks_of_host", list)


@pytest.fixture
def other_process() -> Iterator[subprocess.Popen[str]]:
    """A process that holds the lab called mine."""
    create_lab(MULTINODE, "docker", "mine")
    command = [sys.executable, "-c", HOLDER]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_a_lab_is_called_like_its_scenario_and_is_found_again() -> None:
    lab = create_lab(MULTINODE, "docker")
    assert find_lab("multinode") == lab
    assert lab.phase is Phase.BUILDING
    assert str(lab.external_address) == "192.168.99.1"
    assert str(lab.control_address) == "192.168.23.10"


def test_what_is_saved_is_what_is_found() -> None:
    ready = create_lab(MULTINODE, "docker").save(phase=Phase.READY, slowness=7.5)
    assert find_lab("multinode") == ready


def test_a_name_is_had_once() -> None:
    create_lab(MULTINODE, "docker")
    with pytest.raises(
        Refused, match=r"^lab 'multinode': there is a lab of this name; .*dslab down multinode"
    ):
        create_lab(MULTINODE, "docker")


def test_two_labs_have_networks_of_their_own() -> None:
    one, two = create_lab(MULTINODE, "docker", "one"), create_lab(MULTINODE, "docker", "two")
    assert (one.ds, one.external) == (IPv4Network("192.168.23.0/24"), IPv4Network("192.168.99.0/24"))
    assert (two.ds, two.external) == (IPv4Network("192.168.24.0/24"), IPv4Network("192.168.100.0/24"))


def test_networks_of_the_host_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(labs, "networks_of_host", lambda: [IPv4Network("192.168.99.128/25")])
    assert create_lab(MULTINODE, "docker").external == IPv4Network("192.168.100.0/24")


def test_a_lab_that_is_forgotten_gives_all_back() -> None:
    forget_lab(create_lab(MULTINODE, "docker"))
    assert all_labs() == []
    assert create_lab(MULTINODE, "docker").ds == IPv4Network("192.168.23.0/24")


def test_this_very_machine_keeps_its_networks() -> None:
    create_lab(MULTINODE, "docker")
    assert create_lab(LOCAL, "here").external == LOCAL.external


def test_an_unknown_lab_is_refused_with_those_that_there_are() -> None:
    create_lab(MULTINODE, "docker", "mine")
    with pytest.raises(Refused, match=r"^lab 'yours': there is no such lab; there are: mine;"):
        find_lab("yours")


def test_a_name_that_no_network_could_have() -> None:
    with pytest.raises(Refused, match=r"lab '../etc': begin with a letter"):
        create_lab(MULTINODE, "docker", "../etc")


def test_who_holds_a_lab_is_known_and_has_it_alone(other_process: subprocess.Popen[str]) -> None:
    lab = find_lab("mine")
    assert owner_of("mine") == other_process.pid
    assert not lab.is_stale
    with pytest.raises(Refused, match=f"process {other_process.pid} is at work with it"), hold(lab):
        pass


def test_a_killed_owner_leaves_a_stale_lab(other_process: subprocess.Popen[str]) -> None:
    other_process.send_signal(signal.SIGKILL)
    other_process.wait()
    lab = find_lab("mine")
    assert owner_of("mine") is None
    assert lab.is_stale
    assert is_dead(lab.directory)
    with hold(lab) as held:
        assert held.pid == os.getpid()
        assert not held.is_stale


def test_a_ready_lab_stays_until_its_time_is_over() -> None:
    lab = create_lab(MULTINODE, "docker").save(phase=Phase.READY)
    assert not lab.is_stale
    short = create_lab(MULTINODE, "docker", "short", hours=1e-9).save(phase=Phase.READY)
    assert short.is_stale


def test_a_disposable_lab_ends_with_its_owner() -> None:
    lab = create_lab(MULTINODE, "docker", disposable=True).save(phase=Phase.READY)
    with hold(lab):
        assert not lab.is_stale
    assert lab.is_stale


def test_only_a_directory_that_is_known_to_be_gone_is_dead(tmp_path: Path) -> None:
    lab: Lab = create_lab(MULTINODE, "docker").save(phase=Phase.READY)
    assert not is_dead(lab.directory)
    assert is_dead(tmp_path / "never")
    (tmp_path / ".vagrant").mkdir()
    assert not is_dead(tmp_path / ".vagrant")


def test_nobody_holds_a_lock_that_is_not_there(tmp_path: Path) -> None:
    assert holder_of(tmp_path / "lock") is None
