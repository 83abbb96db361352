"""What a lab consists of: its machines, its networks, what happens in it and what proves it; data in YAML."""

from enum import StrEnum
from ipaddress import IPv4Address, IPv4Network
from typing import Annotated, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationInfo,
    field_validator,
    model_validator,
)

from lab.data_file import FOLDER, Number
from lab.errors import Refused
from lab.networks import PRIVATE, is_private
from lab.paths import ROOT

CONTROL = "control"
MOST_COMPUTES = 9
COMPUTES = tuple(f"compute{number}" for number in range(1, MOST_COMPUTES + 1))
MACHINE_STAGE, CONTROL_STAGE, COMPUTE_STAGE, READY_STAGE = BUILT_IN = (
    "machines",
    "control",
    "computes",
    "ready",
)
# The last number of the control machine's addresses; floating IPs have those above the lower quarter.
CONTROL_NUMBER = 10


class Role(StrEnum):
    """What a machine does in the cloud; `control` may do both."""

    CONTROL = "control"
    COMPUTE = "compute"


class Strict(BaseModel):
    """A part of a scenario: unknown keys are errors, values do not change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class MachineSpec(Strict):
    """One machine that a lab boots."""

    roles: Annotated[tuple[Role, ...], Field(min_length=1, description="What the machine does in the cloud")]
    memory: Annotated[Number, Field(ge=512, description="Memory in MiB")]
    cpus: Annotated[Number, Field(ge=1, description="Virtual processors")] = 1
    disk: Annotated[Number, Field(ge=20, description="Disk in GiB; system containers share the host's")] = 20


class Stage(Strict):
    """A command that the lab runs, after the deployment, in /dietstack of one machine."""

    name: Annotated[str, Field(description="What the progress and the log call it")]
    machine: Annotated[str, Field(description="The machine it runs in")] = CONTROL
    run: Annotated[str, Field(description="The command, for bash, as root")]


def where_it_is(check: str, info: ValidationInfo) -> str:
    """The path of CHECK if the folder of the scenario has it; as it is if the checkout has it."""
    if not info.context:  # a lab's scenario, which was looked at when the lab was made
        return check
    own = info.context[FOLDER] / check
    if own.exists():
        return str(own.resolve())
    if not (ROOT / check).exists():
        raise ValueError("name a file or folder beside the scenario, or one of the checkout")
    return check


MachineName = Annotated[str, StringConstraints(pattern=rf"^(control|compute[1-{MOST_COMPUTES}])$")]


class Scenario(Strict):
    """A lab that can be had: by its name, which is that of its folder."""

    name: Annotated[
        str, Field(pattern=r"^[a-z][a-z0-9-]{0,29}$", description="That of its folder, unless given")
    ] = ""
    description: Annotated[str, Field(description="One line that tells a person what it is good for")]
    local: Annotated[bool, Field(description="On this very machine: nothing is booted")] = False
    deploy: Annotated[
        bool, Field(description="A cloud is deployed in the machines; without it they are only booted")
    ] = True
    ds: Annotated[
        IPv4Network,
        Field(description="Network between the machines, a private /24; the next free one if taken"),
    ] = IPv4Network("192.168.23.0/24")
    external: Annotated[
        IPv4Network, Field(description="Network of floating IPs, a private /24; the next free one if taken")
    ] = IPv4Network("192.168.99.0/24")
    machines: dict[MachineName, MachineSpec]
    stages: Annotated[
        tuple[Stage, ...], Field(description="What happens when the cloud is ready, in this order")
    ] = ()
    checks: Annotated[
        tuple[Annotated[str, AfterValidator(where_it_is)], ...],
        Field(description="Folders and files of tests that prove it, beside the scenario or in the checkout"),
    ] = ("tests/e2e",)

    @field_validator("ds", "external")
    @classmethod
    def _is_a_private_24(cls, network: IPv4Network) -> IPv4Network:
        if network.prefixlen != 24:
            raise ValueError("give a network with the prefix /24")
        if not is_private(network):
            raise ValueError(f"give a private network: a part of {', '.join(map(str, PRIVATE))}")
        return network

    @model_validator(mode="after")
    def _is_a_cloud(self) -> Self:
        if CONTROL not in self.machines or Role.CONTROL not in self.machines[CONTROL].roles:
            raise ValueError("add a machine 'control' with the role control")
        for name, spec in self.machines.items():
            if name != CONTROL and spec.roles != (Role.COMPUTE,):
                raise ValueError(f"give machine {name!r} the one role compute")
        if not self.computes:
            raise ValueError("give a machine the role compute, or no server can run")
        if self.local and set(self.machines) != {CONTROL}:
            raise ValueError("leave machine 'control' alone, or set local to false")
        if self.local and not self.deploy:
            raise ValueError("set deploy to true, or local to false: nothing is left to do")
        if self.ds == self.external:
            raise ValueError("give external another network than ds")
        if len(set(self.stage_names)) < len(self.stage_names):
            raise ValueError(f"give each stage a name of its own, none of {', '.join(BUILT_IN)}")
        for stage in self.stages:
            if stage.machine not in self.machines:
                raise ValueError(
                    f"name a machine of the scenario in stage {stage.name!r}, not {stage.machine!r}"
                )
        return self

    @property
    def control(self) -> MachineSpec:
        """The control machine."""
        return self.machines[CONTROL]

    @property
    def computes(self) -> list[str]:
        """The names of the machines on which servers run, `control` among them if it has both roles."""
        return [name for name, spec in self.machines.items() if Role.COMPUTE in spec.roles]

    @property
    def compute_machines(self) -> list[str]:
        """The names of the machines that are compute nodes and nothing else, by their numbers."""
        return sorted(name for name in self.machines if name != CONTROL)

    @property
    def stage_names(self) -> list[str]:
        """The stages in which it comes up: those that every scenario like it has, then its own."""
        built_in = BUILT_IN if self.deploy else BUILT_IN[:1]
        there = [name for name in built_in if name != COMPUTE_STAGE or self.compute_machines]
        return [*there, *(stage.name for stage in self.stages)]

    @property
    def memory(self) -> int:
        """MiB that all machines together have."""
        return sum(spec.memory for spec in self.machines.values())

    def with_computes(self, number: int) -> Self:
        """The same with so many compute machines: its first ones, and more that are like its last."""
        there = self.compute_machines
        if not there:
            mend = f"scenario {self.name} has no compute machine that others could be like; take one that has"
            raise Refused("--computes", number, mend)
        names = [*there, *(name for name in COMPUTES if name not in there)][:number]
        for stage in self.stages:
            if stage.machine not in {CONTROL, *names}:
                raise Refused("--computes", number, f"stage {stage.name!r} needs {stage.machine}; keep it")
        specs = {name: self.machines.get(name, self.machines[there[-1]]) for name in sorted(names)}
        return self.model_copy(update={"machines": {CONTROL: self.control} | specs})


def number_of(machine: str) -> int:
    """The last number of the address of MACHINE in the network ds: control 10, compute1 11, ..."""
    return CONTROL_NUMBER + int(machine.removeprefix("compute") if machine != CONTROL else 0)


def address_of(machine: str, network: IPv4Network) -> IPv4Address:
    """The address of MACHINE in NETWORK."""
    return network[number_of(machine)]
