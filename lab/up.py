"""From a scenario to a cloud that is ready, and back to nothing."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

from lab.api import cloud_answers, connect
from lab.cloud import Cloud
from lab.deadline import Deadline
from lab.deployment import deploy, run_command
from lab.errors import LabError
from lab.holding import building
from lab.labs import Lab, Phase, find_lab, forget_lab
from lab.machine import Machine
from lab.provider.base import Provider
from lab.provider.byname import provider_called
from lab.ready import check_servers, forget_compute, wait_for_computes
from lab.report import Report
from lab.scenario import CONTROL, Role
from lab.settings import STATE, parse_settings
from lab.speed import slowness_of
from lab.vagrant import end_processes


def bring_up(lab: Lab, report: Report, *, servers: bool = True) -> None:
    """Boot the machines of LAB and deploy in them, until a server has run on every compute.

    Without SERVERS it is enough that every compute is ready for one.

    May be interrupted at any moment and called again: what is there already stays. The caller holds the lab
    (`lab.holding.hold`). Raises LabError that names the machine which failed, with the last lines of its
    console or log; the other machines have gone on as far as they could.
    """
    with building(lab) as lab_under_way, cloud_answers():
        build(lab_under_way, report, servers=servers)


def build(lab: Lab, report: Report, *, servers: bool) -> None:
    """What `bring_up` does with LAB."""
    provider = provider_called(lab.provider)
    Deadline.slowness = lab.slowness
    booted = provider.up(lab, report)
    control = up_or_raise(booted[CONTROL])
    lab = find_lab(lab.name)  # the provider wrote to it
    if lab.phase is not Phase.READY:  # or its containers would be made anew for another PATIENCE
        lab = lab.save(slowness=slowness_of(control))
    Deadline.slowness = lab.slowness

    if lab.scenario.deploy:
        deploy_control(lab, control, report)
        fetch_clouds_yaml(lab, control)
        cloud = Cloud(connect("dietstack-admin", lab.clouds_yaml))
        failures = deploy_computes(lab, lab.scenario.compute_machines, booted, cloud, report)
        check(cloud, lab.scenario.computes, failures, report, servers=servers)
    else:
        raise_unless_all_are_up(booted)
    run_stages(lab, provider, report)


def take_down(lab: Lab, report: Report) -> None:
    """Remove LAB and all that it has on the host, its name and networks too; the caller holds the lab."""
    provider = provider_called(lab.provider)
    if lab.scenario.local:
        with report.stage("remove the cloud") as stage:
            run_command(provider.machines(lab)[CONTROL], "./destroyds.sh", {}, stage.waiting_for)
    with report.stage("remove the machines"):
        provider.destroy(lab)
        forget_lab(lab.directory)


def deploy_control(lab: Lab, control: Machine, report: Report) -> None:
    """Deploy in the control machine."""
    settings = {
        "CONTROL_NODE": "true",
        "COMPUTE_NODE": "true" if Role.COMPUTE in control.spec.roles else "false",
    }
    if not lab.scenario.local:
        settings |= shared_settings(lab) | {"EXTERNAL_INTERFACE": "external"}
    with report.stage(f"deploy {CONTROL}") as stage:
        deploy(control, settings, stage.waiting_for)


def deploy_computes(
    lab: Lab, names: Sequence[str], booted: Mapping[str, Machine | LabError], cloud: Cloud, report: Report
) -> dict[str, LabError]:
    """Deploy in the compute machines NAMES side by side; what kept which of them from being one."""
    settings = shared_settings(lab) | {
        "CONTROL_NODE": "false",
        "COMPUTE_NODE": "true",
        "CONTROL_NODE_DS_IP": str(lab.control_address),
        "PASSWORDS": passwords_of(up_or_raise(booted[CONTROL])),
    }

    def deploy_one(name: str) -> None:
        with report.stage(f"deploy {name}") as stage:
            machine = up_or_raise(booted[name])
            if not machine.succeeds(f"test -e {STATE}/settings.sh"):
                forget_compute(cloud, name)
            deploy(machine, settings, stage.waiting_for)

    failures = {}
    with ThreadPoolExecutor(max_workers=len(names) or 1) as pool:
        running = {name: pool.submit(deploy_one, name) for name in names}
        try:
            for name, future in running.items():
                if error := future.exception():
                    failures[name] = error_of(error)
        except BaseException:
            end_processes(lab.directory)
            raise
    return failures


def error_of(error: BaseException) -> LabError:
    """ERROR, if it is one of the lab; raises any other."""
    if isinstance(error, LabError):
        return error
    raise error


def check(
    cloud: Cloud,
    names: Sequence[str],
    failures: Mapping[str, LabError],
    report: Report,
    *,
    servers: bool = True,
) -> None:
    """See every compute of NAMES that was deployed be ready for a server, with SERVERS also run one.

    Then raise what kept the others from it.
    """
    computes = [name for name in names if name not in failures]
    if computes:
        with report.stage("check") as stage:
            wait_for_computes(cloud, computes, stage)
            if servers:
                check_servers(cloud, computes, stage)
    if failures:
        others = f"\nThe others are ready: {', '.join(computes)}." if computes else ""
        errors = list(failures.values())
        raise LabError(errors[0].layer, "\n".join(error.message for error in errors) + others)


def run_stages(lab: Lab, provider: Provider, report: Report) -> None:
    """Run what the scenario itself has to happen."""
    machines = provider.machines(lab)
    for part in lab.scenario.stages:
        with report.stage(part.name) as stage:
            run_command(machines[part.machine], part.run, {}, stage.waiting_for)


def shared_settings(lab: Lab) -> dict[str, str]:
    """The settings that all machines of LAB share."""
    return {
        "DS_INTERFACE": "ds",
        "EXTERNAL_IP": f"{lab.external_address}/{lab.external.prefixlen}",
        "PATIENCE": str(lab.patience),
    }


def passwords_of(control: Machine) -> str:
    """The one secret of the cloud, which CONTROL remembers."""
    return parse_settings(control.run(f"cat {STATE}/settings.sh")).passwords


def fetch_clouds_yaml(lab: Lab, control: Machine) -> None:
    """Give the host its own clouds.yaml, for the owner of the lab alone."""
    content = control.run(f"cat {STATE}/clouds.yaml")
    lab.clouds_yaml.touch(mode=0o600)
    lab.clouds_yaml.write_text(content + "\n")


def raise_unless_all_are_up(booted: Mapping[str, Machine | LabError]) -> None:
    """Raise the error of the first machine that is not up, if there is one."""
    for machine in booted.values():
        up_or_raise(machine)


def up_or_raise(machine: Machine | LabError) -> Machine:
    """MACHINE, unless it is the error that kept it from being up."""
    if isinstance(machine, LabError):
        raise machine
    return machine
