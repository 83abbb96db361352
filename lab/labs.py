"""The labs of this user: which there are, who is at work with them, what names and networks they lease.

All of it stands in files: NAME/lab.json says what a lab is, and whoever is at work with the lab holds the
lock leases/NAME.lock. The kernel gives it back however a process ends: no dead owner is believed alive.
"""

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field

from lab.errors import Refused
from lab.filelock import holder_of, locked
from lab.networks import free_pair, networks_of_host
from lab.scenario import Scenario, address_of

NAME = r"^[a-z][a-z0-9-]{0,29}$"
LAB_FILE = "lab.json"


class Phase(StrEnum):
    """How far a lab has come."""

    BUILDING = "building"
    READY = "ready"


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
    phase: Phase = Phase.BUILDING
    emulated: Annotated[bool, Field(description="Its virtual machines run without KVM")] = False
    slowness: Annotated[float, Field(description="Times as long as usual that its machines take")] = 1.0

    @property
    def file(self) -> Path:
        """Where all this is written."""
        return self.directory / LAB_FILE

    @property
    def mark(self) -> str:
        """What the processes that are started for it have in their environment: NAME=VALUE."""
        return f"DSLAB_STARTED_FOR={self.directory}"

    @property
    def log(self) -> Path:
        """The folder of its logs, a file for each stage."""
        return self.directory / "log"

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
    def is_stale(self) -> bool:
        """Whether nobody is at work with it, and nobody wants it: its run is dead, or its time is over."""
        over = self.until is not None and datetime.now(UTC) > self.until
        unwanted = over or self.disposable or self.phase is Phase.BUILDING
        # By its own directory: other users' labs have their locks elsewhere.
        return unwanted and holder_of(self.directory.parent / "leases" / f"{self.name}.lock") is None

    def facts(self) -> dict[str, object]:
        """What a program may want to know of it."""
        return {
            "name": self.name,
            "scenario": self.scenario.name,
            "provider": self.provider,
            "phase": self.phase,
            "stale": self.is_stale,
            "created": self.created.isoformat(),
            "ds": str(self.ds),
            "external": str(self.external),
            "horizon": self.horizon,
            "clouds_yaml": str(self.clouds_yaml),
            "ssh_config": str(self.ssh_config),
        }

    def save(self, **changes: object) -> Self:
        """Write it, with CHANGES to its fields, to its directory; returns it as it is now."""
        lab = self.model_copy(update=changes)
        self.log.mkdir(parents=True, exist_ok=True, mode=0o700)
        new = self.directory / f"{LAB_FILE}.new"
        new.write_text(lab.model_dump_json(indent=2) + "\n")
        new.replace(self.file)
        return lab


def labs_directory() -> Path:
    """The folder that has one folder a lab."""
    state = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(state) / "dietstack-lab"


def create_lab(
    scenario: Scenario, provider: str, name: str = "", *, disposable: bool = False, hours: float = 0
) -> Lab:
    """A new lab of SCENARIO called NAME (like the scenario by default) with free networks; nothing boots.

    A DISPOSABLE one is stale as soon as nobody holds it; after HOURS, if given, any is. Raises Refused.
    """
    name = name or scenario.name
    if not re.match(NAME, name):
        raise Refused("lab", name, "begin with a letter; then up to 29 letters a-z, digits and -")
    with locked(labs_directory() / "leases" / "all.lock"):
        others = all_labs()
        if name in (lab.name for lab in others):
            raise Refused(
                "lab", name, f"there is a lab of this name; give another, or remove it: dslab down {name}"
            )
        leased = [network for lab in others for network in (lab.ds, lab.external)]
        ds, external = scenario.ds, scenario.external
        if not scenario.local:
            ds, external = free_pair(ds, external, networks_of_host() + leased)
        now = datetime.now(UTC)
        return Lab(
            name=name,
            scenario=scenario,
            provider=provider,
            ds=ds,
            external=external,
            directory=labs_directory() / name,
            created=now,
            pid=os.getpid(),
            disposable=disposable,
            until=now + timedelta(hours=hours) if hours else None,
        ).save()


def find_lab(name: str) -> Lab:
    """The lab called NAME; Refused when there is none."""
    file = labs_directory() / name / LAB_FILE
    if not file.is_file():
        names = ", ".join(lab.name for lab in all_labs()) or "none"
        raise Refused("lab", name, f"there is no such lab; there are: {names}; `dslab up` makes one")
    return Lab.model_validate_json(file.read_text())


def all_labs() -> list[Lab]:
    """All labs of this user by name."""
    files = sorted(labs_directory().glob(f"*/{LAB_FILE}"))
    return [Lab.model_validate_json(file.read_text()) for file in files]


def forget_lab(lab: Lab) -> None:
    """Give back the name and the networks of LAB, and remove its directory; its machines must be gone."""
    shutil.rmtree(lab.directory)
    lock_of(lab.name).unlink(missing_ok=True)


def is_dead(directory: Path) -> bool:
    """Whether nobody wants what the lab in DIRECTORY made: there is no such lab any more, or it is stale."""
    try:
        return Lab.model_validate_json((directory / LAB_FILE).read_text()).is_stale
    except FileNotFoundError:
        return directory.name != ".vagrant" or not directory.exists()
    except PermissionError:
        return False


@contextmanager
def hold(lab: Lab) -> Iterator[Lab]:
    """While the block runs, this process alone is at work with LAB; Refused when another is."""
    with ExitStack() as held:
        try:
            held.enter_context(locked(lock_of(lab.name), wait=False))
        except BlockingIOError:
            mend = f"process {owner_of(lab.name)} is at work with it; wait for it or end it"
            raise Refused("lab", lab.name, mend) from None
        yield lab.save(pid=os.getpid())


def owner_of(name: str) -> int | None:
    """The process that is at work with the lab called NAME; None when there is none."""
    return holder_of(lock_of(name))


def lock_of(name: str) -> Path:
    """The file that is locked while somebody is at work with the lab called NAME."""
    return labs_directory() / "leases" / f"{name}.lock"
