"""All checks, side by side, and what follows from them for a scenario."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any

from lab.doctor.choice import Choice, choose
from lab.doctor.docker import check_docker, check_machine_image
from lab.doctor.finding import ALL, HERE, Finding
from lab.doctor.host_network import check_default_route, check_dns
from lab.doctor.kernel import check_cgroups, check_nfs, check_vxlan
from lab.doctor.kvm import check_kvm, check_nesting
from lab.doctor.libvirt import check_box, check_libvirt
from lab.doctor.resources import WRITTEN_BY_A_MACHINE, check_disk, check_memory
from lab.doctor.stale import check_stale
from lab.doctor.subnets import check_subnets
from lab.doctor.vagrant import check_plugin, check_vagrant
from lab.errors import Refused
from lab.labs import all_labs, labs_directory
from lab.networks import networks_of_host
from lab.paths import ROOT, release
from lab.scenario import Scenario

Check = Callable[[], Finding]


@dataclass(frozen=True)
class Examination:
    """What was found for so many LABS of a scenario, and the provider that follows from it."""

    scenario: str
    labs: int
    findings: list[Finding]
    choice: Choice

    @property
    def ok(self) -> bool:
        """Whether there is a provider on which the labs can work."""
        return self.choice.provider is not None

    @property
    def possible(self) -> frozenset[str]:
        """The providers on which labs can work."""
        return ALL - {provider for finding in self.findings for provider in finding.blocks}

    def refusal(self, provider: str = "") -> Refused:
        """What to say to somebody who wants labs on PROVIDER, or on any, when none of them can work."""
        blocking = [finding for finding in self.findings if finding.blocks]
        first = next((one for one in blocking if provider in one.blocks), blocking[0])
        setting = f"provider {provider!r} for scenario" if provider else "scenario"
        return Refused(setting, self.scenario, f"{first.check}: {first.found}; mend it with: {first.mend}")

    def as_json(self) -> dict[str, Any]:
        """What a program reads."""
        return {
            "scenario": self.scenario,
            "labs": self.labs,
            "provider": self.choice.provider,
            "why": self.choice.why,
            "findings": [finding.as_json() for finding in self.findings],
        }


def examine(scenario: Scenario, labs: int = 1, allowed: frozenset[str] = ALL) -> Examination:
    """Look at this host with the eyes of somebody who wants so many LABS of SCENARIO; takes up to 20 s.

    ALLOWED are the providers to choose from. A scenario of this very machine is examined by the deployment.
    """
    if scenario.local:
        return Examination(scenario.name, labs, [], Choice(HERE, "the scenario is this very machine"))
    with ThreadPoolExecutor() as pool:
        findings = list(pool.map(lambda check: check(), checks(scenario, labs)))
    return Examination(scenario.name, labs, findings, choose(findings, allowed))


def checks(scenario: Scenario, labs: int) -> list[Check]:
    """Everything that is looked at, in the order in which a person reads it."""
    existing = all_labs()
    leased = [network for lab in existing for network in (lab.ds, lab.external)]
    disk = len(scenario.machines) * WRITTEN_BY_A_MACHINE * labs
    return [
        partial(check_kvm, ROOT / "build"),
        check_nesting,
        check_nfs,
        check_vxlan,
        check_cgroups,
        partial(check_memory, scenario.memory * labs),
        partial(check_disk, disk, labs_directory()),
        partial(check_subnets, scenario.ds, scenario.external, networks_of_host() + leased, labs),
        check_default_route,
        check_dns,
        check_docker,
        partial(check_machine_image, f"dietstack/machine:{release()}", ROOT / "build/store"),
        check_vagrant,
        check_plugin,
        partial(check_libvirt, ROOT / "build/box"),
        partial(check_box, ROOT / "build/box/machine.box"),
        check_stale,
    ]
