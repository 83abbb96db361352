"""Exercises: something is made or broken for a learner, and a check tells what is left to do.

For who gives seats to learners: `all_exercises` and `find_exercise` say what there is, a `Seat` is where it
happens, `start`, `check`, `hint`, `solve`, `reset` and `stop` are what can be done, `record_of` and
`under_way` tell what is remembered of it. They may be called from several threads and processes: of two that
are at work in one seat the second is refused. `lab.deadline.Deadline.slowness` has to be that of the lab.
"""

from lab.exercise.doing import Hint, check, find_to_stop, forget, hint, reset, solve, start, stop
from lab.exercise.files import all_exercises, exercise_names, find_exercise, word_for
from lab.exercise.learner import own_seat, place_of
from lab.exercise.model import Access, Exercise, Needs, Programs, Text
from lab.exercise.record import Record, record_of, under_way
from lab.exercise.script import ExerciseFault
from lab.exercise.seat import Seat
from lab.exercise.verdict import Finding, State, Verdict

__all__ = [
    "Access",
    "Exercise",
    "ExerciseFault",
    "Finding",
    "Hint",
    "Needs",
    "Programs",
    "Record",
    "Seat",
    "State",
    "Text",
    "Verdict",
    "all_exercises",
    "check",
    "exercise_names",
    "find_exercise",
    "find_to_stop",
    "forget",
    "hint",
    "own_seat",
    "place_of",
    "record_of",
    "reset",
    "solve",
    "start",
    "stop",
    "under_way",
    "word_for",
]
