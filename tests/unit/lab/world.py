"""Machines that are none, for what boots, deploys and removes them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from errno import ENOSPC
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from lab.errors import LabError, Layer, TooLate
from lab.labs import Lab
from lab.machine import Machine
from lab.report import Report
from lab.scenario import address_of

SETTINGS = "# remembered\nPASSWORDS='of the control machine'\n"


@dataclass
class World:
    """What machines do, and what was done to them; SERVERS are the cloud's, each on a machine."""

    silent: set[str] = field(default_factory=set)
    failing: set[str] = field(default_factory=set)
    interrupted: bool = False
    scripts: dict[str, str] = field(default_factory=dict)
    servers_on: list[str] = field(default_factory=list)
    deployed: set[str] = field(default_factory=set)
    forgotten: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    without_power: set[str] = field(default_factory=set)
    servers: dict[str, str] = field(default_factory=dict)
    destroyed: bool = False
    written: dict[str, str] = field(default_factory=dict)
    memory_saved: list[bool] = field(default_factory=list)
    laid_out: dict[str, str] = field(default_factory=dict)
    former: dict[str, str] = field(default_factory=dict)
    paused: bool = False
    hung: bool = False
    full: bool = False
    images: str = "images"
    directories: list[Path] = field(default_factory=list)
    identities: dict[str, int] = field(default_factory=dict)
    heartbeats: dict[str, datetime] = field(default_factory=dict)

    running: list[str] = field(default_factory=list)

    def write(self, word: str) -> None:
        """Let all machines have WORD written."""
        self.written = dict.fromkeys(("control", "compute1", "compute2"), word)

    def beat(self) -> None:
        """Let the parts of the cloud tell that they will be well for an hour."""
        soon = datetime.now(UTC) + timedelta(hours=1)
        self.heartbeats = {"nova-compute on compute1": soon, "agent on compute1": soon}


class FakeMachine(Machine):
    """A machine that does as its world says."""

    world: World

    def run(self, command: str, *arguments: str) -> str:
        if "machine-id" in command:
            return f"{self.name} {self.world.identities.get(self.name, 1)}"
        if "settings.sh" in command:
            return SETTINGS
        if command == "uname -n":
            return "office"
        return "700000" if arguments else "clouds: {}"

    def succeeds(self, command: str, *_arguments: str) -> bool:
        assert command == "test -e /srv/dietstack/settings.sh"
        return self.name in self.world.deployed

    def stream(self, script: str, _log: Path, heard: Callable[[str], object] = print) -> int:
        self.world.scripts[self.name] = script
        heard("network of the host    0.1 s")
        if self.world.interrupted:
            raise KeyboardInterrupt
        if self.name in self.world.failing:
            heard("no space left on device")
            return 1
        return 0


class FakeStates:
    """States of such machines: what was written in each, which is one word."""

    def __init__(self, world: World) -> None:
        self._world = world

    def made_of(self, _lab: Lab) -> str:
        return self._world.images

    def lacking(self, lab: Lab) -> list[str]:
        return [name for name in lab.scenario.machines if name in self._world.removed]

    def save(self, lab: Lab, folder: Path, *, memory: bool) -> None:
        self._world.memory_saved.append(memory)
        for name in lab.scenario.machines:
            self._refuse_when_full(folder)
            (folder / f"{name}.tar").write_text(self._world.written.get(name, ""))

    def lay_out(self, lab: Lab, folder: Path) -> None:
        self._refuse_when_full(folder)
        self._world.laid_out = {name: (folder / f"{name}.tar").read_text() for name in lab.scenario.machines}

    def exchange(self, _lab: Lab, _folder: Path) -> None:
        self._world.former = dict(self._world.written)
        self._world.written |= self._world.laid_out

    def put_back(self, _lab: Lab) -> None:
        self._world.hung = False
        self._world.written = self._world.former or self._world.written
        self._world.former = {}

    def settle(self, _lab: Lab) -> None:
        self._world.laid_out = {}

    def resume(self, _lab: Lab) -> None:
        self._world.paused = False

    def set_clocks(self, _lab: Lab) -> None:
        if self._world.hung:
            raise TooLate(Layer.MACHINE, "the clock of machine control: not within 90 s, at the end silent")

    def _refuse_when_full(self, folder: Path) -> None:
        if self._world.full:
            raise OSError(ENOSPC, "No space left on device", str(folder))


class FakeProvider:
    """A provider of such machines."""

    name = "docker"

    def __init__(self, world: World) -> None:
        self._world = world
        self.states = FakeStates(world)

    def machines(self, lab: Lab) -> dict[str, Machine]:
        machines: dict[str, Machine] = {}
        for name, spec in lab.scenario.machines.items():
            address = address_of(name, lab.ds)
            machine = FakeMachine(name, spec, None, address, Path("/dietstack"), (), lab, cast("Any", self))
            object.__setattr__(machine, "world", self._world)
            machines[name] = machine
        return machines

    def up(self, lab: Lab, report: Report) -> dict[str, Machine | LabError]:
        lab.save(emulated=True)
        with report.stage("boot"):
            return {
                name: LabError(Layer.MACHINE, f"{name} is not up\nIts console ends with:\npanic")
                if name in self._world.silent
                else machine
                for name, machine in self.machines(lab).items()
            }

    def is_up(self, machine: Machine) -> bool:
        return machine.name not in self._world.without_power

    def power_off(self, machine: Machine) -> None:
        self._world.without_power.add(machine.name)

    def remove(self, machine: Machine) -> None:
        self._world.removed.append(machine.name)

    def destroy(self, lab: Lab) -> None:
        assert lab.directory.exists()
        self._world.destroyed = True


def fake_cloud(world: World) -> Any:
    """The connection to the cloud of WORLD."""
    servers = [SimpleNamespace(name=name, compute_host=host) for name, host in world.servers.items()]
    return SimpleNamespace(compute=SimpleNamespace(servers=lambda **_options: servers))


class FakeApi:
    """The connection of who saves or restores the cloud of WORLD."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.compute = self

    def authorize(self) -> str:
        return "token"

    def servers(self, **_options: object) -> list[SimpleNamespace]:
        return [SimpleNamespace(id=name, name=name) for name in self._world.running]

    def stop_server(self, server: SimpleNamespace) -> None:
        self._world.running.remove(server.name)

    def get_server(self, name: str) -> SimpleNamespace:
        return SimpleNamespace(name=name, status="SHUTOFF", task_state=None)
