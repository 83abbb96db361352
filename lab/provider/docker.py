"""Machines as system containers: Vagrant's built-in provider docker."""

import json
import shutil
import subprocess
from functools import partial
from pathlib import Path
from typing import Any

from lab.errors import LabError, Layer, Refused
from lab.labs import Lab
from lab.machine import Machine
from lab.paths import ROOT, release
from lab.provider.base import Belonging
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
    if names:
        docker(*(["rm", "--force", "--volumes"] if kind == "container" else ["network", "rm"]), *names)


def container_of(machine: Machine) -> str:
    """The name of the container that MACHINE is, as the Vagrantfile gives it."""
    return f"dslab-{machine.lab.name}-{machine.name}"


def inspected(machine: Machine) -> dict[str, Any]:
    """What Docker knows of MACHINE; nothing if there is no such container."""
    answer = ask_docker("container", "inspect", container_of(machine)).stdout
    return next(iter(json.loads(answer or "[]")), {})


def exists(kind: str, name: str) -> bool:
    """Whether Docker has the image or volume NAME."""
    return ask_docker(kind, "inspect", name).returncode == 0


def docker(*arguments: str) -> str:
    """What `docker ARGUMENTS` prints; LabError with what it complains of."""
    result = ask_docker(*arguments)
    if result.returncode:
        command = " ".join(["docker", *arguments])
        raise LabError(Layer.MACHINE, f"{command} returned {result.returncode}: {result.stderr.strip()}")
    return result.stdout


def ask_docker(*arguments: str) -> subprocess.CompletedProcess[str]:
    """What `docker ARGUMENTS` returned and printed; LabError where there is no such program."""
    try:
        return subprocess.run(["docker", *arguments], capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise LabError(Layer.MACHINE, "docker is not installed") from None
