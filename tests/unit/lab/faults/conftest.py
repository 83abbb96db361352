from functools import partial
from pathlib import Path

import pytest

from lab.deadline import Deadline
from lab.doctor import command, examination
from lab.doctor.host_network import check_dns
from lab.provider import booted, docker_command, libvirt
from tests.unit.lab.cli.conftest import Type, typing
from tests.unit.lab.faults.host import Host
from tests.unit.lab.faults.processes import start

__all__ = ["start"]


@pytest.fixture
def host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Host:
    """A host that lacks nothing; machines answer at once or never."""
    host = Host(tmp_path, monkeypatch)
    for module in (examination, docker_command, libvirt):
        monkeypatch.setattr(module, "ROOT", host.folder)
    monkeypatch.setattr(command, "PATH", str(host.programs.folder))
    monkeypatch.setattr(examination, "WRITTEN_BY_A_MACHINE", 0)
    monkeypatch.setattr(examination, "check_dns", partial(check_dns, host.folder / "resolv.conf"))
    monkeypatch.setattr(booted, "SECONDS_TO_ANSWER", 0)
    monkeypatch.setattr(Deadline, "slowness", 1.0)
    return host


@pytest.fixture
def dslab(host: Host, capsys: pytest.CaptureFixture[str]) -> Type:
    """Types `dslab ARGUMENTS` on the host."""
    assert not host.has_booted
    return typing(capsys)


@pytest.fixture
def servers_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """The cloud is well, and servers run on the compute nodes that it has."""
    monkeypatch.setattr("lab.up.wait_for_computes", lambda *_arguments: None)
    monkeypatch.setattr("lab.up.check_servers", lambda *_arguments: None)
    monkeypatch.setattr("lab.checkpoint.saving.heartbeats", lambda _api: {})
