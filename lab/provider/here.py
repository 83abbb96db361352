"""The machine that all this runs on as the one machine of a lab: nothing is booted."""

import os

import testinfra

from lab.doctor.finding import HERE
from lab.errors import LabError, Refused
from lab.labs import Lab
from lab.machine import Machine
from lab.paths import ROOT
from lab.provider.base import Belonging
from lab.provider.states import States
from lab.report import Report
from lab.scenario import CONTROL


class HereProvider:
    """Has one machine, which is always up."""

    name = HERE

    @property
    def states(self) -> States:
        """Refused."""
        raise Refused("checkpoint", None, "this very machine has none; use a scenario that boots machines")

    def up(self, lab: Lab, report: Report) -> dict[str, Machine | LabError]:
        """Nothing to boot."""
        with report.stage("boot"):
            return dict(self.machines(lab))

    def machines(self, lab: Lab) -> dict[str, Machine]:
        """The one."""
        sudo = as_root()
        machine = Machine(
            name=CONTROL,
            spec=lab.scenario.control,
            host=testinfra.get_host("local://", sudo=bool(sudo)),
            address=lab.control_address,
            checkout=ROOT,
            root_shell=(*sudo, "bash", "-s"),
            lab=lab,
            provider=self,
        )
        return {CONTROL: machine}

    def is_up(self, machine: Machine) -> bool:  # noqa: ARG002
        """It is, or nobody would ask."""
        return True

    def console(self, machine: Machine) -> str:
        """The kernel's messages."""
        return machine.run("dmesg")

    def reboot(self, machine: Machine) -> None:
        """Refused, as is everything that would end this very process."""
        raise refusal(machine)

    def power_off(self, machine: Machine) -> None:
        """Refused."""
        raise refusal(machine)

    def halt(self, machine: Machine) -> None:
        """Refused."""
        raise refusal(machine)

    def start(self, machine: Machine) -> None:
        """It runs."""

    def remove(self, machine: Machine) -> None:
        """Refused."""
        raise refusal(machine)

    def destroy(self, lab: Lab) -> None:
        """Nothing was made; the deployment is not the provider's."""

    def belongings(self) -> list[Belonging]:
        """None."""
        return []


def as_root() -> list[str]:
    """The words before a command that make it root's on this very machine; none where it is."""
    return [] if os.geteuid() == 0 else ["sudo"]


def refusal(machine: Machine) -> Refused:
    """The answer to who wants the power of this very machine."""
    return Refused("machine", machine.name, "it is this very machine; use a scenario that boots machines")
