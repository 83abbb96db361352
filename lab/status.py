"""How a lab is right now: its machines, and what the cloud says of its own parts."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from lab.api import NO_ANSWER, Api, connect
from lab.labs import Lab
from lab.provider.byname import provider_called

SECONDS_TO_LOOK = 30


@dataclass(frozen=True)
class Part:
    """A machine of a lab, or a part of its cloud on MACHINE; whether it is WELL, and what is to SAY of it."""

    kind: str
    name: str
    machine: str
    well: bool
    say: str = ""


@dataclass(frozen=True)
class Status:
    """A lab and its parts."""

    lab: Lab
    owner: int | None
    parts: list[Part]

    @property
    def is_well(self) -> bool:
        """Whether all parts are well."""
        return all(part.well for part in self.parts)

    def as_json(self) -> dict[str, Any]:
        """What a program reads."""
        parts = [asdict(part) for part in self.parts]
        return self.lab.facts() | {"owner": self.owner, "well": self.is_well, "parts": parts}


def status_of(lab: Lab) -> Status:
    """Ask the machines of LAB and its cloud how they are."""
    provider = provider_called(lab.provider)
    parts = [
        Part(
            "machine",
            name,
            name,
            up := provider.is_up(machine),
            str(machine.address) if up else "has no power",
        )
        for name, machine in provider.machines(lab).items()
    ]
    return Status(lab, lab.owner, [*parts, *cloud_parts(lab)])


def cloud_parts(lab: Lab) -> Iterator[Part]:
    """The parts of LAB's cloud; one that is not well where there should be a cloud that answers."""
    if not lab.clouds_yaml.exists():
        yield Part("cloud", "cloud", "control", not lab.scenario.deploy, "not deployed yet")
        return
    try:
        yield from services(connect("dietstack-admin", lab.clouds_yaml, within=SECONDS_TO_LOOK))
    except NO_ANSWER as error:
        yield Part("cloud", "cloud", "control", False, f"does not answer: {error}")


def services(api: Api) -> Iterator[Part]:
    """What Nova, Neutron and Cinder say of their parts on each machine."""
    for service in api.compute.services():
        say = (
            "" if service.status == "enabled" else f"disabled: {service.disabled_reason or 'no reason given'}"
        )
        yield Part("service", service.binary, service.host, service.state == "up", say or str(service.state))
    for agent in api.network.agents():
        yield Part(
            "agent", agent.binary, agent.host, bool(agent.is_alive), "up" if agent.is_alive else "silent"
        )
    for volume in api.block_storage.services():
        yield Part(
            "service", volume.binary, volume.host.partition("@")[0], volume.state == "up", str(volume.state)
        )
