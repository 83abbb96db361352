"""Machines that are none, for what boots, deploys and removes them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from lab.errors import LabError, Layer
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


class FakeMachine(Machine):
    """A machine that does as its world says."""

    world: World

    def run(self, command: str, *arguments: str) -> str:
        if "settings.sh" in command:
            return SETTINGS
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


class FakeProvider:
    """A provider of such machines."""

    name = "docker"

    def __init__(self, world: World) -> None:
        self._world = world

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

    def remove(self, machine: Machine) -> None:
        self._world.removed.append(machine.name)

    def destroy(self, lab: Lab) -> None:
        assert lab.directory.exists()
        self._world.destroyed = True


def fake_cloud(world: World) -> Any:
    """The connection to the cloud of WORLD."""
    servers = [SimpleNamespace(name=name, compute_host=host) for name, host in world.servers.items()]
    return SimpleNamespace(compute=SimpleNamespace(servers=lambda **_options: servers))
