from pathlib import Path

import pytest

from lab.choosing import chosen_lab, new_lab, stale_labs, wanted_lab
from lab.doctor.choice import Choice
from lab.doctor.examination import Examination
from lab.doctor.finding import Finding, bad
from lab.errors import Refused
from lab.labs import Phase
from lab.scenario import Scenario
from tests.unit.lab.scenarios import LOCAL, MULTINODE

NO_DOCKER = bad("Docker", "it does not answer", "start it", frozenset({"docker"}))


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No labs, no networks."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.setattr("lab.labs.networks_of_host", list)


def doctor_says(monkeypatch: pytest.MonkeyPatch, provider: str | None, *findings: Finding) -> None:
    """The doctor chooses PROVIDER after FINDINGS."""

    def examine(scenario: Scenario, **_options: object) -> Examination:
        return Examination(scenario.name, 1, list(findings), Choice(provider, "the test says so"))

    monkeypatch.setattr("lab.choosing.examine", examine)


def test_what_the_doctor_rules_out_is_refused_and_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    doctor_says(monkeypatch, None, NO_DOCKER)
    with pytest.raises(Refused, match="start it"):
        new_lab(MULTINODE)
    with pytest.raises(Refused, match="none"):
        chosen_lab()


def test_a_lab_is_taken_up_again_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    doctor_says(monkeypatch, "docker")
    first = wanted_lab("multinode", name="class", hours=1)
    assert wanted_lab("multinode", name="class") == first
    with pytest.raises(Refused, match="another --name"):
        wanted_lab("allinone", name="class")
    assert wanted_lab("allinone").name == "allinone"


def test_a_lab_of_this_machine_has_no_choice() -> None:
    assert new_lab(LOCAL).provider == "here"
    with pytest.raises(Refused, match="this very machine"):
        new_lab(LOCAL, "docker", "other")


def test_stale_labs_are_those_that_nobody_is_at_work_with(monkeypatch: pytest.MonkeyPatch) -> None:
    doctor_says(monkeypatch, "docker")
    for name in ("dead", "going-on"):
        new_lab(MULTINODE, name=name).save(phase=Phase.BUILDING)
    new_lab(MULTINODE, name="unfinished")
    assert [lab.name for lab in stale_labs(besides="going-on")] == ["dead"]
