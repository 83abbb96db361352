"""Machines as system containers: Vagrant's built-in provider docker."""

import shutil
import subprocess
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from lab.deadline import Deadline, NotYet
from lab.errors import LabError, Layer, Refused
from lab.labs import Lab
from lab.machine import Machine
from lab.provider.base import Belonging
from lab.provider.booted import BootedProvider
from lab.provider.docker_command import (
    LABEL,
    ask_docker,
    docker,
    exists,
    inspected,
    machine_image,
    store,
)
from lab.provider.docker_states import DockerStates
from lab.ssh import Door
from lab.vagrant import Vagrant, end_processes

SECONDS_TO_HALT = 30
SECONDS_TO_REMOVE = 60
KINDS = ("container", "network")


class DockerProvider(BootedProvider):
    """Boots machines in this host's Docker; what it makes has the lab's directory as its label."""

    name = "docker"

    def __init__(self) -> None:
        self.states = DockerStates(self)

    def refuse_what_is_missing(self) -> None:
        """Raise Refused unless the machine image and the store of images are there."""
        if not exists("image", machine_image()):
            raise Refused("machine image", machine_image(), "it is not built; run make box")
        if not exists("volume", store()):
            raise Refused("store of images", store(), "it is not built; run make box")

    def remove_unfinished(self, lab: Lab) -> None:
        """Remove containers of LAB that Vagrant has not got into."""
        known = {Vagrant(lab, self.name).id_of(name) for name in lab.scenario.machines}
        label = f"label={LABEL}={lab.directory}"
        ids = docker("ps", "--all", "--quiet", "--no-trunc", "--filter", label).split()
        remove("container", *(one for one in ids if one not in known))

    def doors(self, lab: Lab) -> dict[str, Door]:
        """The addresses in Docker's own bridge; those in the network ds of machines that are down."""
        vagrant, doors = Vagrant(lab, self.name), {}
        for name, machine in self.machines(lab).items():
            networks = inspected(machine).get("NetworkSettings", {}).get("Networks", {})
            address = networks.get("bridge", {}).get("IPAddress") or str(machine.address)
            doors[name] = Door(address, vagrant.key_of(name))
        return doors

    def is_up(self, machine: Machine) -> bool:
        """Whether the container runs."""
        return bool(inspected(machine).get("State", {}).get("Running"))

    def console(self, machine: Machine) -> str:
        """What systemd and the journal wrote to the container's terminal."""
        command = ["docker", "logs", machine.full_name]
        return subprocess.run(command, capture_output=True, check=False).stdout.decode(errors="replace")

    def power_on(self, machine: Machine) -> None:
        """Start the container."""
        docker("start", machine.full_name)

    def power_off(self, machine: Machine) -> None:
        """Kill all processes at once."""
        docker("kill", machine.full_name)

    def halt(self, machine: Machine) -> None:
        """Let systemd shut down."""
        docker("stop", "--time", str(SECONDS_TO_HALT), machine.full_name)

    def discard(self, machine: Machine) -> None:
        """Remove the container and its volumes."""
        if inspected(machine):
            remove("container", machine.full_name)

    def destroy(self, lab: Lab) -> None:
        """Remove containers with their volumes, and the networks, by their label: Vagrant would miss some."""
        end_processes(lab.directory)
        mine = [thing for thing in self.belongings() if thing.lab == lab.directory]
        for kind in KINDS:
            remove(kind, *(thing.name for thing in mine if thing.kind == kind))

    def belongings(self) -> list[Belonging]:
        """Containers, then networks; none where Docker is not installed."""
        if shutil.which("docker") is None:
            return []
        return [
            *labelled("container", "{{.Names}}", "ps", "--all"),
            *labelled("network", "{{.Name}}", "network", "ls"),
        ]


def labelled(kind: str, field: str, *listing: str) -> list[Belonging]:
    """What of KIND has the label of a lab: the command LISTING of Docker has its name in FIELD."""
    form = f'{field}\t{{{{.Label "{LABEL}"}}}}'
    lines = docker(*listing, "--filter", f"label={LABEL}", "--format", form).splitlines()
    pairs = (line.split("\t") for line in lines)
    return [Belonging(kind, name, Path(lab), partial(remove, kind, name)) for name, lab in pairs]


def remove(kind: str, *names: str) -> None:
    """Remove the containers, with their volumes, or the networks NAMES."""
    if names and kind == "container":
        what = f"removal of {', '.join(names)}"
        Deadline(SECONDS_TO_REMOVE).until(Layer.MACHINE, what, lambda: remove_containers(names))
    elif names:
        docker("network", "rm", *names)


def remove_containers(names: Sequence[str]) -> None:
    """Remove the containers NAMES; NotYet while Docker removes one of them for somebody who was killed."""
    answer = ask_docker("rm", "--force", "--volumes", *names)
    left = [line for line in answer.stderr.splitlines() if "No such container" not in line]
    if any("already in progress" in line for line in left):
        raise NotYet("; ".join(left))
    if answer.returncode and left:
        raise LabError(Layer.MACHINE, f"docker rm returned {answer.returncode}: {'; '.join(left)}")
