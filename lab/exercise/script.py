"""The scripts of exercises: bash on the host of the lab, with what lab/exercise/prelude.sh has."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

from lab.deadline import Deadline
from lab.doctor.finding import HERE
from lab.entry import entry
from lab.errors import LabError, Layer
from lab.exercise.model import Programs
from lab.exercise.process import run
from lab.exercise.seat import Seat
from lab.machine import last_lines
from lab.paths import ROOT
from lab.provider.byname import provider_called
from lab.scenario import CONTROL

PRELUDE = Path(__file__).parent / "prelude.sh"
SECONDS = 400
TYPED = "$ "
CLI = "dietstack-cli"
CREDENTIALS = "/run/dietstack/seats/{seat}.yaml"  # in that container


class ExerciseFault(LabError):
    """An exercise, or its lab, does not do what it should; no learner can help that."""

    def __init__(self, message: str) -> None:
        super().__init__(Layer.EXERCISE, message)


def run_script(step: str, exercise: Programs, seat: Seat) -> list[str]:
    """Run the script of STEP of EXERCISE, if it has one, in SEAT; the commands that a person would type.

    Raises LabError of the layer quota when the learner's quota is used up, else ExerciseFault, with its last
    lines, when it fails.
    """
    script = exercise.script(step)
    if script is None:
        return []
    log = seat.log(exercise)
    log.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    seat.kept(exercise).mkdir(parents=True, exist_ok=True, mode=0o700)
    hand_over_credentials(seat)
    with log.open("ab") as file:
        begin = file.tell()
        command = ["bash", "-c", 'source "$1"; source "$2"', script.name, str(PRELUDE), str(script)]
        status = run(command, file.fileno(), Deadline(SECONDS).seconds, environment_of(exercise, seat))
    said = log.read_bytes()[begin:].decode(errors="replace")
    if status != 0:
        raise failure_of(step, exercise, seat, status, said)
    return [line.removeprefix(TYPED) for line in said.splitlines() if line.startswith(TYPED)]


def hand_over_credentials(seat: Seat) -> None:
    """Put the clouds.yaml of SEAT into the container in which `openstack` runs, for root alone.

    LabError when there is none, or when its machine does not answer.
    """
    place = CREDENTIALS.format(seat=seat.name)
    write = f"umask 077; mkdir -p {Path(place).parent}; cat >{place}"
    words = entry(seat.lab, CONTROL, f"docker exec --interactive {CLI} sh -c {shlex.quote(write)}")
    done = subprocess.run(words, input=seat.clouds_yaml.read_bytes(), capture_output=True, check=False)
    if done.returncode:
        why = done.stderr.decode(errors="replace").strip()
        raise LabError(Layer.MACHINE, f"{CLI} in machine {CONTROL} takes no credentials: {why}")


def environment_of(exercise: Programs, seat: Seat) -> dict[str, str]:
    """What the scripts of EXERCISE find around them; nothing of it is secret."""
    lab = seat.lab
    return seat.environment | {
        "EXERCISE": str(exercise.folder),
        "KEPT": str(seat.kept(exercise)),
        "SEAT": seat.name,
        "SEAT_CLOUD": seat.cloud,
        "CREDENTIALS": CREDENTIALS.format(seat=seat.name),
        "LAB": lab.name,
        "CLOUDS_YAML": str(lab.clouds_yaml),
        "CHECKOUT": str(provider_called(lab.provider).machines(lab)[CONTROL].checkout),
        "LAB_PYTHON": sys.executable,
        "PYTHONPATH": str(ROOT),
        "SSH_CONFIG": "" if lab.provider == HERE else str(lab.ssh_config),
        "PATIENCE": str(lab.patience),
    }


def failure_of(step: str, exercise: Programs, seat: Seat, status: int | None, said: str) -> LabError:
    """What it means that the script of STEP returned STATUS (None: nothing, in its time) and SAID that."""
    end = last_lines("\n".join(line for line in said.splitlines() if not line.startswith(TYPED)))
    # As a word: each volume that is shown has a line for `consumes_quota`.
    lines = [line for line in end.splitlines() if re.search(r"\bquota\b", line, re.IGNORECASE)]
    if lines:
        return LabError(
            Layer.QUOTA, f"the project of seat {seat.name} has no room for {exercise.name}: {lines[-1]}"
        )
    how = (
        f"returned {status}" if status is not None else f"did not end within {Deadline(SECONDS).seconds:g} s"
    )
    return ExerciseFault(
        f"{step} of {exercise.name} {how}, which is not the learner's fault ({seat.log(exercise)}):\n{end}"
    )
