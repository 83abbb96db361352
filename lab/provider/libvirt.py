"""Machines as virtual machines: Vagrant's provider libvirt, with KVM or emulated."""

import shutil
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor, wait
from functools import partial
from pathlib import Path

from lab.deadline import Deadline, NotYet
from lab.doctor.kvm import check_kvm
from lab.errors import LabError, Layer, Refused
from lab.hostwide import alone_with
from lab.labs import PREFIX, Lab, full_name, labs_directory
from lab.machine import Machine
from lab.paths import ROOT
from lab.provider.base import Belonging
from lab.provider.booted import BootedProvider
from lab.provider.box import remove_useless_boxes
from lab.provider.libvirt_states import LATE, LibvirtStates, disks_of, note
from lab.provider.virsh import (
    addresses,
    description,
    domains,
    is_running,
    networks,
    remove_volume,
    running,
    start,
    virsh,
    volumes,
)
from lab.report import Report, Stage
from lab.speed import WHEN_EMULATED
from lab.ssh import Door
from lab.vagrant import Vagrant, end_processes

LABEL = "dietstack.lab="  # before the lab's directory in the description of a domain
SECONDS_TO_HALT = 90


class LibvirtProvider(BootedProvider):
    """Boots machines in this host's libvirt, emulated where a booted guest shows that KVM does not work."""

    name = "libvirt"

    def __init__(self) -> None:
        self.states = LibvirtStates(self)

    def up(self, lab: Lab, report: Report) -> dict[str, Machine | LabError]:
        """Boot all machines of LAB in parallel; see `Provider.up`."""
        lab = self.with_kvm_or_emulated(lab, report)
        Deadline.slowness = lab.slowness
        there = set(running())
        booted = super().up(lab, report)
        up = [name for name, machine in booted.items() if isinstance(machine, Machine)]
        if old := [name for name in up if full_name(lab.name, name) in there]:
            with report.stage("copy the checkout"):
                Vagrant(lab, self.name).rsync(*old)
        return booted

    def with_kvm_or_emulated(self, lab: Lab, report: Report) -> Lab:
        """LAB as its machines shall be; once one is there, all stay what they are, whatever KVM does then."""
        if len(self.states.lacking(lab)) < len(lab.scenario.machines):
            return lab
        kvm = check_kvm(ROOT / "build")
        if kvm.ok:
            return lab.save(emulated=False)
        with report.stage(f"emulate the machines ({kvm.found})"):
            slowness = WHEN_EMULATED if lab.slowness == 1 else lab.slowness
            return lab.save(emulated=True, slowness=slowness)

    def refuse_what_is_missing(self) -> None:
        """Raise Refused unless the box is there."""
        box = ROOT / "build/box/machine.box"
        if not box.is_file():
            raise Refused("box", str(box), "it is not built; run make box")

    def remove_unfinished(self, lab: Lab) -> None:
        """Remove domains of LAB that Vagrant has not got into or that it has not, and disks without a domain.

        Refused when a domain has its name that is not its own: all users of the host share one libvirt.
        """
        vagrant, there = Vagrant(lab, self.name), domains()
        for name in lab.scenario.machines:
            domain = full_name(lab.name, name)
            if domain in there and directory_in(description(domain)) != lab.directory:
                mend = f"libvirt has a domain {domain} that is not of this lab; give another --name"
                raise Refused("lab", lab.name, mend)
            if vagrant.id_of(name) is None or domain not in there:
                remove_domain(domain)
        wanted = {full_name(lab.name, name) for name in lab.scenario.machines}
        mine = [domain for domain in there if domain.startswith(full_name(lab.name, ""))]
        for domain in mine:  # of machines that a restore which was killed should have removed
            if domain not in wanted and directory_in(description(domain)) == lab.directory:
                remove_domain(domain)

    def boot(self, lab: Lab, stage: Stage) -> None:
        """Boot the machines of LAB, and let no other lab begin before they run, whoever its user is.

        Vagrant uploads boxes and makes networks and bridges as if nobody else did.
        """
        wanted = {full_name(lab.name, name) for name in lab.scenario.machines}
        with ThreadPoolExecutor(max_workers=1) as pool:
            try:
                stage.waiting_for("libvirt, if another lab makes its machines")
                with alone_with("libvirt"):
                    remove_useless_boxes(ROOT / "build/box/machine.json")
                    booting = pool.submit(super().boot, lab, stage)
                    while not (booting.done() or wanted <= set(running())):
                        wait([booting], timeout=1)
                booting.result()
            except BaseException:
                end_processes(lab.directory)
                raise

    def doors(self, lab: Lab) -> dict[str, Door]:
        """The addresses in Vagrant's own network; those in the network ds of machines that have none."""
        vagrant = Vagrant(lab, self.name)
        return {
            name: Door(next(iter(addresses(machine.full_name)), str(machine.address)), vagrant.key_of(name))
            for name, machine in self.machines(lab).items()
        }

    def is_up(self, machine: Machine) -> bool:
        """Whether the domain runs."""
        return is_running(machine.full_name)

    def console(self, machine: Machine) -> str:
        """What the machine wrote to its serial port since it was started."""
        try:
            return (machine.lab.log / f"{machine.name}.console").read_text(errors="replace")
        except FileNotFoundError:
            return ""
        except PermissionError as error:  # a libvirt that gave the file to root
            return str(error)

    def power_on(self, machine: Machine) -> None:
        """Start the domain, with the time of the host."""
        note(machine, LATE).unlink(missing_ok=True)
        start(machine.full_name)

    def power_off(self, machine: Machine) -> None:
        """End the domain at once."""
        virsh("destroy", machine.full_name)

    def halt(self, machine: Machine) -> None:
        """Let the operating system shut down."""
        virsh("shutdown", machine.full_name)

        def attempt() -> None:
            if self.is_up(machine):
                raise NotYet("it runs")

        Deadline(SECONDS_TO_HALT).until(Layer.MACHINE, f"machine {machine.name} shut off", attempt)

    def discard(self, machine: Machine) -> None:
        """Remove the domain and its disk."""
        remove_domain(machine.full_name)

    def destroy(self, lab: Lab) -> None:
        """Remove the domains, disks and networks of LAB, whatever Vagrant remembers of them."""
        end_processes(lab.directory)
        for thing in self.belongings():
            if thing.lab == lab.directory:
                thing.remove()

    def belongings(self) -> list[Belonging]:
        """Domains with their disks, disks that belong to no domain, networks; none without libvirt.

        Disks and networks tell the name of their lab only: that is the lab of a domain, or one of ours
        that is there. All others may be what somebody else's machines are being made of.
        """
        if shutil.which("virsh") is None:
            return []
        there = domains()
        ours = [name for name in there if name.startswith(PREFIX)]
        labs = {name: lab for name in ours if (lab := directory_in(description(name)))}
        directories = {lab_of(name): lab for name, lab in labs.items()}
        disks = [name for name in volumes() if name.partition(".")[0] not in there]

        def lab_with(name: str) -> Path | None:
            ours = labs_directory() / lab_of(name)
            return directories.get(lab_of(name), ours if ours.is_dir() else None)

        kinds: list[tuple[str, Iterable[str], Callable[[str], None]]] = [
            ("domain", labs, remove_domain),
            ("volume", disks, remove_volume),
            ("network", networks(), remove_network),
        ]
        return [
            Belonging(kind, name, lab, partial(remove, name))
            for kind, names, remove in kinds
            for name in names
            if name.startswith(PREFIX) and (lab := lab_with(name))
        ]


def lab_of(name: str) -> str:
    """The name of the lab to which the domain, the network or the disk NAME belongs."""
    return name.removeprefix(PREFIX).rpartition("-")[0]


def directory_in(text: str) -> Path | None:
    """The directory of the lab that TEXT, the description of a domain, names."""
    return Path(text.removeprefix(LABEL)) if text.startswith(LABEL) else None


def remove_domain(name: str) -> None:
    """Remove the domain NAME, if it is one, and its disk."""
    if name in domains():
        if is_running(name):
            virsh("destroy", name)
        virsh("undefine", name, "--nvram", "--managed-save", "--snapshots-metadata")
    for disk in disks_of(name):
        remove_volume(disk)


def remove_network(name: str) -> None:
    """Remove the network NAME."""
    if name not in networks("--inactive"):
        virsh("net-destroy", name)
    if name in networks():  # one that is not persistent is gone by now
        virsh("net-undefine", name)
