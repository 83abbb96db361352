"""DietStack's containers on this machine: which there are, whether they are well, and how to break one."""

import json
import os
import signal
import subprocess
from dataclasses import dataclass
from typing import Any

from lab.deadline import Deadline, NotYet
from lab.errors import Layer


@dataclass(frozen=True)
class Container:
    """A container as `docker inspect` describes it."""

    inspected: dict[str, Any]

    @property
    def name(self) -> str:
        """Its name: dietstack-SERVICE or dietstack-SERVICE-PROCESS."""
        return str(self.inspected["Name"]).removeprefix("/")

    @property
    def id(self) -> str:
        """The id in full, by which cgroups call it."""
        return str(self.inspected["Id"])

    def is_well(self) -> bool:
        """Whether its health question is answered now; Docker's own verdict may be 20 s old."""
        kind, *question = self.inspected["Config"]["Healthcheck"]["Test"]
        command = ["sh", "-c", *question] if kind == "CMD-SHELL" else question
        asked = subprocess.run(["docker", "exec", self.name, *command], capture_output=True, check=False)
        return asked.returncode == 0

    def crash(self) -> None:
        """Kill its first process, as the kernel does when memory is short."""
        os.kill(self.inspected["State"]["Pid"], signal.SIGKILL)


def containers() -> list[Container]:
    """All containers of DietStack, those that do not run included."""
    ids = docker("ps", "--all", "--quiet", "--filter", "label=dietstack").split()
    described = json.loads(docker("inspect", *ids)) if ids else []
    return sorted((Container(one) for one in described), key=lambda container: container.name)


def wait_until_all_are_well(within: float = 60) -> None:
    """Wait until every container answers its health question."""

    def look() -> None:
        sick = [container.name for container in containers() if not container.is_well()]
        if sick:
            raise NotYet(f"not well: {', '.join(sick)}")

    Deadline(within).until(Layer.SERVICE, "all containers well", look, every=1)


def docker(*arguments: str) -> str:
    """What `docker ARGUMENTS` prints; CalledProcessError when it fails."""
    return subprocess.run(["docker", *arguments], capture_output=True, text=True, check=True).stdout
