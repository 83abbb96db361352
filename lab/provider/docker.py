"""Machines as system containers: Vagrant's built-in provider docker."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lab.errors import LabError, Layer, Refused
from lab.labs import Lab, is_dead
from lab.machine import Machine
from lab.paths import ROOT, release
from lab.provider.base import Leftover
from lab.provider.booted import BootedProvider
from lab.ssh import Door
from lab.vagrant import Vagrant, end_processes

LABEL = "dietstack.lab"  # its value is the directory of the lab
SECONDS_TO_HALT = 30
KINDS = ("container", "network")


class DockerProvider(BootedProvider):
    """Boots machines in this host's Docker; what it makes has the lab's directory as its label."""

    name = "docker"

    def refuse_what_is_missing(self) -> None:
        """Raise Refused unless the machine image and the store of images are there."""
        image = f"dietstack/machine:{release()}"
        if not exists("image", image):
            raise Refused("machine image", image, "it is not built; run make box")
        file = ROOT / "build/store"
        store = file.read_text().strip() if file.is_file() else "build/store"
        if not exists("volume", store):
            raise Refused("store of images", store, "it is not built; run make box")

    def remove_unknown(self, lab: Lab) -> None:
        """Remove containers of LAB that Vagrant does not know."""
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
        command = ["docker", "logs", container_of(machine)]
        return subprocess.run(command, capture_output=True, check=False).stdout.decode(errors="replace")

    def power_on(self, machine: Machine) -> None:
        """Start the container."""
        docker("start", container_of(machine))

    def power_off(self, machine: Machine) -> None:
        """Kill all processes at once."""
        docker("kill", container_of(machine))

    def halt(self, machine: Machine) -> None:
        """Let systemd shut down."""
        docker("stop", "--time", str(SECONDS_TO_HALT), container_of(machine))

    def discard(self, machine: Machine) -> None:
        """Remove the container and its volumes."""
        if inspected(machine):
            remove("container", container_of(machine))

    def destroy(self, lab: Lab) -> None:
        """Remove containers with their volumes, and the networks, by their label: Vagrant would miss some."""
        end_processes(lab)
        mine = [leftover for leftover in labelled() if leftover.lab == str(lab.directory)]
        for kind in KINDS:
            remove(kind, *(leftover.name for leftover in mine if leftover.kind == kind))

    def leftovers(self) -> list[Leftover]:
        """Containers and networks of dead labs, in the order in which they can go."""
        if shutil.which("docker") is None:
            return []
        return [leftover for leftover in labelled() if is_dead(Path(leftover.lab))]


def labelled() -> Iterator[Leftover]:
    """All containers and networks of labs; `lab` is the lab's directory."""
    for kind, names in (("container", ["ps", "--all"]), ("network", ["network", "ls"])):
        field = "{{.Names}}" if kind == "container" else "{{.Name}}"
        form = f'{field}\t{{{{.Label "{LABEL}"}}}}'
        for line in docker(*names, "--filter", f"label={LABEL}", "--format", form).splitlines():
            name, lab = line.split("\t")
            yield Leftover(kind, name, lab, lambda kind=kind, name=name: remove(kind, name))  # type: ignore[misc]


def remove(kind: str, *names: str) -> None:
    """Remove the containers, with their volumes, or the networks NAMES."""
    if names:
        docker(*(["rm", "--force", "--volumes"] if kind == "container" else ["network", "rm"]), *names)


def container_of(machine: Machine) -> str:
    """The name of the container that MACHINE is, as the Vagrantfile gives it."""
    return f"dslab-{machine.lab.name}-{machine.name}"


def inspected(machine: Machine) -> dict[str, Any]:
    """What Docker knows of MACHINE; nothing if there is no such container."""
    command = ["docker", "container", "inspect", container_of(machine)]
    answer = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    return next(iter(json.loads(answer or "[]")), {})


def exists(kind: str, name: str) -> bool:
    """Whether Docker has the image or volume NAME."""
    command = ["docker", kind, "inspect", name]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def docker(*arguments: str) -> str:
    """What `docker ARGUMENTS` prints; LabError with what it complains of."""
    result = subprocess.run(["docker", *arguments], capture_output=True, text=True, check=False)
    if result.returncode:
        command = " ".join(["docker", *arguments])
        raise LabError(Layer.MACHINE, f"{command} returned {result.returncode}: {result.stderr.strip()}")
    return result.stdout
