"""States of machines that are virtual machines: their memory, and their disks, which stand on the box's.

Machines stand still together while both are copied, and go on together, also those that are brought back.
Their clocks, which stood still as well, are set. A memory fits only the domain that it was saved from, with
its networks: a machine that was made anew since, or is another lab's, gets the disk alone and starts from it.
"""

import re
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import NamedTemporaryFile
from uuid import uuid4

from lab.deadline import Deadline, NotYet
from lab.errors import LabError, Layer
from lab.labs import Lab
from lab.machine import CommandFailed, Machine
from lab.private import write_private
from lab.provider.booted import SECONDS_TO_START, BootedProvider
from lab.provider.box import version_beneath, version_of_box
from lab.provider.states import together
from lab.provider.virsh import (
    disk_file,
    domains,
    download_volume,
    make_volume,
    remove_volume,
    running,
    save_memory,
    start,
    start_networks,
    state_of,
    uuid_of,
    virsh,
    volumes,
)

# Notes about a machine: the disk that is laid out for it, the one it had, and that its clock stood still.
NEXT, FORMER, LATE = "next-disk", "former-disk", "late"


class LibvirtStates:
    """Writes down and brings back the machines that PROVIDER boots in this host's libvirt."""

    def __init__(self, provider: BootedProvider) -> None:
        self._provider = provider

    def made_of(self, lab: Lab) -> str:
        """The box: that of the machines that there are, or that of those that would come."""
        there = domains()
        disks = [disk_of(machine) for machine in self._machines(lab) if machine.full_name in there]
        return next(filter(None, map(version_beneath, disks)), version_of_box())

    def lacking(self, lab: Lab) -> list[str]:
        """The machines without a domain."""
        there = domains()
        return [machine.name for machine in self._machines(lab) if machine.full_name not in there]

    def save(self, lab: Lab, folder: Path, *, memory: bool) -> None:
        """Suspend all domains, copy disk and MEMORY of each, and let them go on.

        What they have written is on their disks before: whoever gets no memory has it as well.
        """
        machines = self._machines(lab)
        together(lambda machine: machine.run("sync"), machines)
        try:
            together(lambda machine: virsh("suspend", machine.full_name), machines)
            together(lambda machine: write_down(machine, folder, memory=memory), machines)
        finally:
            self.resume(lab)
            self.set_clocks(lab)

    def lay_out(self, lab: Lab, folder: Path) -> None:
        """Make a new disk for each machine, when nothing of an earlier restore is left."""
        self.settle(lab)

        def make_disk(machine: Machine) -> None:
            name = f"{machine.full_name}.{uuid4().hex[:8]}.img"
            write_private(note(machine, NEXT), name)
            make_volume(name, folder / f"{machine.name}.disk")

        together(make_disk, self._machines(lab))

    def exchange(self, lab: Lab, folder: Path) -> None:
        """Let each domain sleep on its new disk, and all wake up, with the saved memory if it is theirs."""
        machines = self._machines(lab)

        def fall_asleep(machine: Machine) -> None:
            self._provider.cut_power(machine)
            write_private(note(machine, FORMER), disk_of(machine))
            use_disk(machine, note(machine, NEXT).read_text())

        together(fall_asleep, machines)
        together(lambda machine: wake_up(machine, memory_in(folder, machine)), machines)
        go_on(standing_still(machines))
        self._provider.let_in(machines)
        self.set_clocks(lab)

    def put_back(self, lab: Lab) -> None:
        """Start each domain on the disk that it had."""
        machines = self._machines(lab)

        def change(machine: Machine) -> None:
            self._provider.cut_power(machine)
            if note(machine, FORMER).exists():
                use_disk(machine, note(machine, FORMER).read_text())
                note(machine, FORMER).unlink()

        together(change, machines)
        self.settle(lab)
        self._provider.start_together(machines)

    def settle(self, lab: Lab) -> None:
        """Remove the disks that no domain of the lab has."""
        there = domains()
        for machine in self._machines(lab):
            if machine.full_name in there:
                used = disk_of(machine)
                for disk in disks_of(machine.full_name):
                    if disk != used:
                        remove_volume(disk)
            for name in (NEXT, FORMER):
                note(machine, name).unlink(missing_ok=True)

    def resume(self, lab: Lab) -> None:
        """Let those domains go on that are suspended."""
        there = domains()
        still = standing_still(machine for machine in self._machines(lab) if machine.full_name in there)
        together(end_saving, still)
        go_on(still)

    def set_clocks(self, lab: Lab) -> None:
        """Set those that stood still, as soon as they answer: the host may have lost its way to them."""
        there, deadline = running(), Deadline(SECONDS_TO_START)
        late = [machine for machine in self._machines(lab) if machine.full_name in there and is_late(machine)]

        def set_when_it_answers(machine: Machine) -> None:
            what = f"the clock of machine {machine.name}"
            deadline.until(Layer.MACHINE, what, lambda: set_clock(machine))
            note(machine, LATE).unlink(missing_ok=True)

        together(set_when_it_answers, late)

    def _machines(self, lab: Lab) -> list[Machine]:
        return list(self._provider.machines(lab).values())


def disk_of(machine: Machine) -> str:
    """The name of the disk that MACHINE has."""
    return Path(disk_file(machine.full_name)).name


def disks_of(domain: str) -> list[str]:
    """The disks of DOMAIN: the one that Vagrant made, and those that stood or shall stand in its place."""
    return [name for name in volumes() if name.partition(".")[0] == domain]


def note(machine: Machine, what: str) -> Path:
    """The file with the disk that MACHINE shall have (NEXT) or had (FORMER), or that its clock is LATE."""
    return machine.lab.directory / f"{machine.name}.{what}"


def memory_in(folder: Path, machine: Machine) -> Path:
    """The file that has the memory of MACHINE in the checkpoint in FOLDER."""
    return folder / f"{machine.name}.memory"


def write_down(machine: Machine, folder: Path, *, memory: bool) -> None:
    """Copy disk and MEMORY of MACHINE, which is suspended and stays so, to FOLDER."""
    if memory:
        save_memory(machine.full_name, memory_in(folder, machine))
    download_volume(disk_of(machine), folder / f"{machine.name}.disk")


def end_saving(machine: Machine) -> None:
    """Let libvirt not go on to save the memory of MACHINE, as it does when nobody waits for that any more."""
    with suppress(LabError):  # usually it does nothing of the kind
        virsh("domjobabort", machine.full_name)


def wake_up(machine: Machine, memory: Path) -> None:
    """Give MACHINE the MEMORY, on the disk that it has now; it stands still still.

    One whose memory was not saved, or is that of another domain, boots instead.
    """
    text = virsh("save-image-dumpxml", str(memory), "--security-info") if memory.exists() else ""
    if f"<uuid>{uuid_of(machine.full_name)}</uuid>" not in text:
        start(machine.full_name)
        return
    start_networks(machine.full_name)
    with description(on_disk(text, disk_file(machine.full_name))) as file:
        virsh("restore", str(memory), "--xml", str(file), "--paused")


def standing_still(machines: Iterable[Machine]) -> list[Machine]:
    """Those of MACHINES that are suspended."""
    return [machine for machine in machines if state_of(machine.full_name) == "paused"]


def go_on(machines: Sequence[Machine]) -> None:
    """Let MACHINES go on, which stand still."""

    def resume(machine: Machine) -> None:
        note(machine, LATE).touch()
        virsh("resume", machine.full_name)

    together(resume, machines)


def is_late(machine: Machine) -> bool:
    """Whether MACHINE runs with a clock that stood still."""
    return note(machine, LATE).exists() and state_of(machine.full_name) == "running"


def use_disk(machine: Machine, disk: str) -> None:
    """Let the domain of MACHINE, which sleeps, have the volume DISK."""
    domain = machine.full_name
    file = Path(disk_file(domain)).with_name(disk)
    with description(on_disk(virsh("dumpxml", domain, "--inactive", "--security-info"), str(file))) as text:
        virsh("define", str(text))


def on_disk(text: str, file: str) -> str:
    """TEXT, which describes a domain, with FILE as its disk."""
    pattern = r"(<disk [^>]*device='disk'.*?<source file=')[^']*"
    return re.sub(pattern, lambda found: found.group(1) + file, text, count=1, flags=re.DOTALL)


@contextmanager
def description(text: str) -> Iterator[Path]:
    """A file with TEXT, which may have secrets in it, for virsh to read."""
    with NamedTemporaryFile("w", suffix=".xml") as file:
        file.write(text)
        file.flush()
        yield Path(file.name)


def set_clock(machine: Machine) -> None:
    """Set the clock of MACHINE; NotYet when it does not answer."""
    try:
        machine.run("date --utc --set @%s", f"{time.time():.3f}")
    except CommandFailed:
        raise
    except LabError as error:
        raise NotYet(error.message) from None
