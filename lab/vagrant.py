"""Vagrant, for one lab: its machines go up as the Vagrantfile describes them; what it says goes to a log."""

import os
import shutil
import signal
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from subprocess import CalledProcessError

import vagrant

from lab.errors import LabError, Layer, Refused, raise_if_full
from lab.labs import Lab, mark_of
from lab.paths import ROOT

LAST_LINES = 12


class VagrantFailed(LabError):
    """A command of Vagrant failed; the message has the last lines that it said."""


class Vagrant:
    """Vagrant with the machines of LAB and no others; PROVIDER as Vagrant calls it.

    Its home is in the lab's directory, so that it leaves nothing elsewhere and labs do not wait for each
    other; the boxes alone are those of the user.
    """

    def __init__(self, lab: Lab, provider: str) -> None:
        self._provider = provider
        self._lab = lab.directory
        self._log = lab.log / "vagrant.log"
        self.dotfiles = lab.directory / "vagrant"
        self.home = lab.directory / "vagrant-home"
        own = dict([lab.mark.split("=", 1)]) | {
            "DSLAB_LAB": str(lab.file),
            "VAGRANT_DOTFILE_PATH": str(self.dotfiles),
            "VAGRANT_HOME": str(self.home),
            "VAGRANT_DEFAULT_PROVIDER": provider,
            "VAGRANT_CHECKPOINT_DISABLE": "1",
            "VAGRANT_NO_COLOR": "1",
        }
        log = vagrant.make_file_cm(self._log)
        self._vagrant = vagrant.Vagrant(root=str(ROOT), env=os.environ | own, out_cm=log, err_cm=log)

    def up(self) -> None:
        """Boot all machines in parallel; VagrantFailed when one did not, the others are up then.

        OSError when a disk is full.
        """
        self._share_boxes()
        self._run("up", lambda: self._vagrant.up(provider=self._provider))

    def rsync(self, *machines: str) -> None:
        """Copy the checkout into MACHINES, which run already; `up` does it for those that it starts."""
        self._run("rsync", lambda: self._vagrant._call_vagrant_command(["rsync", *machines]))

    def id_of(self, machine: str) -> str | None:
        """The provider's id of MACHINE as Vagrant remembers it; None unless it has got into one."""
        file = self._folder_of(machine) / "id"
        return file.read_text().strip() if file.is_file() and self.key_of(machine).is_file() else None

    def key_of(self, machine: str) -> Path:
        """The private key of MACHINE alone, for which Vagrant changes the image's, which everybody has."""
        return self._folder_of(machine) / "private_key"

    def forget(self, machine: str) -> None:
        """Forget MACHINE, which is gone."""
        shutil.rmtree(self._folder_of(machine).parent, ignore_errors=True)

    def _share_boxes(self) -> None:
        boxes_of_user().mkdir(parents=True, exist_ok=True)
        self.home.mkdir(exist_ok=True)
        with suppress(FileExistsError):
            (self.home / "boxes").symlink_to(boxes_of_user())

    def _folder_of(self, machine: str) -> Path:
        return self.dotfiles / "machines" / machine / self._provider

    def _run(self, command: str, run: Callable[[], object]) -> None:
        if shutil.which("vagrant") is None:
            raise Refused("program", "vagrant", "it is not there: sudo ./install_requirements.sh --lab")
        said = self._log.stat().st_size if self._log.exists() else 0
        try:
            run()
        except CalledProcessError as error:
            with self._log.open(errors="replace") as log:
                log.seek(said)
                text = log.read()
            if command == "up":  # what is copied may fill a machine's disk
                raise_if_full(text, self._lab)
            last = "\n".join(text.split("\n")[-LAST_LINES:]).strip()
            message = f"vagrant {command} returned {error.returncode} ({self._log}):\n{last}"
            raise VagrantFailed(Layer.MACHINE, message) from None
        except BaseException:
            end_processes(self._lab)  # an interruption has ended it, not what it had started
            raise


def boxes_of_user() -> Path:
    """Where Vagrant keeps copies of boxes, for all labs."""
    return Path.home() / ".vagrant.d/boxes"


def end_processes(lab: Path) -> None:
    """End what runs for the lab in the directory LAB, also of a killed process; the caller holds the lab."""
    for pid in processes_of(lab):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def processes_of(lab: Path) -> Iterator[int]:
    """The processes that were started for the lab in the directory LAB."""
    mark = mark_of(lab).encode()
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if int(process.name) != os.getpid() and mark in (process / "environ").read_bytes().split(b"\0"):
                yield int(process.name)
