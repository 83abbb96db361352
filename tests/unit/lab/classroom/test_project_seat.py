"""The project of a seat: what is done in it, by whom, in which order."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from lab.classroom import project_seat
from lab.classroom.plan import Quota
from lab.classroom.seat import Seat, new_seat
from lab.report import Report


class Service:
    """An API that has THINGS by kind and takes down what is called."""

    def __init__(self, name: str, calls: list[str], **things: list[Any]) -> None:
        self._name, self._calls, self._things = name, calls, things

    def __getattr__(self, call: str) -> Any:
        def answer(*arguments: Any, **options: Any) -> Any:
            if call in self._things:
                return self._things[call]
            told = [str(getattr(one, "name", one)) for one in (*arguments, *options.items())]
            self._calls.append(" ".join([self._name, call, *told]))
            return None

        return answer


class User:
    """The project and the cloud of a seat, in which a learner has done what they could."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.calls: list[str] = []
        named = SimpleNamespace
        api = SimpleNamespace(
            compute=Service("user compute", self.calls, servers=[named(id="locked")]),
            image=Service("user image", self.calls, images=[named(name="protected")]),
            block_storage=Service("user storage", self.calls, transfers=[named(name="offer")]),
            close=lambda: self.calls.append("user close"),
        )
        self.project = SimpleNamespace(id="p1", api=api, key=None)
        groups = [named(name="default")]
        self.admin = SimpleNamespace(
            compute=Service("admin compute", self.calls),
            block_storage=Service("admin storage", self.calls),
            network=Service("admin network", self.calls, security_groups=groups),
            close=lambda: self.calls.append("admin close"),
        )
        monkeypatch.setattr(project_seat, "connect", lambda *_arguments: self.admin)
        monkeypatch.setattr(project_seat, "open_project", self.opened)
        monkeypatch.setattr(project_seat, "empty", lambda project: self.calls.append(f"empty {project.id}"))
        monkeypatch.setattr(
            project_seat, "furnish", lambda project: self.calls.append(f"furnish {project.id}")
        )

    def opened(self, _admin: Any, name: str, password: str) -> Any:
        self.calls.append(f"open {name} {password}")
        return self.project


@pytest.fixture
def seat(tmp_path: Path) -> Seat:
    return new_seat("seat3", "monday", tmp_path / "seat3", spare=False)


@pytest.fixture
def user(monkeypatch: pytest.MonkeyPatch) -> User:
    return User(monkeypatch)


def test_a_seat_is_opened_released_emptied_and_furnished(user: User, seat: Seat) -> None:
    with Report().stage("seat3") as stage:
        project_seat.set_up(cast("Any", SimpleNamespace(clouds_yaml="")), seat, Quota(ram=192), stage)
    assert user.project.key == seat.key
    assert user.calls == [
        f"open seat3 {seat.password}",
        "admin compute unlock_server locked",
        "user image update_image protected ('is_protected', False)",
        "user storage delete_transfer offer",
        "empty p1",
        "admin network delete_security_group default",
        "admin compute update_quota_set p1 ('instances', 2) ('cores', 2) ('ram', 192)",
        "admin storage update_quota_set p1 ('volumes', 4) ('snapshots', 4) ('gigabytes', 10)",
        "admin network update_quota p1 ('networks', 4) ('routers', 3) ('floating_ips', 3)",
        "furnish p1",
        "user close",
        "admin close",
    ]


def test_what_fails_closes_all_the_same(user: User, seat: Seat, monkeypatch: pytest.MonkeyPatch) -> None:
    def stuck(_project: Any) -> None:
        raise RuntimeError("stuck")

    monkeypatch.setattr(project_seat, "empty", stuck)
    with Report().stage("seat3") as stage, pytest.raises(RuntimeError, match="stuck"):
        project_seat.set_up(cast("Any", SimpleNamespace(clouds_yaml="")), seat, Quota(), stage)
    assert user.calls[-2:] == ["user close", "admin close"]
