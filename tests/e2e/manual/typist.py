"""Somebody who types the manual in the machines of a lab, and puts in what is different there."""

import re
import shlex
from collections.abc import Iterable

from lab.deployment import run_command
from lab.labs import Lab
from lab.machine import Machine
from lab.scenario import CONTROL
from lab.up import passwords_of
from tests.e2e.manual.steps import Step

# Machines of a lab have the images, as if these had been carried there.
CARRIED = "images/build.sh"
PASSWORD = "THAT_OF_THE_CONTROL_NODE"


class Typist:
    """Types steps in MACHINES of LAB; where the manual has one node come or go, that is NODE."""

    def __init__(self, lab: Lab, machines: dict[str, Machine], node: str) -> None:
        self._machines = machines
        self._node = node
        self._settings = {"PATIENCE": str(lab.patience)}
        self._words = {
            r"\beth1\b": "ds",
            r"\beth2\b": "external",
            r"\b192\.168\.23\.11\b": str(lab.control_address),
            r"\b192\.168\.99\.1/24": f"{lab.external_address}/{lab.external.prefixlen}",
            r"\bNODE\b": node,
            r"'that-of-the-control-node'": f'"${PASSWORD}"',
        }

    def type(self, steps: Iterable[Step]) -> None:
        """Type STEPS in their order; LabError with the last lines of one that fails."""
        for step in steps:
            for name in self.machines_at(step.place):
                self._type_in(self._machines[name], step.command)

    def machines_at(self, place: str) -> list[str]:
        """The machines that PLACE means; LookupError if it means none."""
        computes = [name for name in self._machines if name != CONTROL]
        places = {
            "on every machine": list(self._machines),
            "on the control node": [CONTROL],
            "on each compute node": computes,
            "on the new node": [self._node],
            "on the node that goes": [self._node],
        }
        for words, names in places.items():
            if place.startswith(words):
                return names
        raise LookupError(f"nobody knows where this is: {place}")

    def _type_in(self, machine: Machine, command: str) -> None:
        if command == CARRIED:
            return
        settings = dict(self._settings)
        if PASSWORD in (typed := self.in_words_of_the_lab(command)):
            settings[PASSWORD] = passwords_of(self._machines[CONTROL])
        run_command(machine, f"bash -c {shlex.quote(typed)}", settings, lambda _line: None)

    def in_words_of_the_lab(self, command: str) -> str:
        """COMMAND with the lab's interfaces, addresses and names in place of the manual's."""
        for manuals, ours in self._words.items():
            command = re.sub(manuals, ours, command)
        return command
