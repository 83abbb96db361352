"""What all providers that boot machines with Vagrant have in common."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path

import testinfra

from lab.deadline import Deadline
from lab.errors import LabError, Layer, TooLate
from lab.labs import Lab
from lab.machine import Machine, last_lines
from lab.provider.base import Belonging
from lab.provider.states import States, together
from lab.report import Report, Stage
from lab.scenario import address_of
from lab.ssh import Door, refuse_bad_key, seconds_to_connect, ssh_words, wait_for_ssh, write_ssh_config
from lab.vagrant import Vagrant, VagrantFailed, end_processes

# Vagrant does not wait for a machine that was there already, however young it is.
SECONDS_TO_ANSWER, SECONDS_TO_START = 60, 90


class BootedProvider(ABC):
    """Boots machines with Vagrant and gets into them over ssh."""

    name: str
    states: States

    def up(self, lab: Lab, report: Report) -> dict[str, Machine | LabError]:
        """Boot all machines of LAB in parallel; see `Provider.up`."""
        self.refuse_what_is_missing()
        for name in lab.scenario.machines:
            refuse_bad_key(lab, Vagrant(lab, self.name).key_of(name))
        with report.stage("boot") as stage:
            end_processes(lab.directory)
            self.remove_unfinished(lab)
            why, patience = "it does not answer ssh", float(SECONDS_TO_ANSWER)
            try:
                self.boot(lab, stage)
            except VagrantFailed as error:
                why, patience = error.message, 0  # it has waited long enough
            write_ssh_config(lab, self.doors(lab))
            deadline = Deadline(patience)
            booted = {
                name: machine if answers(machine, deadline) else self._not_up(machine, why)
                for name, machine in self.machines(lab).items()
            }
            if all(isinstance(machine, LabError) for machine in booted.values()):
                raise LabError(Layer.MACHINE, f"no machine is up: {why}")
        return booted

    def boot(self, lab: Lab, stage: Stage) -> None:
        """Let Vagrant boot the machines of LAB."""
        stage.waiting_for(f"ssh in {', '.join(lab.scenario.machines)}")
        Vagrant(lab, self.name).up()

    def machines(self, lab: Lab) -> dict[str, Machine]:
        """The machines of LAB by name."""
        return {name: self._machine(lab, name) for name in lab.scenario.machines}

    def _machine(self, lab: Lab, name: str) -> Machine:
        host = testinfra.get_host(
            f"ssh://{name}",
            ssh_config=str(lab.ssh_config),
            timeout=seconds_to_connect(lab),
            controlpersist=0,
            sudo=True,
        )
        return Machine(
            name=name,
            spec=lab.scenario.machines[name],
            host=host,
            address=address_of(name, lab.ds),
            checkout=Path("/dietstack"),
            root_shell=(*ssh_words(lab, name), "sudo", "bash", "-s"),
            lab=lab,
            provider=self,
        )

    def _not_up(self, machine: Machine, why: str) -> LabError:
        """The error that says of MACHINE what kept it from answering, and how its console ends."""
        console = last_lines(self.console(machine)) or "nothing"
        message = f"{machine.name} is not up: {why}\nIts console ends with:\n{console}"
        return LabError(Layer.MACHINE, message)

    def reboot(self, machine: Machine) -> None:
        """Halt and start."""
        self.halt(machine)
        self.start(machine)

    def start(self, machine: Machine) -> None:
        """Start it; it may have got another address in Vagrant's own network."""
        self.power_on(machine)
        write_ssh_config(machine.lab, self.doors(machine.lab))
        wait_for_ssh(machine.lab, machine.name, Deadline(SECONDS_TO_START))

    def cut_power(self, machine: Machine) -> None:
        """Let MACHINE be without power, whether it has any or not."""
        if self.is_up(machine):
            self.power_off(machine)

    def start_together(self, machines: Sequence[Machine]) -> None:
        """Start all MACHINES of a lab, which are down, and wait until ssh answers in each."""
        together(self.power_on, machines)
        self.let_in(machines)

    def let_in(self, machines: Sequence[Machine]) -> None:
        """Find the way into MACHINES of a lab again, and wait until ssh answers in each."""
        lab, deadline = machines[0].lab, Deadline(SECONDS_TO_START)
        write_ssh_config(lab, self.doors(lab))
        together(lambda machine: wait_for_ssh(lab, machine.name, deadline), machines)

    def remove(self, machine: Machine) -> None:
        """Remove it, what Vagrant remembers of it, and the way into it."""
        self.discard(machine)
        Vagrant(machine.lab, self.name).forget(machine.name)
        doors = {name: door for name, door in self.doors(machine.lab).items() if name != machine.name}
        write_ssh_config(machine.lab, doors)

    @abstractmethod
    def refuse_what_is_missing(self) -> None:
        """Raise Refused unless there is all that machines are made of."""

    @abstractmethod
    def remove_unfinished(self, lab: Lab) -> None:
        """Remove machines of LAB that Vagrant has not got into, killed before; it would not try again."""

    @abstractmethod
    def doors(self, lab: Lab) -> dict[str, Door]:
        """Where ssh finds the machines of LAB now."""

    @abstractmethod
    def is_up(self, machine: Machine) -> bool:
        """Whether MACHINE has power."""

    @abstractmethod
    def console(self, machine: Machine) -> str:
        """What MACHINE wrote to its console."""

    @abstractmethod
    def power_on(self, machine: Machine) -> None:
        """Start MACHINE and do not wait."""

    @abstractmethod
    def power_off(self, machine: Machine) -> None:
        """Cut the power of MACHINE."""

    @abstractmethod
    def halt(self, machine: Machine) -> None:
        """Shut MACHINE down in good order."""

    @abstractmethod
    def discard(self, machine: Machine) -> None:
        """Remove MACHINE with its disk, if it is there."""

    @abstractmethod
    def destroy(self, lab: Lab) -> None:
        """Remove all of LAB that is on the host, also what a failed `up` left."""

    @abstractmethod
    def belongings(self) -> list[Belonging]:
        """What on the host belongs to labs; LabError when it cannot be asked."""


def answers(machine: Machine, deadline: Deadline) -> bool:
    """Whether MACHINE answers ssh before DEADLINE."""
    try:
        wait_for_ssh(machine.lab, machine.name, deadline)
    except TooLate:
        return False
    return True
