"""Machines as system containers: Vagrant's built-in provider docker."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import testinfra

from lab.errors import LabError, Layer, Refused
from lab.labs import Lab, is_dead
from lab.machine import Machine, last_lines
from lab.paths import ROOT, release
from lab.provider.base import Leftover
from lab.report import Report
from lab.scenario import address_of
from lab.ssh import Door, answers_ssh, ssh_words, wait_for_ssh, write_ssh_config
from lab.vagrant import Vagrant, VagrantFailed, end_processes

LABEL = "dietstack.lab"  # its value is the directory of the lab
SECONDS_TO_HALT = 30
KINDS = ("container", "network")


class DockerProvider:
    """Boots machines in this host's Docker; what it makes has the lab's directory as its label."""

    name = "docker"

    def up(self, lab: Lab, report: Report) -> dict[str, Machine | LabError]:
        """Boot all machines of LAB in parallel; see `Provider.up`."""
        refuse_what_is_not_built()
        with report.stage("boot") as stage:
            end_processes(lab)
            vagrant = self._vagrant(lab)
            remove_unknown(lab, vagrant)
            stage.waiting_for(f"ssh in {', '.join(lab.scenario.machines)}")
            why = "it does not answer ssh"
            try:
                vagrant.up()
            except VagrantFailed as error:
                why = str(error)
            self._write_ssh_config(lab)
            booted = {
                name: machine if answers_ssh(lab, name) else not_up(machine, why)
                for name, machine in self.machines(lab).items()
            }
            if all(isinstance(machine, LabError) for machine in booted.values()):
                raise LabError(Layer.MACHINE, why)
        return booted

    def machines(self, lab: Lab) -> dict[str, Machine]:
        """The machines of LAB by name."""
        return {name: self._machine(lab, name) for name in lab.scenario.machines}

    def _machine(self, lab: Lab, name: str) -> Machine:
        return Machine(
            name=name,
            spec=lab.scenario.machines[name],
            host=testinfra.get_host(
                f"ssh://{name}", ssh_config=str(lab.ssh_config), controlpersist=0, sudo=True
            ),
            address=address_of(name, lab.ds),
            checkout=Path("/dietstack"),
            root_shell=(*ssh_words(lab, name), "sudo", "bash", "-s"),
            lab=lab,
            provider=self,
        )

    def is_up(self, machine: Machine) -> bool:
        """Whether the container runs."""
        return bool(inspected(machine).get("State", {}).get("Running"))

    def console(self, machine: Machine) -> str:
        """What systemd and the journal wrote to the container's terminal."""
        command = ["docker", "logs", container_of(machine)]
        return subprocess.run(command, capture_output=True, check=False).stdout.decode(errors="replace")

    def reboot(self, machine: Machine) -> None:
        """Halt and start."""
        self.halt(machine)
        self.start(machine)

    def power_off(self, machine: Machine) -> None:
        """Kill all processes at once."""
        docker("kill", container_of(machine))

    def halt(self, machine: Machine) -> None:
        """Let systemd shut down."""
        docker("stop", "--time", str(SECONDS_TO_HALT), container_of(machine))

    def start(self, machine: Machine) -> None:
        """Start the container; Vagrant's network may give it another address than it had."""
        docker("start", container_of(machine))
        self._write_ssh_config(machine.lab)
        wait_for_ssh(machine.lab, machine.name)

    def destroy(self, lab: Lab) -> None:
        """Remove containers with their volumes, and the networks, by their label: Vagrant would miss some."""
        end_processes(lab)
        mine = [leftover for leftover in labelled() if leftover.lab == str(lab.directory)]
        for kind in KINDS:
            remove(kind, *(leftover.name for leftover in mine if leftover.kind == kind))

    def leftovers(self) -> list[Leftover]:
        """Containers and networks of dead labs, in the order in which they can go."""
        return [leftover for leftover in labelled() if is_dead(Path(leftover.lab))]

    def _vagrant(self, lab: Lab) -> Vagrant:
        """Vagrant with a home in the lab's directory: it leaves nothing elsewhere, labs do not wait."""
        return Vagrant(lab, self.name, VAGRANT_HOME=str(lab.directory / "vagrant-home"))

    def _write_ssh_config(self, lab: Lab) -> None:
        vagrant, doors = self._vagrant(lab), {}
        for name, machine in self.machines(lab).items():
            networks = inspected(machine).get("NetworkSettings", {}).get("Networks", {})
            address = networks.get("bridge", {}).get("IPAddress") or str(machine.address)
            doors[name] = Door(address, vagrant.key_of(name))
        write_ssh_config(lab, doors)


def refuse_what_is_not_built() -> None:
    """Raise Refused unless the machine image and the store of images are there."""
    image = f"dietstack/machine:{release()}"
    if not exists("image", image):
        raise Refused("machine image", image, "it is not built; run make box")
    file = ROOT / "build/store"
    store = file.read_text().strip() if file.is_file() else "build/store"
    if not exists("volume", store):
        raise Refused("store of images", store, "it is not built; run make box")


def not_up(machine: Machine, why: str) -> LabError:
    """The error that says of MACHINE what kept it from answering, and how its console ends."""
    console = last_lines(machine.console()) or "nothing"
    return LabError(Layer.MACHINE, f"{machine.name} is not up: {why}\nIts console ends with:\n{console}")


def remove_unknown(lab: Lab, vagrant: Vagrant) -> None:
    """Remove containers of LAB that Vagrant does not know, killed before it wrote down what it made."""
    known = {vagrant.id_of(name) for name in lab.scenario.machines}
    ids = docker("ps", "--all", "--quiet", "--no-trunc", "--filter", f"label={LABEL}={lab.directory}").split()
    remove("container", *(one for one in ids if one not in known))


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
