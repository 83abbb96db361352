"""What a trainer wants: a class of so many seats, in which lab, with which exercises; data in YAML."""

import re
from enum import StrEnum
from typing import Annotated

from pydantic import Field, field_validator

from lab.data_file import Number
from lab.scenario import Strict

MOST_SEATS = 99
MOST = 2**31 - 1  # of anything, in the databases of OpenStack
MOST_LINES = 10  # of a note: more do not fit on a handout's one page


class Kind(StrEnum):
    """What a seat is: a project in the lab that all seats share, or a lab of its own."""

    PROJECT = "project"
    LAB = "lab"


class Quota(Strict):
    """What a seat may have at once; the network, the router and the subnet that it begins with count."""

    instances: Annotated[Number, Field(ge=0, le=MOST, description="Servers")] = 2
    cores: Annotated[Number, Field(ge=0, le=MOST, description="Virtual processors of all its servers")] = 2
    ram: Annotated[Number, Field(ge=0, le=MOST, description="Memory of all its servers in MiB")] = 512
    volumes: Annotated[Number, Field(ge=0, le=MOST, description="Volumes")] = 4
    snapshots: Annotated[Number, Field(ge=0, le=MOST, description="Snapshots of volumes")] = 4
    gigabytes: Annotated[
        Number, Field(ge=0, le=MOST, description="Volumes and snapshots together in GiB")
    ] = 10
    networks: Annotated[Number, Field(ge=1, le=MOST, description="Networks")] = 4
    routers: Annotated[Number, Field(ge=1, le=MOST, description="Routers")] = 3
    floating_ips: Annotated[Number, Field(ge=0, le=MOST, description="Floating IPs")] = 3


class BoardPlace(Strict):
    """Where learners find the class board."""

    address: Annotated[
        str, Field(pattern=r"^[\w.-]*$", description="This machine's; unless given, as its network has it")
    ] = ""
    port: Annotated[Number, Field(ge=1, le=65535, description="Its TCP port")] = 8090


class Plan(Strict):
    """A class, by its name, which is that of its file."""

    name: Annotated[
        str, Field(pattern=r"^[a-z][a-z0-9-]{0,20}$", description="That of its file, unless given")
    ] = ""
    title: Annotated[str, Field(min_length=1, max_length=60, description="What learners read above it all")]
    scenario: Annotated[str, Field(description="The lab that seats share, or that each of them has")]
    kind: Annotated[Kind, Field(description="Seats are projects in one lab, or labs")] = Kind.PROJECT
    seats: Annotated[Number, Field(ge=1, le=MOST_SEATS, description="How many learners there are")]
    spares: Annotated[Number, Field(ge=0, le=20, description="Seats more, held ready for `class add`")] = 0
    quota: Annotated[Quota, Field(description="What each seat may have at once")] = Quota()
    exercises: Annotated[tuple[str, ...], Field(description="Those of the class, in their order")] = ()
    board: Annotated[BoardPlace, Field(description="Where learners find the class board")] = BoardPlace()
    note: Annotated[
        str, Field(max_length=300, description="What else learners have to know; it is in each handout")
    ] = ""

    @field_validator("title", "note")
    @classmethod
    def _can_be_printed(cls, text: str) -> str:
        try:
            text.encode("latin-1")
        except UnicodeEncodeError as error:
            unknown = text[error.start]
            raise ValueError(f"write it without {unknown!r}: the handouts' font has no such letter") from None
        return text

    @field_validator("note")
    @classmethod
    def _has_room_on_the_page(cls, note: str) -> str:
        if len(note.splitlines()) > MOST_LINES:
            raise ValueError(f"write it in {MOST_LINES} lines or fewer: more do not fit in the handouts")
        return note

    @field_validator("exercises")
    @classmethod
    def _stand_there_once(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        for name in names:
            if names.count(name) > 1:
                raise ValueError(f"name {name} once")
        return names

    @property
    def all_seats(self) -> int:
        """Seats and spares together."""
        return self.seats + self.spares

    def may_call(self, lab: str) -> bool:
        """Whether LAB is a name that a class called so, of either kind, gives to a lab of its own."""
        return re.fullmatch(rf"{self.name}(-seat\d+)?", lab) is not None
