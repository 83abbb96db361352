"""`python -m lab.exercise.power on|off MACHINE`: the power of a machine of the lab LAB, for scripts."""

import os
import sys

from lab.deadline import Deadline
from lab.labs import find_lab
from lab.provider.byname import provider_called


def main() -> None:
    """Do what the command line says."""
    state, name = sys.argv[1:]
    lab = find_lab(os.environ["LAB"])
    Deadline.slowness = lab.slowness
    provider = provider_called(lab.provider)
    machine = provider.machines(lab)[name]
    if state == "off":
        machine.power_off()
    elif not provider.is_up(machine):
        machine.start()


if __name__ == "__main__":
    main()
