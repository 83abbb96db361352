"""DietStack's containers on a machine: which there are, whether they are well, and how to break one."""

import json
import shlex
from dataclasses import dataclass, field
from functools import cache
from subprocess import CalledProcessError
from typing import Any

import testinfra
from testinfra.host import Host

from lab.deadline import Deadline, NotYet
from lab.errors import Layer


@cache
def this_machine() -> Host:
    """The machine that this runs on."""
    here: Host = testinfra.get_host("local://")
    return here


@dataclass(frozen=True)
class Container:
    """A container on MACHINE as `docker inspect` describes it."""

    inspected: dict[str, Any]
    machine: Host = field(default_factory=this_machine)

    @property
    def name(self) -> str:
        """Its name: dietstack-SERVICE or dietstack-SERVICE-PROCESS."""
        return str(self.inspected["Name"]).removeprefix("/")

    @property
    def id(self) -> str:
        """The id in full, by which cgroups call it."""
        return str(self.inspected["Id"])

    def is_well(self) -> bool:
        """Whether its health question is answered now; Docker's own verdict may be 30 s old."""
        kind, *question = self.inspected["Config"]["Healthcheck"]["Test"]
        command = ["sh", "-c", *question] if kind == "CMD-SHELL" else question
        return bool(self.machine.run(shlex.join(["docker", "exec", self.name, *command])).rc == 0)

    def crash(self) -> None:
        """Kill its first process, as the kernel does when memory is short."""
        self.machine.check_output("kill -KILL %s", str(self.inspected["State"]["Pid"]))


def containers(machine: Host | None = None) -> list[Container]:
    """All containers of DietStack on MACHINE (this one by default), those that do not run included."""
    machine = machine or this_machine()
    ids = docker("ps", "--all", "--quiet", "--filter", "label=dietstack", machine=machine).split()
    described = json.loads(docker("inspect", *ids, machine=machine)) if ids else []
    return sorted((Container(one, machine) for one in described), key=lambda container: container.name)


def wait_until_all_are_well(within: float = 60) -> None:
    """Wait until every container answers its health question."""

    def look() -> None:
        sick = [container.name for container in containers() if not container.is_well()]
        if sick:
            raise NotYet(f"not well: {', '.join(sick)}")

    Deadline(within).until(Layer.SERVICE, "all containers well", look, every=1)


def docker(*arguments: str, machine: Host | None = None) -> str:
    """What `docker ARGUMENTS` prints on MACHINE (this one by default); CalledProcessError when it fails."""
    command = shlex.join(["docker", *arguments])
    result = (machine or this_machine()).run(command)
    if result.rc != 0:
        raise CalledProcessError(result.rc, command, result.stdout, result.stderr)
    return str(result.stdout)
