"""How slow a machine is: emulated ones need their time, and deadlines have to know how much."""

from lab.machine import Machine

WHEN_EMULATED = 10.0  # how slow a machine without KVM is taken to be as long as it has not booted
USUAL_SECONDS = 0.35  # what the work below takes on an ordinary processor with KVM or without need of it
WORK = "s=$EPOCHREALTIME; for ((i = 0; i < 200000; i++)); do :; done; echo $((${EPOCHREALTIME/./} - ${s/./}))"


def slowness_of(machine: Machine) -> float:
    """How many times as long as usual MACHINE works at the same thing; 1 when it is as fast or faster."""
    microseconds = int(machine.run("bash -c %s", WORK))
    return round(max(1.0, microseconds / 1e6 / USUAL_SECONDS), 1)
