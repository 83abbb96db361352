"""States of machines that are system containers: what they have written, and no memory.

They stand still together while it is copied, so that all copies are of one moment; what starts from them
comes up as after a power cut. The images beneath and the store are shared, only read, and not copied.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lab.errors import LabError, Refused, raise_if_full
from lab.labs import Lab
from lab.machine import Machine
from lab.provider.booted import BootedProvider
from lab.provider.docker_command import LABEL, SAVABLE, docker, image_id, inspected, machine_image, store
from lab.provider.states import together

TREES = {"/var/lib/docker": "docker", "/srv/dietstack": "dietstack"}
WORK = "dietstack.work"  # with the directory of a lab: not a machine of it, but at work on one
SCRIPT = Path(__file__).with_name("trees.sh")


@dataclass(frozen=True)
class Tree:
    """The folder PLACE of the host, which is what a machine has written: NAME is "control.root", ..."""

    name: str
    place: Path

    @property
    def volume(self) -> str:
        """What trees.sh gets of the host: what stands beside the folder has to be seen, too."""
        return f"{self.place.parent}:/trees/{self.name}"

    @property
    def word(self) -> str:
        """Its file in a checkpoint, and the folder, as trees.sh finds them."""
        return f"/checkpoint/{self.name}.tar.zst=/trees/{self.name}/{self.place.name}"


class DockerStates:
    """Writes down and brings back the machines that PROVIDER boots in this host's Docker."""

    def __init__(self, provider: BootedProvider) -> None:
        self._provider = provider

    def made_of(self, lab: Lab) -> str:
        """The machine image and the store: of the machines that there are, or of those that would come."""
        for machine in self._machines(lab):
            if found := inspected(machine):
                return f"{found['Image']} {store_of(found)}"
        return f"{image_id(machine_image())} {store()}"

    def lacking(self, lab: Lab) -> list[str]:
        """The machines without a container."""
        return [machine.name for machine in self._machines(lab) if not inspected(machine)]

    def save(self, lab: Lab, folder: Path, *, memory: bool) -> None:  # noqa: ARG002
        """Pause all containers, pack what they have written, and let them go on."""
        machines = self._machines(lab)
        try:
            together(lambda machine: docker("pause", machine.full_name), machines)
            work("pack", machines, folder)
        finally:
            self.resume(lab)

    def lay_out(self, lab: Lab, folder: Path) -> None:
        """Unpack beside what is in use."""
        work("lay_out", self._machines(lab), folder)

    def exchange(self, lab: Lab, folder: Path) -> None:  # noqa: ARG002
        """Cut the power, exchange the folders, start."""
        self._change("exchange", lab)

    def put_back(self, lab: Lab) -> None:
        """Cut the power, put the folders back, start."""
        end_work(lab)
        self._change("put_back", lab)

    def _change(self, verb: str, lab: Lab) -> None:
        machines = self._there(lab)
        together(self._provider.cut_power, machines)
        work(verb, machines)
        self._provider.start_together(machines)

    def settle(self, lab: Lab) -> None:
        """Remove the folders that are not in use."""
        work("settle", self._there(lab))

    def resume(self, lab: Lab) -> None:
        """Let paused containers go on, and end what a killed process had under way."""
        end_work(lab)
        for machine in self._machines(lab):
            if inspected(machine).get("State", {}).get("Paused"):
                docker("unpause", machine.full_name)

    def set_clocks(self, lab: Lab) -> None:
        """Nothing: the clock of containers is the host's."""

    def _there(self, lab: Lab) -> list[Machine]:
        return [machine for machine in self._machines(lab) if inspected(machine)]

    def _machines(self, lab: Lab) -> list[Machine]:
        return list(self._provider.machines(lab).values())


def work(verb: str, machines: Sequence[Machine], folder: Path | None = None) -> None:
    """Let trees.sh do VERB with all that MACHINES of a lab have written, and with the checkpoint in FOLDER.

    OSError when a disk is full. What goes on of it when this process is killed has the lab in its labels;
    an interruption ends it.
    """
    if not machines:
        return
    lab = machines[0].lab
    all_found = {machine.name: inspected(machine) for machine in machines}
    trees = [tree for name, found in all_found.items() for tree in trees_of(name, found)]
    options = ["--rm", "--network", "none", "--cap-add", "SYS_ADMIN"]
    options += [word for label in (LABEL, WORK) for word in ("--label", f"{label}={lab.directory}")]
    options += [word for tree in trees for word in ("--volume", tree.volume)]
    options += ["--volume", f"{folder}:/checkpoint"] if folder else []
    image = str(all_found[machines[0].name]["Image"])
    program = ["--entrypoint", "bash", image, "-c", SCRIPT.read_text(), SCRIPT.name]
    try:
        docker("run", *options, *program, verb, *(tree.word for tree in trees))
    except LabError as error:
        raise_if_full(error.message, folder or trees[0].place)
        raise
    except BaseException:
        end_work(lab)
        raise


def end_work(lab: Lab) -> None:
    """End the `work` that a killed process has under way in LAB."""
    under_way = docker("ps", "--all", "--quiet", "--filter", f"label={WORK}={lab.directory}").split()
    if under_way:
        docker("rm", "--force", "--volumes", *under_way)


def trees_of(machine: str, found: Mapping[str, Any]) -> list[Tree]:
    """Where MACHINE, which was FOUND so by Docker, writes: its own layer and its volumes.

    Refused where Docker keeps layers in another way than as folders.
    """
    driver = found.get("GraphDriver", {})
    if driver.get("Name") != SAVABLE:
        mend = f'checkpoints need {SAVABLE}; set "storage-driver" in /etc/docker/daemon.json'
        raise Refused("storage driver of Docker", driver.get("Name"), mend)
    volumes = {mount["Destination"]: Path(mount["Source"]) for mount in found["Mounts"]}
    return [
        Tree(f"{machine}.root", Path(driver["Data"]["UpperDir"])),
        *(Tree(f"{machine}.{name}", volumes[destination]) for destination, name in TREES.items()),
    ]


def store_of(found: Mapping[str, Any]) -> str:
    """The store of images that the machine that was FOUND has."""
    return next(
        (str(mount["Name"]) for mount in found["Mounts"] if mount["Destination"] == "/store"), "no store"
    )
