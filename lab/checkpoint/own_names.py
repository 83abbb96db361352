"""The names of the checkpoints that DietStack itself saves, and removes again without asking."""

from lab.errors import Refused

BEFORE_TESTS, BEFORE_REPEATS, NEW_SEAT = OWN_NAMES = ("before-tests", "repeat", "seat")


def refuse_own_name(name: str) -> None:
    """Raise Refused for a NAME that nobody else may give to a checkpoint."""
    if name in OWN_NAMES:
        raise Refused(
            "checkpoint", name, "dslab itself saves under this name, and removes that; give another"
        )
