"""What a destructive test may have left of a lab: whoever runs tests in it next brings it back first."""

from pathlib import Path

from lab.checkpoint.kept import folder_of, forget
from lab.checkpoint.own_names import BEFORE_TESTS
from lab.labs import Lab


def disturbed(lab: Lab) -> Path:
    """The file that is there while nobody knows what a destructive test has left of LAB."""
    return lab.directory / "disturbed"


def forget_beginning(lab: Lab) -> None:
    """Remove what destructive tests bring LAB back to."""
    if folder_of(lab, BEFORE_TESTS).exists():
        forget(lab, BEFORE_TESTS)


def is_as_wanted(lab: Lab) -> None:
    """LAB is as somebody asked for it: no run of tests takes away what is done in it from now on."""
    forget_beginning(lab)
    disturbed(lab).unlink(missing_ok=True)
