"""What a learner does at a seat with an exercise: start, check, a hint; one is under way at a time."""

from collections.abc import Sequence

from lab.api import cloud_answers
from lab.classroom import joints
from lab.classroom.checked import forget_verdict, note_verdict
from lab.classroom.classes import Classroom, hold_seat
from lab.classroom.joints import Exercise, Place, Record, Verdict
from lab.classroom.plan import Kind
from lab.classroom.project_seat import have_key
from lab.classroom.seat import CLOUD, Seat
from lab.errors import Refused
from lab.labs import find_lab, lab_called


def exercises_of(classroom: Classroom) -> list[Exercise]:
    """The exercises of CLASSROOM, in their order, those apart that are no more."""
    there = joints.exercises().all()
    return [there[name] for name in classroom.plan.exercises if name in there]


def start(classroom: Classroom, seat_name: str, name: str) -> None:
    """Begin the exercise called NAME at the seat, anew if it is under way; another one ends."""
    exercise_called(classroom, name)
    with hold_seat(classroom, seat_name) as seat, cloud_answers():
        room, place = joints.exercises(), place_of(classroom, seat)
        before = room.under_way(place)
        if before == name:
            room.reset(place, name)
        else:
            if before:
                end(seat, place, before)
            room.start(place, name)
        forget_verdict(seat, name)
        have_key(seat)


def check(classroom: Classroom, seat_name: str, name: str) -> Verdict:
    """Look whether the exercise called NAME, which is under way at the seat, is solved."""
    exercise_called(classroom, name)
    with hold_seat(classroom, seat_name) as seat, cloud_answers():
        verdict = joints.exercises().check(place_of(classroom, seat), name)
        note_verdict(seat, name, verdict)
    return verdict


def hint(classroom: Classroom, seat_name: str, name: str) -> None:
    """Let the seat see one hint more of the exercise called NAME, which is under way there."""
    exercise_called(classroom, name)
    with hold_seat(classroom, seat_name) as seat:
        joints.exercises().hint(place_of(classroom, seat), name)


def end(seat: Seat, place: Place, name: str) -> None:
    """End the exercise called NAME, which is under way at SEAT, which the caller holds, that is PLACE."""
    joints.exercises().stop(place, name)
    forget_verdict(seat, name)


def forget(classroom: Classroom, seat: Seat) -> None:
    """What was under way at SEAT of CLASSROOM has ended with the lab, which is a new one."""
    place = place_of(classroom, seat)
    if name := joints.exercises().under_way(place):
        joints.exercises().forget(place, name)
        forget_verdict(seat, name)


def is_under_way(classroom: Classroom, seat: Seat) -> bool:
    """Whether an exercise is under way at SEAT of CLASSROOM."""
    return joints.exercises().under_way(place_of(classroom, seat)) is not None


def records_of(classroom: Classroom, seat: Seat, exercises: Sequence[Exercise]) -> dict[str, Record]:
    """What is remembered of each of EXERCISES at SEAT; nothing where there is no lab."""
    if lab_called(seat.lab) is None:
        return {exercise.name: Record() for exercise in exercises}
    room, place = joints.exercises(), place_of(classroom, seat)
    return {exercise.name: room.record(place, exercise.name) for exercise in exercises}


def passed_at(classroom: Classroom, seat: Seat) -> int:
    """How many exercises were passed at SEAT."""
    records = records_of(classroom, seat, exercises_of(classroom))
    return sum(record.passed is not None for record in records.values())


def exercise_called(classroom: Classroom, name: str) -> Exercise:
    """The exercise of CLASSROOM called NAME; Refused when there is none."""
    there = {exercise.name: exercise for exercise in exercises_of(classroom)}
    if name not in there:
        raise Refused("exercise", name, f"class {classroom.name} has {', '.join(there) or 'none'}")
    return there[name]


def place_of(classroom: Classroom, seat: Seat) -> Place:
    """Where exercises of SEAT in CLASSROOM are done."""
    lab = find_lab(seat.lab)
    alone = classroom.plan.kind is Kind.LAB
    return Place(seat.name, lab, seat.directory, seat.clouds_yaml, CLOUD, alone)
