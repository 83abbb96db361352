"""The seat of who has a lab for themselves."""

import stat
from types import SimpleNamespace
from typing import Any

import pytest
import yaml

from lab.cloud import Cloud
from lab.errors import Refused
from lab.exercise import Seat, learner, own_seat, place_of
from lab.exercise.learner import opens, write_clouds_yaml
from lab.labs import Phase
from lab.project import Project

CLOUDS = """\
clouds:
  dietstack-demo:
    auth: {auth_url: "http://192.168.99.1:5000/v3", username: demo, password: secret, project_name: demo}
    region_name: RegionOne
"""


def test_the_file_of_a_seat_is_for_its_owner_alone_and_knows_no_other_password(seat: Seat) -> None:
    seat.lab.directory.mkdir()
    seat.lab.clouds_yaml.write_text(CLOUDS)
    mine = place_of(seat.lab)
    write_clouds_yaml(mine, user="learner", password="fresh", project="learner")
    assert stat.S_IMODE(mine.clouds_yaml.stat().st_mode) == 0o600
    entry = yaml.safe_load(mine.clouds_yaml.read_text())["clouds"]["learner"]
    assert entry["auth"] == {
        "auth_url": "http://192.168.99.1:5000/v3",
        "username": "learner",
        "password": "fresh",
        "project_name": "learner",
    }
    assert "secret" not in mine.clouds_yaml.read_text()


def test_a_lab_without_a_cloud_is_refused(seat: Seat) -> None:
    lab = seat.lab.model_copy(update={"phase": Phase.UNFINISHED})
    with pytest.raises(Refused, match="lab 'local': there is no cloud in it that is ready"):
        own_seat(lab, alone=True)


def test_a_seat_that_the_cloud_does_not_know_does_not_open(seat: Seat) -> None:
    assert not opens(seat)
    assert not opens(place_of(seat.lab))


def test_a_seat_whose_file_has_another_cloud_does_not_open(seat: Seat) -> None:
    assert not opens(seat.model_copy(update={"cloud": "of another release"}))


def test_a_seat_is_opened_with_a_password_of_its_own(seat: Seat, monkeypatch: pytest.MonkeyPatch) -> None:
    closed: list[str] = []

    def api(name: str) -> Any:
        return SimpleNamespace(close=lambda: closed.append(name))

    def opened(_admin: Cloud, name: str, password: str) -> Project:
        return Project(api("learner"), "id", name, name, password)

    seat.lab.directory.mkdir()
    seat.lab.clouds_yaml.write_text(CLOUDS)
    monkeypatch.setattr(learner, "connect", lambda cloud, _file: api(cloud))
    monkeypatch.setattr(learner, "open_project", opened)
    mine = place_of(seat.lab)
    passwords = set()
    for _ in range(2):
        learner.open_seat(mine)
        passwords.add(yaml.safe_load(mine.clouds_yaml.read_text())["clouds"]["learner"]["auth"]["password"])
    assert len(passwords - {"secret"}) == 2
    assert sorted(closed) == ["dietstack-admin"] * 2 + ["learner"] * 2
