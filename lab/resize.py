"""A lab that gets compute machines, or loses some, while its cloud is at work."""

from collections.abc import Sequence

from lab.api import cloud_answers, connect
from lab.checkpoint import recover
from lab.cloud import Cloud
from lab.deadline import Deadline
from lab.deployment import run_command
from lab.doctor.resources import WRITTEN_BY_A_MACHINE, check_disk, check_memory
from lab.errors import Refused
from lab.labs import Lab, Phase, labs_directory
from lab.provider.byname import provider_called
from lab.ready import forget_compute
from lab.report import Report
from lab.scenario import Scenario
from lab.up import check, deploy_computes, raise_unless_all_are_up


def resize(lab: Lab, scenario: Scenario, report: Report) -> Lab:
    """Let LAB have the compute machines of SCENARIO and return it; those that it keeps are not touched.

    New ones of a lab that is ready are deployed; in one that is not they wait for `bring_up`, as they do when
    this is interrupted. The caller holds the lab. Refused while servers are on a machine that would go, and
    where the host has no room for those that come.
    """
    Deadline.slowness = lab.slowness
    going = [name for name in lab.scenario.machines if name not in scenario.machines]
    coming = [name for name in scenario.machines if name not in lab.scenario.machines]
    if coming:
        refuse_without_room(lab.provider, scenario, coming)
    if going or coming:
        lab = recover(lab)
    with cloud_answers():
        if going:
            lab = remove_computes(lab, going, report)
        if coming:
            lab = lab.save(scenario=scenario)
        if coming and lab.phase is Phase.READY:
            add_computes(lab, coming, report)
    return lab


def add_computes(lab: Lab, names: Sequence[str], report: Report) -> None:
    """Boot the compute machines NAMES, deploy in them as in the others, and see a server run on each."""
    booted = provider_called(lab.provider).up(lab, report)
    if not lab.scenario.deploy:
        raise_unless_all_are_up(booted)
        return
    cloud = Cloud(connect("dietstack-admin", lab.clouds_yaml))
    failures = deploy_computes(lab, names, booted, cloud, report)
    check(cloud, names, failures, report)


def remove_computes(lab: Lab, names: Sequence[str], report: Report) -> Lab:
    """Take the compute machines NAMES away in good order, as in docs/operate.md; returns LAB without them."""
    provider = provider_called(lab.provider)
    machines = provider.machines(lab)
    cloud = Cloud(connect("dietstack-admin", lab.clouds_yaml)) if lab.clouds_yaml.exists() else None
    if cloud:
        refuse_while_in_use(cloud, names)
    for name in names:
        with report.stage(f"remove {name}") as stage:
            if provider.is_up(machines[name]):
                run_command(machines[name], "./destroyds.sh", {}, stage.waiting_for)
            if cloud:
                forget_compute(cloud, name)
            provider.remove(machines[name])
            left = {one: spec for one, spec in lab.scenario.machines.items() if one != name}
            lab = lab.save(scenario=lab.scenario.model_copy(update={"machines": left}))
    return lab


def refuse_while_in_use(cloud: Cloud, names: Sequence[str]) -> None:
    """Raise Refused while CLOUD has servers on the compute machines NAMES."""
    servers = cloud.api.compute.servers(all_projects=True)
    there = [f"{server.name} on {server.compute_host}" for server in servers if server.compute_host in names]
    if there:
        mend = f"servers are there: {', '.join(there)}; move or delete them first"
        raise Refused("removal of", ", ".join(names), mend)


def refuse_stages_of_a_ready_lab(lab: Lab, scenario: Scenario, start: str, until: str) -> None:
    """Raise Refused for START or UNTIL, if given, of a LAB that is ready and changes to be as SCENARIO.

    Only what the change needs is done then, and no stage anew.
    """
    for option, stage in (("--from", start), ("--until", until)):
        if stage and lab.phase is Phase.READY and scenario != lab.scenario:
            mend = f"lab {lab.name} is ready, and --computes only changes its machines; give one or the other"
            raise Refused(option, stage, mend)


def refuse_without_room(provider: str, scenario: Scenario, names: Sequence[str]) -> None:
    """Raise Refused unless the host has memory and disk for the machines NAMES of SCENARIO on PROVIDER."""
    memory = sum(scenario.machines[name].memory for name in names)
    for finding in (
        check_memory(memory),
        check_disk(len(names) * WRITTEN_BY_A_MACHINE, labs_directory()),
    ):
        if provider in finding.blocks:
            what = f"{finding.check} for {', '.join(names)}"
            raise Refused(what, None, f"{finding.found}; mend it with: {finding.mend}")
