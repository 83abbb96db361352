"""Which layer failed: what the error says, and where it says nothing, what is sick around it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import paramiko

from lab.api import NO_ANSWER
from lab.errors import LabError, Layer, Overdue, layer_of_fault

THE_WAY_ENDS = "the way ends: "
ENDS = {
    Layer.VXLAN: ("vxlan-", "way to "),
    Layer.DHCP: ("DHCP", "qdhcp-", "ns-"),
    Layer.GUEST: ("server ",),
}
ON_THE_WAY = {Layer.NETWORK, Layer.VXLAN, Layer.DHCP, Layer.METADATA}


@dataclass(frozen=True)
class Verdict:
    """The LAYER that failed (None: all layers are well, the test asked for something else), and why."""

    layer: Layer | None
    reason: str

    def __str__(self) -> str:
        layer = f"layer {self.layer}" if self.layer else "no layer: what the test looked at is well"
        return f"{layer}: {self.reason}"


def judge(
    error: BaseException,
    silent_machines: Iterable[str] = (),
    faults: Iterable[str] = (),
    sick_containers: Iterable[str] = (),
    ends: Iterable[str] = (),
) -> Verdict:
    """The verdict on ERROR amid machines that are silent, FAULTS of the test's things, sick containers.

    ENDS say where ways of its servers' ports end; whatever is not about the network may have wanted that.
    """
    told = next((cause for cause in causes(error) if isinstance(cause, LabError)), None)
    if told is not None and not isinstance(told, Overdue):
        return with_end(verdict_of(told), ends)
    for machine in silent_machines:
        return Verdict(Layer.MACHINE, f"{machine} does not answer")
    for fault in faults:
        return Verdict(layer_of_fault(fault), first_line(fault))
    for container in sick_containers:
        return Verdict(Layer.SERVICE, container)
    if told is not None:
        for end in ends:
            return Verdict(layer_of_end(end), end)
        return verdict_of(told)
    return Verdict(layer_of_exception(error), f"{type(error).__name__}: {first_line(str(error))}")


def verdict_of(error: LabError) -> Verdict:
    """What ERROR itself says."""
    return Verdict(error.layer, first_line(str(error).partition(": ")[2]))


def with_end(verdict: Verdict, ends: Iterable[str]) -> Verdict:
    """VERDICT, and where the way ends that it is about."""
    end = next(iter(ends), None)
    if end is None or verdict.layer not in ON_THE_WAY:
        return verdict
    return Verdict(verdict.layer, f"{verdict.reason}; {end}")


def layer_of_end(end: str) -> Layer:
    """The layer in which a way ENDs."""
    for layer, clues in ENDS.items():
        if end.removeprefix(THE_WAY_ENDS).startswith(clues):
            return layer
    return Layer.NETWORK


def layer_of_exception(error: BaseException) -> Layer | None:
    """The layer that an exception of a library points at."""
    for cause in causes(error):
        if isinstance(cause, paramiko.SSHException):
            return Layer.GUEST
        if isinstance(cause, NO_ANSWER):
            return layer_of_fault(str(cause))
    return None


def causes(error: BaseException | None) -> Iterator[BaseException]:
    """ERROR and what led to it."""
    while error is not None:
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def first_line(text: str) -> str:
    """The first line of TEXT that says something."""
    return next((line.strip() for line in text.splitlines() if line.strip()), "no words")
