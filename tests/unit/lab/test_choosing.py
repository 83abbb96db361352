from pathlib import Path
from types import SimpleNamespace

import pytest

from lab.choosing import chosen_lab, new_lab, stale_labs, wanted_lab
from lab.doctor.choice import Choice
from lab.doctor.examination import Examination
from lab.doctor.finding import Finding, bad
from lab.errors import Refused
from lab.labs import Phase, all_labs
from lab.provider.base import Belonging
from lab.scenario import Scenario
from tests.unit.lab.scenarios import LOCAL, MULTINODE

OTHERS = [
    Belonging(kind, name, Path("/home/other/labs/class"), lambda: None)
    for kind, name in (("container", "dslab-class-control"), ("network", "vagrant_network"))
]
NO_DOCKER = bad("Docker", "it does not answer", "start it", frozenset({"docker"}))


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No labs, no networks."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.setattr("lab.labs.networks_of_host", list)
    monkeypatch.setattr("lab.choosing.STATE", tmp_path / "dietstack")


def doctor_says(monkeypatch: pytest.MonkeyPatch, provider: str | None, *findings: Finding) -> None:
    """The doctor chooses PROVIDER after FINDINGS."""

    def examine(scenario: Scenario, **_options: object) -> Examination:
        return Examination(scenario.name, 1, list(findings), Choice(provider, "the test says so"))

    monkeypatch.setattr("lab.choosing.examine", examine)
    host = SimpleNamespace(belongings=lambda: OTHERS)
    monkeypatch.setattr("lab.choosing.provider_called", lambda _name: host)


def test_what_the_doctor_rules_out_is_refused_and_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    doctor_says(monkeypatch, None, NO_DOCKER)
    with pytest.raises(Refused, match="start it"):
        new_lab(MULTINODE)
    with pytest.raises(Refused, match="none"):
        chosen_lab()


def test_a_lab_is_taken_up_again_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    doctor_says(monkeypatch, "docker")
    first = wanted_lab("multinode", name="mine")
    assert wanted_lab("multinode", name="mine") == first
    with pytest.raises(Refused, match="another --name"):
        wanted_lab("allinone", name="mine")
    with pytest.raises(Refused, match=r"^provider 'xen': give one of libvirt, docker"):
        wanted_lab("multinode", "xen", name="mine")
    assert wanted_lab("allinone").name == "allinone"


def test_a_lab_of_this_machine_has_no_choice() -> None:
    assert new_lab(LOCAL).provider == "here"
    with pytest.raises(Refused, match="this very machine"):
        new_lab(LOCAL, "docker", "other")


def test_a_cloud_that_is_there_is_not_made_a_lab_which_is_removed_with_all_in_it(tmp_path: Path) -> None:
    (tmp_path / "dietstack").mkdir()
    (tmp_path / "dietstack" / "settings.sh").touch()
    with pytest.raises(Refused, match=r"scenario 'local': this machine has a cloud .* \./destroyds\.sh"):
        new_lab(LOCAL)
    assert all_labs() == []


def test_stale_labs_are_those_that_nobody_is_at_work_with(monkeypatch: pytest.MonkeyPatch) -> None:
    doctor_says(monkeypatch, "docker")
    for name in ("dead", "going-on"):
        new_lab(MULTINODE, name=name).save(phase=Phase.BUILDING)
    new_lab(MULTINODE, name="unfinished")
    assert [lab.name for lab in stale_labs(besides="going-on")] == ["dead"]


def test_a_name_that_a_lab_of_another_user_has_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    doctor_says(monkeypatch, "docker")
    with pytest.raises(Refused) as refused:
        new_lab(MULTINODE, name="class")
    assert str(refused.value) == (
        "lab 'class': container dslab-class-control belongs to the one in /home/other/labs/class; "
        "give another --name"
    )
    assert all_labs() == []
    assert new_lab(MULTINODE, name="class-two").name == "class-two"
