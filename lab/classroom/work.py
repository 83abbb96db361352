"""What a learner does at a seat with an exercise: start, check, a hint; one is under way at a time."""

from collections.abc import Mapping, Sequence
from functools import cache

from lab import exercise
from lab.api import cloud_answers
from lab.classroom.checked import forget_verdict, note_verdict
from lab.classroom.classes import Classroom, hold_seat
from lab.classroom.plan import Kind
from lab.classroom.project_seat import have_key
from lab.classroom.seat import CLOUD, Seat
from lab.errors import Refused
from lab.exercise import Exercise, Programs, Record, Verdict
from lab.labs import find_lab, lab_called


@cache
def exercises_there() -> Mapping[str, Exercise]:
    """All exercises of the checkout by name; they are read once."""
    return {one.name: one for one in exercise.all_exercises()}


def exercises_of(classroom: Classroom) -> list[Exercise]:
    """The exercises of CLASSROOM, in their order, those apart that are no more."""
    there = exercises_there()
    return [there[name] for name in classroom.plan.exercises if name in there]


def start(classroom: Classroom, seat_name: str, name: str) -> None:
    """Begin the exercise called NAME at the seat, anew if it is under way; another one ends."""
    exercise_called(classroom, name)
    with hold_seat(classroom, seat_name) as seat, cloud_answers():
        found, place = exercise.find_exercise(name), place_of(classroom, seat)
        before = exercise.under_way(place)
        if before and before.name == name:
            exercise.reset(found, place)
        else:
            if before:
                end(classroom, seat, before)
            exercise.start(found, place)
        forget_verdict(seat, name)
        have_key(seat)


def check(classroom: Classroom, seat_name: str, name: str) -> Verdict:
    """Look whether the exercise called NAME, which is under way at the seat, is solved."""
    exercise_called(classroom, name)
    with hold_seat(classroom, seat_name) as seat, cloud_answers():
        verdict = exercise.check(exercise.find_exercise(name), place_of(classroom, seat))
        note_verdict(seat, name, verdict)
    return verdict


def hint(classroom: Classroom, seat_name: str, name: str) -> None:
    """Let the seat see one hint more of the exercise called NAME, which is under way there."""
    exercise_called(classroom, name)
    with hold_seat(classroom, seat_name) as seat:
        exercise.hint(exercise.find_exercise(name), place_of(classroom, seat))


def under_way(classroom: Classroom, seat: Seat) -> Programs | None:
    """The exercise that is under way at SEAT of CLASSROOM; None when none is."""
    return exercise.under_way(place_of(classroom, seat))


def end(classroom: Classroom, seat: Seat, busy: Programs) -> None:
    """End the exercise that is under way, BUSY, at SEAT of CLASSROOM, which the caller holds."""
    exercise.stop(busy, place_of(classroom, seat))
    forget_verdict(seat, busy.name)


def forget(classroom: Classroom, seat: Seat) -> None:
    """What was under way at SEAT of CLASSROOM has ended with the lab, which is a new one."""
    if busy := under_way(classroom, seat):
        exercise.forget(busy, place_of(classroom, seat))
        forget_verdict(seat, busy.name)


def records_of(classroom: Classroom, seat: Seat, exercises: Sequence[Exercise]) -> dict[str, Record]:
    """What is remembered of each of EXERCISES at SEAT; nothing where there is no lab."""
    if lab_called(seat.lab) is None:
        return {one.name: Record() for one in exercises}
    place = place_of(classroom, seat)
    return {one.name: exercise.record_of(one.name, place) for one in exercises}


def passed_at(classroom: Classroom, seat: Seat) -> int:
    """How many exercises were passed at SEAT."""
    records = records_of(classroom, seat, exercises_of(classroom))
    return sum(record.passed is not None for record in records.values())


def exercise_called(classroom: Classroom, name: str) -> Exercise:
    """The exercise of CLASSROOM called NAME; Refused when there is none."""
    there = {one.name: one for one in exercises_of(classroom)}
    if name not in there:
        raise Refused("exercise", name, f"class {classroom.name} has {', '.join(there) or 'none'}")
    return there[name]


def place_of(classroom: Classroom, seat: Seat) -> exercise.Seat:
    """SEAT of CLASSROOM as exercises see it."""
    return exercise.Seat(
        name=seat.name,
        lab=find_lab(seat.lab),
        directory=seat.directory,
        clouds_yaml=seat.clouds_yaml,
        cloud=CLOUD,
        alone=classroom.plan.kind is Kind.LAB,
    )
