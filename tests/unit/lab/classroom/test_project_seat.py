"""The project of a seat: what is done in it, by whom, in which order."""

from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from lab.classroom import project_seat
from lab.classroom.plan import Quota
from lab.classroom.seat import Seat, new_seat
from lab.report import Report


class Service:
    """An API that takes down what is called."""

    def __init__(self, name: str, calls: list[str]) -> None:
        self._name, self._calls = name, calls

    def __getattr__(self, call: str) -> Any:
        def answer(*arguments: Any, **options: Any) -> None:
            told = [str(one) for one in (*arguments, *options.items())]
            self._calls.append(" ".join([self._name, call, *told]))

        return answer


class User:
    """The project and the cloud of a seat, in which a learner has done what they could."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.calls: list[str] = []
        api = SimpleNamespace(close=lambda: self.calls.append("user close"))
        self.project = SimpleNamespace(id="p1", api=api, key=None)
        self.admin = SimpleNamespace(
            compute=Service("admin compute", self.calls),
            block_storage=Service("admin storage", self.calls),
            network=Service("admin network", self.calls),
            close=lambda: self.calls.append("admin close"),
        )
        monkeypatch.setattr(project_seat, "connect", lambda *_arguments: self.admin)
        monkeypatch.setattr(project_seat, "open_project", self.opened)
        for step in ("renew", "furnish"):
            monkeypatch.setattr(project_seat, step, partial(self.noted, step))

    def noted(self, step: str, *arguments: Any) -> None:
        self.calls.append(f"{step} {arguments[-1].id}")

    def opened(self, _admin: Any, name: str, password: str) -> Any:
        self.calls.append(f"open {name} {password}")
        return self.project


@pytest.fixture
def seat(tmp_path: Path) -> Seat:
    return new_seat("seat3", "monday", tmp_path / "seat3", spare=False)


@pytest.fixture
def user(monkeypatch: pytest.MonkeyPatch) -> User:
    return User(monkeypatch)


def test_a_seat_is_opened_renewed_and_furnished(user: User, seat: Seat) -> None:
    with Report().stage("seat3") as stage:
        project_seat.set_up(cast("Any", SimpleNamespace(clouds_yaml="")), seat, Quota(ram=192), stage)
    assert user.project.key == seat.key
    assert user.calls == [
        f"open seat3 {seat.password}",
        "renew p1",
        "admin compute update_quota_set p1 ('instances', 2) ('cores', 2) ('ram', 192)",
        "admin storage update_quota_set p1 ('volumes', 4) ('snapshots', 4) ('gigabytes', 10)",
        "admin network update_quota p1 ('networks', 4) ('routers', 3) ('floating_ips', 3)",
        "furnish p1",
        "user close",
        "admin close",
    ]


def test_the_projects_of_a_cloud_are_asked_of_its_administrator(user: User) -> None:
    projects = [SimpleNamespace(name=name) for name in ("admin", "seat3")]
    user.admin.identity = SimpleNamespace(
        projects=lambda domain_id: projects if domain_id == "default" else []
    )
    assert project_seat.projects_in(cast("Any", SimpleNamespace(clouds_yaml=""))) == {"admin", "seat3"}
    assert user.calls == ["admin close"]


def test_what_fails_closes_all_the_same(user: User, seat: Seat, monkeypatch: pytest.MonkeyPatch) -> None:
    def stuck(_admin: Any, _project: Any) -> None:
        raise RuntimeError("stuck")

    monkeypatch.setattr(project_seat, "renew", stuck)
    with Report().stage("seat3") as stage, pytest.raises(RuntimeError, match="stuck"):
        project_seat.set_up(cast("Any", SimpleNamespace(clouds_yaml="")), seat, Quota(), stage)
    assert user.calls[-2:] == ["user close", "admin close"]
