"""From a scenario to a cloud that is ready, and back to nothing."""

from lab.cloud import Cloud
from lab.labs import Lab
from lab.report import Report


def bring_up(lab: Lab, report: Report) -> Cloud:
    """Boot the machines of LAB, deploy in them, and return the cloud when a server can run on every compute.

    May be interrupted at any moment and called again: what is there already stays. The caller holds the lab
    (`lab.labs.hold`). Raises LabError that names the machine which failed, with the last lines of its console
    or log; the other machines have gone on as far as they could.
    """
    raise NotImplementedError


def take_down(lab: Lab, report: Report) -> None:
    """Remove LAB with all that it has on the host, its name and networks included; the caller holds the lab."""
    raise NotImplementedError
