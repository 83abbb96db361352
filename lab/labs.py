"""The labs of this user: which there are, what names and networks they lease.

All of it stands in files: NAME/lab.json says what a lab is, and whoever is at work with the lab holds the
lock .leases/NAME.lock (lab/holding.py). No lab can have a name that begins with a dot.
"""

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from ipaddress import IPv4Address, IPv4Network
from math import ceil
from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field

from lab.errors import Refused
from lab.filelock import holder_of, locked
from lab.networks import free_pair, networks_of_host
from lab.private import write_private
from lab.scenario import Scenario, address_of

NAME = r"^[a-z][a-z0-9-]{0,29}$"
LAB_FILE = "lab.json"
PREFIX = "dslab-"  # begins the names of what labs have on the host


class Phase(StrEnum):
    """How far a lab has come. Only the death of who builds a lab leaves it BUILDING."""

    UNFINISHED = "unfinished"  # new, failed or interrupted: `dslab up` goes on with it
    BUILDING = "building"
    READY = "ready"


class Unreadable(Refused):
    """The file of a lab says nothing: it is damaged, or of another release."""


class Lab(BaseModel):
    """A lab that exists or is being built: a scenario with a name and networks of its own."""

    model_config = ConfigDict(frozen=True)

    name: Annotated[str, Field(pattern=NAME)]
    scenario: Scenario
    provider: str
    ds: IPv4Network
    external: IPv4Network
    directory: Path
    created: datetime
    pid: Annotated[int, Field(description="The process that works, or last worked, with it")]
    disposable: Annotated[bool, Field(description="Ends with the process that made it")] = False
    until: Annotated[datetime | None, Field(description="When nobody wants it any more")] = None
    keeps_stages: Annotated[
        bool, Field(description="It begins after stages that are kept, with their secrets, and keeps its own")
    ] = True
    phase: Phase = Phase.UNFINISHED
    stage: Annotated[str, Field(description="The last stage of its scenario that it has completed")] = ""
    emulated: Annotated[bool, Field(description="Its virtual machines run without KVM")] = False
    slowness: Annotated[float, Field(description="Times as long as usual that its machines take")] = 1.0

    @property
    def file(self) -> Path:
        """Where all this is written."""
        return self.directory / LAB_FILE

    @property
    def mark(self) -> str:
        """What the processes that are started for it have in their environment: NAME=VALUE."""
        return mark_of(self.directory)

    @property
    def log(self) -> Path:
        """The folder of its logs, a file for each stage."""
        return self.directory / "log"

    @property
    def seats(self) -> Path:
        """The folder of what its owner, at a seat of it, does with exercises; those of classes are theirs."""
        return self.directory / "seats"

    @property
    def clouds_yaml(self) -> Path:
        """The file with the clouds dietstack-admin and dietstack-demo, for use on the host."""
        return self.directory / "clouds.yaml"

    @property
    def ssh_config(self) -> Path:
        """The file with which `ssh -F FILE MACHINE` gets into its machines."""
        return self.directory / "ssh_config"

    @property
    def external_address(self) -> IPv4Address:
        """Where the APIs and Horizon answer: the cloud's own address in the external network."""
        return self.external[1]

    @property
    def horizon(self) -> str:
        """Where Horizon answers."""
        return f"http://{self.external_address}:8082/"

    @property
    def control_address(self) -> IPv4Address:
        """The address of the control machine in the network ds."""
        return address_of("control", self.ds)

    @property
    def patience(self) -> int:
        """The setting PATIENCE of the deployments in its machines."""
        return ceil(self.slowness)

    @property
    def owner(self) -> int | None:
        """The process that is at work with it; None when there is none."""
        return holder_of(lock_of(self.directory))

    @property
    def is_unwanted(self) -> bool:
        """Whether nobody wants it unless somebody is at work with it: its run died, or its time is over."""
        over = self.until is not None and datetime.now(UTC) > self.until
        return over or self.disposable or self.phase is Phase.BUILDING

    @property
    def is_stale(self) -> bool:
        """Whether nobody is at work with it, and nobody wants it."""
        return self.is_unwanted and self.owner is None

    def facts(self) -> dict[str, object]:
        """What a program may want to know of it."""
        return {
            "name": self.name,
            "scenario": self.scenario.name,
            "provider": self.provider,
            "machines": list(self.scenario.machines),
            "phase": self.phase,
            "stale": self.is_stale,
            "created": self.created.isoformat(),
            "ds": str(self.ds),
            "external": str(self.external),
            "horizon": self.horizon,
            "clouds_yaml": str(self.clouds_yaml),
            "ssh_config": str(self.ssh_config),
        }

    def wanted_for(self, hours: float) -> Self:
        """Let it be stale when HOURS from now are over, and nobody holds it then; returns it as it is now."""
        return self.save(until=datetime.now(UTC) + timedelta(hours=hours))

    def save(self, **changes: object) -> Self:
        """Write it, with CHANGES to its fields, to its directory; returns it as it is now."""
        lab = self.model_copy(update=changes)
        self.log.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_private(self.file, lab.model_dump_json(indent=2) + "\n")
        return lab


def labs_directory() -> Path:
    """The folder that has one folder a lab."""
    state = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(state) / "dietstack-lab"


def create_lab(scenario: Scenario, provider: str, name: str = "", *, keeps_stages: bool = True) -> Lab:
    """A new lab of SCENARIO called NAME (like the scenario by default) with free networks; or Refused.

    Unless it KEEPS STAGES it has secrets of its own, which were deployed in no other lab. Nothing boots.
    """
    name = name or scenario.name
    if not re.fullmatch(NAME, name):
        raise Refused("lab", name, "begin with a letter; then up to 29 letters a-z, digits and -")
    with locked(labs_directory() / ".leases/.labs.lock"):
        if lab_called(name) is not None:
            raise Refused(
                "lab", name, f"there is a lab of this name; give another, or remove it: dslab down {name}"
            )
        leased = [network for lab in all_labs() for network in (lab.ds, lab.external)]
        ds, external = scenario.ds, scenario.external
        if not scenario.local:
            ds, external = free_pair(ds, external, networks_of_host() + leased)
        return Lab(
            name=name,
            scenario=scenario,
            provider=provider,
            ds=ds,
            external=external,
            directory=labs_directory() / name,
            created=datetime.now(UTC),
            pid=os.getpid(),
            keeps_stages=keeps_stages and not scenario.local,
        ).save()


def read_lab(directory: Path) -> Lab:
    """The lab in DIRECTORY; Refused, with the mend, when its file cannot be read."""
    file = directory / LAB_FILE
    try:
        return Lab.model_validate_json(file.read_text())
    except ValueError:
        mend = f"{file} is damaged or of another release; `dslab prune` removes the lab"
        raise Unreadable("lab", directory.name, mend) from None
    except PermissionError:
        mend = f'{file} may not be read by this user; sudo chown -R "$USER" {directory}'
        raise Refused("lab", directory.name, mend) from None


def lab_called(name: str) -> Lab | None:
    """The lab called NAME; None when there is none."""
    try:
        return read_lab(labs_directory() / name)
    except FileNotFoundError:
        return None


def find_lab(name: str) -> Lab:
    """The lab called NAME; Refused when there is none."""
    lab = lab_called(name)
    if lab is None:
        names = ", ".join(lab.name for lab in all_labs()) or "none"
        raise Refused("lab", name, f"there is no such lab; there are: {names}; `dslab up` makes one")
    return lab


def all_labs() -> list[Lab]:
    """All labs of this user by name, those apart that cannot be read."""
    return [lab for lab in labs_or_refusals() if isinstance(lab, Lab)]


def unreadable_labs() -> list[Refused]:
    """What to say of the labs that cannot be read."""
    return [refusal for refusal in labs_or_refusals() if isinstance(refusal, Refused)]


def labs_or_refusals() -> Iterator[Lab | Refused]:
    """All labs of this user by name."""
    for directory in lab_directories():
        with suppress(FileNotFoundError):  # removed meanwhile
            try:
                yield read_lab(directory)
            except Refused as refusal:
                yield refusal


def lab_directories() -> list[Path]:
    """The directories of all labs of this user."""
    return sorted(file.parent for file in labs_directory().glob(f"*/{LAB_FILE}"))


def forget_lab(directory: Path) -> None:
    """Give back name and networks of the lab in DIRECTORY, and remove that; its machines must be gone.

    The file that makes it a lab goes last: what is left of a removal that is killed can be found.
    """
    for path in directory.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        elif path.name != LAB_FILE:
            path.unlink()
    shutil.rmtree(directory)
    lock_of(directory).unlink(missing_ok=True)


def full_name(lab: str, machine: str) -> str:
    """The name that MACHINE of the lab called LAB has on the host, as the Vagrantfile gives it."""
    return f"{PREFIX}{lab}-{machine}"


def mark_of(directory: Path) -> str:
    """What the processes that are started for the lab in DIRECTORY have in their environment: NAME=VALUE."""
    return f"DSLAB_STARTED_FOR={directory}"


def lock_of(directory: Path) -> Path:
    """The file that is locked while somebody is at work with the lab in DIRECTORY."""
    return directory.parent / ".leases" / f"{directory.name}.lock"
