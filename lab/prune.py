"""What dead labs left on the host, and its removal."""

from lab.labs import Lab, all_labs, forget_lab, hold
from lab.provider.base import Leftover
from lab.provider.byname import PROVIDERS
from lab.report import Report
from lab.up import take_down


def leftovers() -> list[Leftover]:
    """All that stale labs and labs that are no more left behind, in the order in which it can go."""
    things = [leftover for provider in PROVIDERS.values() for leftover in provider.leftovers()]
    labs = [
        Leftover("lab", lab.name, str(lab.directory), lambda lab=lab: remove_lab(lab))  # type: ignore[misc]
        for lab in all_labs()
        if lab.is_stale
    ]
    return things + labs


def remove_lab(lab: Lab) -> None:
    """Remove all of LAB; the cloud of this very machine stays, it may be older than the lab."""
    with hold(lab) as held:
        if lab.scenario.local:
            forget_lab(held)
        else:
            take_down(held, Report())


def prune(report: Report) -> list[Leftover]:
    """Remove `leftovers()`; returns what was removed."""
    removed = []
    for leftover in leftovers():
        with report.stage(f"remove {leftover}"):
            leftover.remove()
        removed.append(leftover)
    return removed
