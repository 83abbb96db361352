"""The seat of who has a lab for themselves, and a project that becomes empty."""

import stat
from types import SimpleNamespace
from typing import Any, cast

import pytest
import yaml

from lab.cloud import Cloud
from lab.errors import Refused
from lab.exercise import Seat, cleaning, own_seat, place_of
from lab.exercise.cleaning import clean
from lab.exercise.learner import opens, write_clouds_yaml
from lab.labs import Phase

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


def test_what_is_protected_goes_as_well(seat: Seat, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    image = SimpleNamespace(is_protected=True)
    server = SimpleNamespace(is_locked=True)
    api = SimpleNamespace(
        image=SimpleNamespace(
            images=lambda owner: [image] if owner == "id" else [],
            update_image=lambda _image, is_protected: done.append(f"protected {is_protected}"),
        ),
        compute=SimpleNamespace(
            servers=lambda: [server], unlock_server=lambda _server: done.append("unlocked")
        ),
        close=lambda: done.append("closed"),
    )
    network = SimpleNamespace(
        security_groups=lambda project_id: [f"default of {project_id}"],
        delete_security_group=lambda group: done.append(f"deleted {group}"),
    )
    admin = cast("Cloud", SimpleNamespace(api=SimpleNamespace(network=network)))
    project: Any = SimpleNamespace(id="id", api=api)
    monkeypatch.setattr(Seat, "project", lambda _seat: project)
    monkeypatch.setattr(cleaning, "empty", lambda _project: done.append("emptied"))
    clean(seat, admin)
    assert done == ["protected False", "unlocked", "emptied", "deleted default of id", "closed"]
