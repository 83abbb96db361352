"""Vagrant that fails, is not there, or left something behind."""

import subprocess

import pytest

from lab.errors import Refused
from lab.labs import Lab, create_lab
from lab.vagrant import Vagrant, VagrantFailed, end_processes, processes_of
from tests.unit.lab.programs import Programs
from tests.unit.lab.scenarios import MULTINODE


@pytest.fixture
def lab(programs: Programs) -> Lab:
    assert programs.calls("vagrant") == []
    return create_lab(MULTINODE, "docker")


def test_it_works_on_this_lab_alone(lab: Lab, programs: Programs) -> None:
    programs.put("vagrant", "env")
    Vagrant(lab, "docker").up()
    assert programs.calls("vagrant") == ["up --provider=docker"]
    said = (lab.log / "vagrant.log").read_text()
    assert f"DSLAB_LAB={lab.directory}/lab.json\n" in said
    assert f"VAGRANT_DOTFILE_PATH={lab.directory}/vagrant\n" in said
    assert f"VAGRANT_HOME={lab.directory}/vagrant-home\n" in said


def test_what_it_said_last_is_in_the_error(lab: Lab, programs: Programs) -> None:
    (lab.log / "vagrant.log").write_text("of the time before: no space left on device\n")
    programs.put("vagrant", "seq 100; echo 'no such box' >&2; exit 1")
    with pytest.raises(VagrantFailed) as failed:
        Vagrant(lab, "docker").up()
    first, *last = str(failed.value).splitlines()
    assert first == f"machine: vagrant up returned 1 ({lab.log}/vagrant.log):"
    assert last[-1] == "no such box"
    assert len(last) == 11
    assert not any("of the time before" in line for line in last)


def test_a_host_without_it_is_refused(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(
        Refused, match=r"^program 'vagrant': it is not there: sudo ./install_requirements.sh --lab"
    ):
        Vagrant(lab, "docker").up()


def test_what_a_killed_process_left_running_is_ended(lab: Lab) -> None:
    with (
        subprocess.Popen(["sleep", "60"], env={"DSLAB_STARTED_FOR": str(lab.directory)}) as mine,
        subprocess.Popen(["sleep", "60"], env={"DSLAB_STARTED_FOR": f"{lab.directory}-of-another"}) as others,
    ):
        assert list(processes_of(lab.directory)) == [mine.pid]
        end_processes(lab.directory)
        assert mine.wait(timeout=5) == -9
        assert others.poll() is None
        others.kill()
