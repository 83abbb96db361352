"""The servers that prove compute nodes: what keeps them from going does not hide why one did not come."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from lab import ready
from lab.cloud import Cloud
from lab.errors import LabError, Layer, Leaked
from lab.ready import check_servers
from lab.report import Report


@pytest.fixture
def closed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The projects that were to be closed, none of which can be."""
    closed: list[str] = []

    def close(_cloud: Cloud, project: Any) -> None:
        closed.append(project.id)
        raise Leaked(Layer.SERVICE, "server on-compute1 was left behind")

    project = SimpleNamespace(id="check", start_server=lambda *_, **__: None, server_is=lambda _server: None)
    project.guest = lambda _server: SimpleNamespace(close=lambda: None)
    monkeypatch.setattr(ready, "remove_former_checks", lambda *_: None)
    monkeypatch.setattr(ready, "fresh_project", lambda *_: project)
    monkeypatch.setattr(ready, "close_project", close)
    monkeypatch.setattr(ready, "make_admin", lambda *_: None)
    return closed


def check() -> None:
    """Check a compute node."""
    with Report().stage("check") as stage:
        check_servers(cast(Cloud, None), ["compute1"], stage)


@pytest.mark.parametrize("step", ["make_admin", "ThreadPoolExecutor"])
def test_the_first_error_is_told_and_what_was_left(
    closed: list[str], monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def fail(*_arguments: object, **_options: object) -> None:
        raise LabError(Layer.NETWORK, "compute1 has no port")

    monkeypatch.setattr(ready, step, fail)
    with pytest.raises(LabError) as failed:
        check()
    assert str(failed.value) == "network: compute1 has no port"
    assert failed.value.__notes__ == ["service: server on-compute1 was left behind"]
    assert closed == ["check"]


def test_projects_of_checks_that_were_killed_go(monkeypatch: pytest.MonkeyPatch) -> None:
    names = ["admin", "check", "check-in", "check-0a1b2c", "check-0a1b2c-mine", "service"]
    cleared: list[str] = []
    monkeypatch.setattr(ready, "clear_away", lambda _cloud, name: cleared.append(name))
    identity = SimpleNamespace(projects=lambda **_: [SimpleNamespace(name=name) for name in names])
    ready.remove_former_checks(cast(Cloud, SimpleNamespace(api=SimpleNamespace(identity=identity))))
    assert cleared == ["check-0a1b2c"]


def test_what_is_left_by_a_check_that_went_well_is_an_error(closed: list[str]) -> None:
    with pytest.raises(Leaked):
        check()
    assert closed == ["check"]
