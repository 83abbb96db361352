"""The classes of this user, in files: NAME/class.json says what one is, NAME/seats/SEAT/ what a seat has.

They are in the folder of the labs. Whoever makes or removes seats holds NAME.lock; who is at work with one
seat shares it, and holds the seat's.
"""

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict

from lab.classroom.plan import Kind, Plan
from lab.classroom.seat import SEAT_FILE, Seat, new_seat, new_token, read_seat
from lab.errors import Refused
from lab.filelock import holder_of, locked
from lab.labs import lab_directories, labs_directory
from lab.private import write_private

CLASS_FILE = "class.json"


class Classroom(BaseModel):
    """A class that exists or is being made: a plan, a trainer's token, and seats."""

    model_config = ConfigDict(frozen=True)

    plan: Plan
    directory: Path
    created: datetime
    trainer: str

    @property
    def name(self) -> str:
        """That of its plan."""
        return self.plan.name

    @property
    def lock(self) -> Path:
        """The file that is locked while somebody is at work with it."""
        return self.directory.with_suffix(".lock")

    @property
    def seat_names(self) -> list[str]:
        """What its seats and spares are called, by number, whether their files can be read or not."""
        files = (self.directory / "seats").glob(f"seat*/{SEAT_FILE}")
        return sorted((file.parent.name for file in files), key=lambda name: (len(name), name))

    @property
    def all_seats(self) -> list[Seat]:
        """Its seats and spares by number, as their files say now, those apart that cannot be read."""
        return [seat for seat in self._seats_or_refusals() if isinstance(seat, Seat)]

    @property
    def unreadable_seats(self) -> list[Refused]:
        """What to say of the seats and spares that cannot be read."""
        return [refusal for refusal in self._seats_or_refusals() if isinstance(refusal, Refused)]

    @property
    def seats(self) -> list[Seat]:
        """The seats at which somebody sits."""
        return [seat for seat in self.all_seats if not seat.spare]

    @property
    def spares(self) -> list[Seat]:
        """The seats that are held ready."""
        return [seat for seat in self.all_seats if seat.spare]

    @property
    def seats_without_quota(self) -> list[Seat]:
        """The seats that have not the quota of its plan yet."""
        return [seat for seat in self.all_seats if seat.quota != self.plan.quota]

    @property
    def labs(self) -> list[str]:
        """The names of its labs."""
        if self.plan.kind is Kind.PROJECT:
            return [self.name]
        return [self.lab_of(name) for name in self.seat_names]

    def lab_of(self, seat: str) -> str:
        """The name of the lab in which the seat called so is, or would be."""
        return self.name if self.plan.kind is Kind.PROJECT else f"{self.name}-{seat}"

    def seat(self, name: str) -> Seat:
        """The seat called NAME; Refused when there is none, or its file says nothing."""
        names = self.seat_names
        if name not in names:
            raise Refused("seat", name, f"class {self.name} has {', '.join(names) or 'none'}")
        return read_seat(self._folder_of(name))

    def new_seat(self, *, spare: bool) -> Seat:
        """One seat more, with the lowest number that is free; nothing of it is in a lab yet.

        A number is not free either when somebody else has a lab of the name that the seat's would have.
        """
        taken = set(self.seat_names)
        names = (name for name in map("seat{}".format, count(1)) if name not in taken)
        if self.plan.kind is Kind.LAB:
            labs = {folder.name for folder in lab_directories()}
            names = (name for name in names if self.lab_of(name) not in labs)
        name = next(names)
        return new_seat(name, self.lab_of(name), self._folder_of(name), spare=spare)

    def save(self, **changes: object) -> Self:
        """Write it, with CHANGES to its fields, to its directory; returns it as it is now."""
        changed = self.model_copy(update=changes)
        for folder in (self.directory, self.directory / "seats"):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_private(self.directory / CLASS_FILE, changed.model_dump_json(indent=2) + "\n")
        return changed

    def _seats_or_refusals(self) -> Iterator[Seat | Refused]:
        for name in self.seat_names:
            try:
                yield read_seat(self._folder_of(name))
            except Refused as refusal:
                yield refusal

    def _folder_of(self, seat: str) -> Path:
        return self.directory / "seats" / seat


def classes_directory() -> Path:
    """The folder that has one folder a class; no lab is called like it."""
    return labs_directory() / ".classes"


def create_class(plan: Plan) -> Classroom:
    """The class of PLAN, without seats yet."""
    directory = classes_directory() / plan.name
    return Classroom(plan=plan, directory=directory, created=datetime.now(UTC), trainer=new_token()).save()


def class_called(name: str) -> Classroom | None:
    """The class called NAME; None when there is none. Refused when its file says nothing."""
    file = classes_directory() / name / CLASS_FILE
    try:
        return Classroom.model_validate_json(file.read_text())
    except FileNotFoundError:
        return None
    except ValueError:
        mend = f"{file} is damaged or of another release; remove {file.parent}, and its labs with dslab down"
        raise Refused("class", name, mend) from None


def is_shared(lab: str) -> bool:
    """Whether the lab called so is the one that all seats of a class are in."""
    there = class_called(lab)
    return there is not None and there.plan.kind is Kind.PROJECT


def class_names() -> list[str]:
    """The names of the classes of this user."""
    return sorted(file.parent.name for file in classes_directory().glob(f"*/{CLASS_FILE}"))


def chosen_class(name: str = "") -> Classroom:
    """The class called NAME; without a name the only one that there is. Refused when that is not clear."""
    names = class_names()
    there = ", ".join(names) or "none; `dslab class up` makes one"
    if not name and len(names) != 1:
        raise Refused("class", "", f"name one of those that there are: {there}")
    found = class_called(name or names[0])
    if found is None:
        raise Refused("class", name, f"there is no such class; there are: {there}")
    return found


def forget_class(classroom: Classroom) -> None:
    """Remove all files of CLASSROOM; its labs must be gone. The file that makes it a class goes last."""
    shutil.rmtree(classroom.directory / "seats", ignore_errors=True)
    shutil.rmtree(classroom.directory)
    classroom.lock.unlink(missing_ok=True)


@contextmanager
def hold_class(name: str) -> Iterator[None]:
    """While the block runs, nobody else makes or removes seats of the class; Refused if somebody does."""
    lock = (classes_directory() / name).with_suffix(".lock")
    with ExitStack() as held:
        try:
            held.enter_context(locked(lock, wait=False))
        except BlockingIOError:
            raise Refused("class", name, at_work(lock)) from None
        yield


@contextmanager
def hold_seat(classroom: Classroom, name: str) -> Iterator[Seat]:
    """While the block runs, nobody else is at work with the seat; Refused if somebody is."""
    seat = classroom.seat(name)
    with ExitStack() as held:
        try:
            held.enter_context(locked(classroom.lock, wait=False, shared=True))
        except BlockingIOError:
            raise Refused("class", classroom.name, at_work(classroom.lock)) from None
        try:
            held.enter_context(locked(seat.lock, wait=False))
        except BlockingIOError:
            raise Refused("seat", name, at_work(seat.lock)) from None
        yield read_seat(seat.directory)


def at_work(lock: Path) -> str:
    """What to do about a LOCK that somebody holds."""
    return f"process {holder_of(lock) or 'that works with a seat'} is at work with it; wait for it or end it"
