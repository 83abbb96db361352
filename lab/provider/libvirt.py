"""Machines as virtual machines: Vagrant's provider libvirt, with KVM or emulated."""

from pathlib import Path

from lab.deadline import Deadline, NotYet
from lab.doctor.kvm import check_kvm
from lab.errors import LabError, Layer, Refused
from lab.labs import Lab, is_dead, labs_directory
from lab.machine import Machine
from lab.paths import ROOT
from lab.provider.base import Leftover
from lab.provider.booted import BootedProvider
from lab.provider.virsh import addresses, description, domains, is_running, networks, virsh, volumes, works
from lab.report import Report
from lab.ssh import Door
from lab.vagrant import Vagrant, end_processes

PREFIX = "dslab-"
LABEL = "dietstack.lab="  # before the lab's directory in the description of a domain
POOL = "default"
NETWORKS = ("ds", "external")
SECONDS_TO_HALT = 90


class LibvirtProvider(BootedProvider):
    """Boots machines in this host's libvirt, emulated where a booted guest shows that KVM does not work."""

    name = "libvirt"

    def up(self, lab: Lab, report: Report) -> dict[str, Machine | LabError]:
        """Boot all machines of LAB in parallel; see `Provider.up`."""
        return super().up(lab.save(emulated=not check_kvm(ROOT / "build").ok), report)

    def refuse_what_is_missing(self) -> None:
        """Raise Refused unless the box is there."""
        box = ROOT / "build/box/machine.box"
        if not box.is_file():
            raise Refused("box", str(box), "it is not built; run make box")

    def remove_unknown(self, lab: Lab) -> None:
        """Remove domains of LAB that Vagrant does not know, and disks without a domain."""
        vagrant = Vagrant(lab, self.name)
        for name in lab.scenario.machines:
            if vagrant.id_of(name) is None:
                remove_domain(domain_of(lab, name))

    def doors(self, lab: Lab) -> dict[str, Door]:
        """The addresses in Vagrant's own network; those in the network ds of machines that have none."""
        vagrant = Vagrant(lab, self.name)
        return {
            name: Door(
                next(iter(addresses(domain_of(lab, name))), str(machine.address)), vagrant.key_of(name)
            )
            for name, machine in self.machines(lab).items()
        }

    def is_up(self, machine: Machine) -> bool:
        """Whether the domain runs."""
        return is_running(domain_of(machine.lab, machine.name))

    def console(self, machine: Machine) -> str:
        """What the machine wrote to its serial port."""
        file = machine.lab.log / f"{machine.name}.console"
        return file.read_text(errors="replace") if file.exists() else ""

    def power_on(self, machine: Machine) -> None:
        """Start the domain."""
        virsh("start", domain_of(machine.lab, machine.name))

    def power_off(self, machine: Machine) -> None:
        """End the domain at once."""
        virsh("destroy", domain_of(machine.lab, machine.name))

    def halt(self, machine: Machine) -> None:
        """Let the operating system shut down."""
        virsh("shutdown", domain_of(machine.lab, machine.name))

        def attempt() -> None:
            if self.is_up(machine):
                raise NotYet("it runs")

        Deadline(SECONDS_TO_HALT).until(Layer.MACHINE, f"machine {machine.name} shut off", attempt)

    def discard(self, machine: Machine) -> None:
        """Remove the domain and its disk."""
        remove_domain(domain_of(machine.lab, machine.name))

    def destroy(self, lab: Lab) -> None:
        """Remove domains, disks and networks by their names, whatever Vagrant remembers of them."""
        end_processes(lab)
        for name in lab.scenario.machines:
            remove_domain(domain_of(lab, name))
        for network in networks():
            if network in {f"{PREFIX}{lab.name}-{end}" for end in NETWORKS}:
                remove_network(network)

    def leftovers(self) -> list[Leftover]:
        """Domains and networks of dead labs, and disks that belong to no domain."""
        if not works():
            return []
        there = set(domains())
        dead = [
            Leftover("domain", name, lab, lambda name=name: remove_domain(name))  # type: ignore[misc]
            for name in sorted(there)
            if (lab := description(name).removeprefix(LABEL)) != description(name) and is_dead(Path(lab))
        ]
        alive = there - {leftover.name for leftover in dead}
        disks = [
            Leftover("volume", name, lab_of(name), lambda name=name: remove_volume(name))  # type: ignore[misc]
            for name in volumes(POOL)
            if is_ours_and_unused(name, alive) and name.removesuffix(".img") not in there
        ]
        nets = [
            Leftover("network", name, lab_of(name), lambda name=name: remove_network(name))  # type: ignore[misc]
            for name in networks()
            if is_ours_and_unused(name, alive)
        ]
        return dead + disks + nets


def domain_of(lab: Lab, machine: str) -> str:
    """The name of the domain that MACHINE of LAB is, as the Vagrantfile gives it."""
    return f"{PREFIX}{lab.name}-{machine}"


def lab_of(name: str) -> str:
    """The name of the lab to which the domain, the network or the disk NAME belongs."""
    return name.removeprefix(PREFIX).rpartition("-")[0]


def is_ours_and_unused(name: str, alive: set[str]) -> bool:
    """Whether the network or the disk NAME is of a lab which is dead and of which no domain is ALIVE."""
    if not name.startswith(PREFIX) or any(lab_of(domain) == lab_of(name) for domain in alive):
        return False
    return is_dead(labs_directory() / lab_of(name))


def remove_domain(name: str) -> None:
    """Remove the domain NAME, if it is one, and its disk."""
    if name in domains():
        if is_running(name):
            virsh("destroy", name)
        virsh("undefine", name, "--nvram", "--managed-save", "--snapshots-metadata")
    if f"{name}.img" in volumes(POOL):
        remove_volume(f"{name}.img")


def remove_volume(name: str) -> None:
    """Remove the disk NAME."""
    virsh("vol-delete", name, "--pool", POOL)


def remove_network(name: str) -> None:
    """Remove the network NAME."""
    if name not in networks("--inactive"):
        virsh("net-destroy", name)
    if name in networks():  # one that is not persistent is gone by now
        virsh("net-undefine", name)
