"""A seat: who sits there is a user of one project, with a password, a key and a link of their own."""

import secrets
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field

from lab.classroom.plan import Quota
from lab.errors import Refused
from lab.keys import KeyPair, new_key_pair
from lab.private import write_private

SEAT_FILE = "seat.json"
CLOUD = "dietstack"  # what its clouds.yaml calls the cloud
# Letters and digits that nobody mistakes for others on paper; four groups of four are 79 bits.
READABLE = "abcdefghjkmnpqrstuvwxyz23456789"
GROUPS, LETTERS = 4, 4
BYTES_OF_A_TOKEN = 24


class SeatState(StrEnum):
    """How far a seat has come. Only who died while at work with it leaves it MAKING."""

    MAKING = "making"
    READY = "ready"


class Seat(BaseModel):
    """A seat of a class, in the lab called LAB; all that it has on this host is in its directory."""

    model_config = ConfigDict(frozen=True)

    name: str
    lab: str
    directory: Path
    password: str
    key: KeyPair
    token: Annotated[str, Field(description="Who has it is let in to the seat's page of the board")]
    spare: Annotated[bool, Field(description="Nobody sits there yet")] = False
    state: SeatState = SeatState.MAKING
    quota: Annotated[Quota | None, Field(description="What it was given last")] = None
    made: datetime

    @property
    def user(self) -> str:
        """Its user, and the project of that."""
        return self.name

    @property
    def number(self) -> int:
        """Which one of the class it is, from 1 on."""
        return int(self.name.removeprefix("seat"))

    @property
    def was_never_ready(self) -> bool:
        """Whether nobody can have sat there yet."""
        return self.quota is None

    @property
    def clouds_yaml(self) -> Path:
        """The file with its cloud `dietstack`, for programs."""
        return self.directory / "clouds.yaml"

    @property
    def private_key(self) -> Path:
        """The file of its ssh key."""
        return self.directory / "id_ed25519"

    @property
    def html(self) -> Path:
        """Its handout for a browser."""
        return self.directory / "handout.html"

    @property
    def pdf(self) -> Path:
        """Its handout for a printer."""
        return self.directory / "handout.pdf"

    @property
    def lock(self) -> Path:
        """The file that is locked while somebody is at work with it."""
        return self.directory / "lock"

    def save(self, **changes: object) -> Self:
        """Write it, with CHANGES to its fields, to its directory; returns it as it is now."""
        seat = self.model_copy(update=changes)
        write_private(self.directory / SEAT_FILE, seat.model_dump_json(indent=2) + "\n")
        return seat


def new_seat(name: str, lab: str, directory: Path, *, spare: bool) -> Seat:
    """A seat called NAME with random credentials, written to DIRECTORY; nothing of it is in the lab yet."""
    return Seat(
        name=name,
        lab=lab,
        directory=directory,
        password=new_password(),
        key=new_key_pair(),
        token=new_token(),
        spare=spare,
        made=datetime.now(UTC),
    ).save()


def read_seat(directory: Path) -> Seat:
    """The seat in DIRECTORY; Refused when its file says nothing."""
    file = directory / SEAT_FILE
    try:
        return Seat.model_validate_json(file.read_text())
    except ValueError:
        mend = f"remove {directory}, and a lab of its own with dslab down"
        raise Refused("seat", directory.name, f"{file} is damaged or of another release; {mend}") from None


def new_password() -> str:
    """A random password that can be typed from paper."""
    groups = ("".join(secrets.choice(READABLE) for _ in range(LETTERS)) for _ in range(GROUPS))
    return "-".join(groups)


def new_token() -> str:
    """What cannot be guessed, for a link."""
    return secrets.token_urlsafe(BYTES_OF_A_TOKEN)
