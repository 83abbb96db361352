"""What the lab of a seat was when the seat was ready for the first time, to be had again."""

from lab import checkpoint
from lab.checkpoint.kept import folder_of
from lab.checkpoint.own_names import NEW_SEAT
from lab.errors import Refused
from lab.labs import Lab
from lab.report import Report


def keep(lab: Lab, report: Report) -> None:
    """Keep LAB, which is ready, as it is now; what was kept before stays, damaged or not."""
    if not is_kept(lab):
        checkpoint.save(lab, NEW_SEAT, report)


def have_again(lab: Lab, report: Report) -> None:
    """Let LAB be as it was when it was kept, whatever has become of it; Refused when that is lost."""
    if not is_kept(lab):
        mend = f"lab {lab.name} has it no more; begin anew: dslab down {lab.name}, then dslab class up"
        raise Refused("checkpoint", NEW_SEAT, mend)
    checkpoint.restore(lab, NEW_SEAT, report)


def is_kept(lab: Lab) -> bool:
    """Whether there is such a checkpoint, damaged or not."""
    return folder_of(lab, NEW_SEAT).is_dir()
