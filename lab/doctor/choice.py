"""Which provider the findings speak for, and why."""

from collections.abc import Iterable
from dataclasses import dataclass

from lab.doctor import kvm
from lab.doctor.finding import ALL, Finding


@dataclass(frozen=True)
class Choice:
    """The provider to take, none if nothing works, and why."""

    provider: str | None
    why: str


def choose(findings: Iterable[Finding], allowed: frozenset[str] = ALL) -> Choice:
    """Machines with KVM where it works in them as well, else system containers, else emulated machines."""
    findings = list(findings)
    possible = allowed - {provider for finding in findings for provider in finding.blocks}
    fast = all(finding.ok for finding in findings if finding.check in {kvm.CHECK, kvm.NESTING})
    if "libvirt" in possible and fast:
        return Choice("libvirt", "KVM works, also in its guests: machines of their own kernel, at full speed")
    if "docker" in possible:
        reason = "libvirt is not ready" if fast else "KVM does not work for machines and their servers"
        return Choice("docker", f"{reason}; system containers need none of it")
    if "libvirt" in possible:
        return Choice(
            "libvirt", "system containers cannot work; emulated machines can, about ten times slower"
        )
    return Choice(
        None, "; ".join(f"{finding.check}: {finding.found}" for finding in findings if finding.blocks)
    )
