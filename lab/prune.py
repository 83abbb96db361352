"""What dead labs left on the host, and its removal."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from lab.checkpoint.half_written import half_written
from lab.errors import LabError, Layer, Refused
from lab.holding import hold_dead, is_dead
from lab.labs import forget_lab, lab_directories
from lab.provider.base import Belonging
from lab.provider.byname import PROVIDERS
from lab.report import Report
from lab.vagrant import end_processes


@dataclass(frozen=True)
class Found:
    """THINGS of labs, in the order in which they can go; UNSEEN says what could not be looked at, and why."""

    things: list[Belonging]
    unseen: list[str]


def leftovers() -> Found:
    """All that dead labs left behind, and what killed processes left of checkpoints."""
    found = belongings()
    dead = [thing for thing in found.things if is_dead(thing.lab)]
    gone = {thing.lab for thing in dead}
    return Found(dead + [thing for thing in half_written() if thing.lab not in gone], found.unseen)


def prune(report: Report) -> Found:
    """Remove `leftovers()` lab by lab, but for labs that somebody is at work with; returns what was removed.

    What cannot be removed keeps nothing else from it; LabError says at last what and why.
    """
    found = leftovers()
    removed: list[Belonging] = []
    stuck: list[LabError] = []
    for lab in dict.fromkeys(thing.lab for thing in found.things):
        with noting(stuck, f"lab {lab.name}"), hold_dead(lab) as dead:
            if dead:
                removed += remove_all(lab, report)
    for thing in half_written():
        with noting(stuck, str(thing)), suppress(Refused):
            with report.stage(f"remove {thing}"):
                thing.remove()
            removed.append(thing)
    if stuck:
        raise LabError(stuck[0].layer, "\n".join(error.message for error in stuck))
    return Found(removed, found.unseen)


@contextmanager
def noting(stuck: list[LabError], what: str) -> Iterator[None]:
    """Let what keeps WHAT from being removed only be added to STUCK."""
    try:
        yield
    except LabError as error:
        stuck.append(LabError(error.layer, f"{what} cannot be removed: {error.message}"))
    except OSError as error:
        stuck.append(LabError(Layer.MACHINE, f"{what} cannot be removed: {error}"))


def remove_all(lab: Path, report: Report) -> list[Belonging]:
    """Remove all that the lab in the directory LAB has on the host; returns it. The caller holds the lab."""
    end_processes(lab)
    things = [thing for thing in belongings().things if thing.lab == lab]
    for thing in things:
        with report.stage(f"remove {thing}"):
            thing.remove()
    return things


def belongings() -> Found:
    """All that labs have on the host, living or dead; the labs themselves come last.

    What a provider that does not answer holds of a lab that goes is found when it answers again.
    """
    things: list[Belonging] = []
    unseen = []
    for provider in PROVIDERS.values():
        try:
            things += provider.belongings()
        except LabError as error:
            why = " ".join(error.message.split())
            unseen.append(f"{provider.name} does not answer, what it holds was not looked at ({why})")
    labs = [Belonging("lab", lab.name, lab, partial(forget_lab, lab)) for lab in lab_directories()]
    return Found(things + labs, unseen)
