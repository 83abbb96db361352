"""Names, networks and owners of labs."""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from errno import EIO, ENOSPC
from ipaddress import IPv4Network
from pathlib import Path
from threading import Thread

import pytest

from lab import labs
from lab.errors import LabError, Layer, Refused
from lab.filelock import holder_of, locked
from lab.holding import building, hold, hold_dead, is_dead
from lab.labs import Lab, Phase, all_labs, create_lab, find_lab, forget_lab, unreadable_labs
from lab.paths import ROOT
from tests.unit.lab.scenarios import LOCAL, MULTINODE

HOLDER = """
import sys
from lab.holding import hold
from lab.labs import find_lab
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
    assert lab.phase is Phase.UNFINISHED
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


def test_labs_that_are_made_at_once_have_networks_of_their_own() -> None:
    with ThreadPoolExecutor() as pool:
        made = list(pool.map(lambda name: create_lab(MULTINODE, "docker", name), "abcdefgh"))
    assert len({network for lab in made for network in (lab.ds, lab.external)}) == 16


def test_networks_of_the_host_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(labs, "networks_of_host", lambda: [IPv4Network("192.168.99.128/25")])
    assert create_lab(MULTINODE, "docker").external == IPv4Network("192.168.100.0/24")


def test_a_lab_that_is_forgotten_gives_all_back() -> None:
    forget_lab(create_lab(MULTINODE, "docker").directory)
    assert all_labs() == []
    assert create_lab(MULTINODE, "docker").ds == IPv4Network("192.168.23.0/24")


def test_what_makes_it_a_lab_goes_last(monkeypatch: pytest.MonkeyPatch) -> None:
    lab = create_lab(MULTINODE, "docker")
    lab.clouds_yaml.touch()
    there: list[str] = []

    def remove(path: Path) -> None:
        if path == lab.directory:
            there.extend(file.name for file in path.iterdir())
        really_remove(path)

    really_remove = shutil.rmtree
    monkeypatch.setattr(shutil, "rmtree", remove)
    forget_lab(lab.directory)
    assert there == ["lab.json"]


def test_no_name_of_a_lab_is_that_of_what_all_labs_share() -> None:
    with hold(create_lab(MULTINODE, "docker", "all")):
        leases = create_lab(MULTINODE, "docker", "leases")
        with hold(leases):
            forget_lab(leases.directory)
        assert find_lab("all").owner == os.getpid()


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
    assert lab.owner == other_process.pid
    assert not lab.is_stale
    with pytest.raises(Refused, match=f"process {other_process.pid} is at work with it"), hold(lab):
        pass


def test_a_lab_is_held_though_nobody_can_note_it(monkeypatch: pytest.MonkeyPatch) -> None:
    lab = create_lab(MULTINODE, "docker")
    with monkeypatch.context() as full:
        for write in ("lab.filelock.os.write", "lab.private.os.fsync"):
            full.setattr(write, there_is_no_room)
        with hold(lab) as held:
            assert held.pid == os.getpid()
            assert holder_of(labs.lock_of(lab.directory)) == 0
            with pytest.raises(Refused, match="is at work with it"), hold(lab):
                pass
    assert lab.owner is None


@pytest.mark.parametrize("write", ["lab.filelock.os.write", "lab.private.os.fsync"])
def test_what_else_keeps_from_noting_who_holds_a_lab_is_told(
    monkeypatch: pytest.MonkeyPatch, write: str
) -> None:
    def fail(*_arguments: object) -> None:
        raise OSError(EIO, os.strerror(EIO))

    lab = create_lab(MULTINODE, "docker")
    with monkeypatch.context() as broken:
        broken.setattr(write, fail)
        with pytest.raises(OSError, match="Input/output error"), hold(lab):
            pass
    assert lab.owner is None


def there_is_no_room(*_arguments: object) -> None:
    raise OSError(ENOSPC, os.strerror(ENOSPC))


def test_an_owner_killed_while_building_leaves_a_stale_lab(other_process: subprocess.Popen[str]) -> None:
    find_lab("mine").save(phase=Phase.BUILDING)
    other_process.send_signal(signal.SIGKILL)
    other_process.wait()
    lab = find_lab("mine")
    assert lab.owner is None
    assert lab.is_stale
    assert is_dead(lab.directory)
    with hold(lab) as held:
        assert held.pid == os.getpid()
        assert not held.is_stale


def test_a_ready_lab_stays_until_its_time_is_over() -> None:
    lab = create_lab(MULTINODE, "docker").save(phase=Phase.READY)
    assert not lab.is_stale
    short = create_lab(MULTINODE, "docker", "short").save(phase=Phase.READY).wanted_for(1e-9)
    assert short.is_stale
    assert not short.wanted_for(1).is_stale


def test_a_disposable_lab_ends_with_its_owner() -> None:
    lab = create_lab(MULTINODE, "docker").save(phase=Phase.READY, disposable=True)
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


@pytest.mark.parametrize("ended_by", [LabError(Layer.MACHINE, "it is dead"), KeyboardInterrupt()])
def test_what_ends_in_good_order_is_unfinished_and_not_stale(ended_by: BaseException) -> None:
    lab = create_lab(MULTINODE, "docker")

    def build() -> None:
        with hold(lab) as held, building(held):
            assert find_lab("multinode").phase is Phase.BUILDING
            raise ended_by

    with pytest.raises(type(ended_by)):
        build()
    assert find_lab("multinode").phase is Phase.UNFINISHED
    assert not find_lab("multinode").is_stale
    assert not is_dead(lab.directory)


def test_a_lab_that_is_looked_at_again_is_ready_meanwhile() -> None:
    with building(create_lab(MULTINODE, "docker")):
        pass
    with building(find_lab("multinode")):
        assert find_lab("multinode").phase is Phase.READY


@pytest.mark.parametrize(
    ("phase", "then"), [(Phase.READY, Phase.READY), (Phase.UNFINISHED, Phase.UNFINISHED)]
)
def test_what_is_refused_has_changed_nothing(phase: Phase, then: Phase) -> None:
    lab = create_lab(MULTINODE, "docker").save(phase=phase)
    with pytest.raises(Refused), building(lab):
        raise Refused("image", None, "it is not built")
    assert find_lab("multinode").phase is then


def test_a_lab_is_held_as_it_is_by_then_or_not_at_all() -> None:
    lab = create_lab(MULTINODE, "docker")
    lab.save(slowness=3.0)
    with hold(lab) as held:
        assert held.slowness == 3.0
    forget_lab(lab.directory)
    with pytest.raises(Refused, match="there is no such lab"), hold(lab):
        pass
    assert all_labs() == []


@pytest.mark.parametrize("text", ['{"name": "old", "networks": []}', "", "\x00\xff"])
def test_a_lab_that_cannot_be_read_stops_no_other(text: str) -> None:
    create_lab(MULTINODE, "docker", "good")
    file = create_lab(MULTINODE, "docker", "old").file
    file.write_bytes(text.encode("latin-1"))
    assert [lab.name for lab in all_labs()] == ["good"]
    (told,) = unreadable_labs()
    assert re.fullmatch(rf"lab 'old': {file} is damaged or of another release; `dslab prune` .*", str(told))
    for look in (find_lab, lambda name: create_lab(MULTINODE, "docker", name)):
        with pytest.raises(Refused) as refused:
            look("old")
        assert str(refused.value) == str(told)


def test_a_lab_that_cannot_be_read_is_dead_when_nobody_holds_it(other_process: subprocess.Popen[str]) -> None:
    lab = find_lab("mine")
    lab.file.write_text("{}")
    assert not is_dead(lab.directory)
    with hold_dead(lab.directory) as dead:
        assert not dead
    other_process.send_signal(signal.SIGKILL)
    other_process.wait()
    assert is_dead(lab.directory)
    with hold_dead(lab.directory) as dead:
        assert dead


def test_what_another_user_keeps_for_himself_is_not_dead(monkeypatch: pytest.MonkeyPatch) -> None:
    lab = create_lab(MULTINODE, "docker")

    def refuse(*_arguments: object) -> None:
        raise PermissionError

    monkeypatch.setattr(Path, "read_text", refuse)
    assert not is_dead(lab.directory)
    assert "may not be read by this user; sudo chown" in str(unreadable_labs()[0])


def test_a_lab_that_is_no_more_is_held_without_a_trace(tmp_path: Path) -> None:
    with hold_dead(tmp_path / "elsewhere/lab") as dead:
        assert dead
    assert not (tmp_path / "elsewhere").exists()
    create_lab(MULTINODE, "docker")
    gone = labs.labs_directory() / "gone"
    with hold_dead(gone) as dead:
        assert dead
    assert not labs.lock_of(gone).exists()


def test_who_waited_for_a_lock_that_was_removed_gets_the_new_one(tmp_path: Path) -> None:
    file, order = tmp_path / "lock", list[str]()

    def wait() -> None:
        with locked(file):
            order.append("other")
            assert holder_of(file) == os.getpid()

    other = Thread(target=wait)
    with locked(file):
        other.start()
        other.join(0.05)
        order.append("first")
        file.unlink()
    other.join()
    assert order == ["first", "other"]
