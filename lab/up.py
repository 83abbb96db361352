"""From a scenario to a cloud that is ready, and back to nothing."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

from lab.api import cloud_answers, connect
from lab.checkpoint import Checkpoint, recover
from lab.cloud import Cloud
from lab.deadline import Deadline
from lab.deployment import deploy, run_command
from lab.errors import LabError, even_if_full
from lab.holding import building
from lab.labs import Lab, Phase, find_lab, forget_lab
from lab.machine import Machine
from lab.private import write_private
from lab.provider.base import Provider
from lab.provider.byname import provider_called
from lab.ready import check_servers, forget_compute, wait_for_computes
from lab.report import Report
from lab.scenario import CONTROL, Role
from lab.settings import STATE, parse_settings
from lab.speed import slowness_of
from lab.stages import Kept, refuse_stages
from lab.vagrant import end_processes


def bring_up(
    lab: Lab,
    report: Report,
    *,
    servers: bool = True,
    start: str = "",
    until: str = "",
) -> None:
    """Boot the machines of LAB and deploy in them, until a server has run on every compute.

    Without SERVERS it is enough that every compute is ready for one. A new lab that keeps stages begins after
    the latest one that is kept of one like it; any such lab after the stage START, if given. It ends after
    the stage UNTIL, if given, and is unready then unless that is the last one.

    May be interrupted at any moment and called again: what is there already stays. The caller holds the lab
    (`lab.holding.hold`). Raises LabError that names the machine which failed, with the last lines of its
    console or log; the other machines have gone on as far as they could. Refused when START is not kept.
    """
    refuse_stages(lab.scenario, start, until)
    if start:
        Kept(lab).wanted(start)  # or it is refused before anything is changed
    last = lab.scenario.stage_names[-1]
    with building(lab) as lab_under_way, cloud_answers():
        Building(lab_under_way, report, servers=servers).go(start, until or last)
    if until not in {"", last}:
        find_lab(lab.name).save(phase=Phase.UNFINISHED)


class Building:
    """LAB on its way from stage to stage; the caller of `bring_up` says the rest."""

    def __init__(self, lab: Lab, report: Report, *, servers: bool) -> None:
        self.lab = lab
        self.report = report
        self.servers = servers
        self.provider = provider_called(lab.provider)
        self.booted: dict[str, Machine | LabError] = {}
        self.failures: dict[str, LabError] = {}

    def go(self, start: str, until: str) -> None:
        """Do the stages after START, or after the latest one kept of a new lab, until UNTIL is done."""
        Deadline.slowness = self.lab.slowness
        if not self.lab.scenario.local:
            self.lab = recover(self.lab)
        self.boot()
        todo = self.lab.scenario.stage_names
        if begun := self.begin_from(start, until):
            todo = todo[todo.index(begun) + 1 :]
        for stage in todo:
            self.do(stage)
            if stage == until:
                return

    def boot(self) -> None:
        """Boot the machines, and see how fast they are."""
        self.booted = self.provider.up(self.lab, self.report)
        control = up_or_raise(self.booted[CONTROL])
        self.lab = find_lab(self.lab.name)  # the provider wrote to it
        if self.lab.phase is not Phase.READY:  # or its containers would be made anew for another PATIENCE
            self.lab = self.lab.save(slowness=slowness_of(control))
        Deadline.slowness = self.lab.slowness

    def begin_from(self, start: str, until: str) -> str:
        """Bring the lab to the stage START, a new one to the latest that is kept until UNTIL; tells which."""
        while checkpoint := self.kept(start, until):
            raise_unless_all_are_up(self.booted)
            if begun := Kept(self.lab).begin_from(checkpoint, self.report):
                self.lab = begun.save(phase=Phase.BUILDING)
                return self.lab.stage
        return ""

    def kept(self, start: str, until: str) -> Checkpoint | None:
        """What the lab shall begin from; None when that is nothing."""
        if start:
            return Kept(self.lab).wanted(start)
        is_new = self.lab.phase is not Phase.READY and not self.lab.stage
        return Kept(self.lab).latest(until) if self.lab.keeps_stages and is_new else None

    def do(self, stage: str) -> None:
        """Do STAGE, and keep it if the lab had not come so far before."""
        names = self.lab.scenario.stage_names
        reached = names.index(self.lab.stage) if self.lab.stage in names else -1
        is_new = self.lab.phase is not Phase.READY and names.index(stage) > reached
        match stage:
            case "machines":
                if not self.lab.scenario.deploy:
                    raise_unless_all_are_up(self.booted)
            case "control":
                self.deploy_control()
            case "computes":
                self.deploy_computes()
            case "ready":
                check(self.cloud(), self.compute_nodes(), self.failures, self.report, servers=self.servers)
            case _ if is_new:
                run_stage(self.lab, self.provider, stage, self.report)
        broken = [error for error in self.booted.values() if isinstance(error, LabError)]
        if is_new and not broken and not self.failures:
            self.lab = self.lab.save(stage=stage)
            if self.lab.keeps_stages:
                Kept(self.lab).keep(stage, self.report)

    def deploy_control(self) -> None:
        """Deploy in the control machine, and let the host into its cloud."""
        control = up_or_raise(self.booted[CONTROL])
        deploy_control(self.lab, control, self.report)
        fetch_clouds_yaml(self.lab, control)

    def deploy_computes(self) -> None:
        """Deploy in the compute machines; what failed in some is raised when the others are ready."""
        names = self.lab.scenario.compute_machines
        self.failures = deploy_computes(self.lab, names, self.booted, self.cloud(), self.report)

    def compute_nodes(self) -> Sequence[str]:
        """The names under which the cloud has them: those of the machines, but this very one has its own."""
        if self.lab.scenario.local:
            return [up_or_raise(self.booted[CONTROL]).run("uname -n")]
        return self.lab.scenario.computes

    def cloud(self) -> Cloud:
        """The cloud of the lab, as its administrator."""
        return Cloud(connect("dietstack-admin", self.lab.clouds_yaml))


def take_down(lab: Lab, report: Report) -> None:
    """Remove LAB and all that it has on the host, its name and networks too; the caller holds the lab."""
    provider = provider_called(lab.provider)
    with even_if_full():
        lab = lab.save(phase=Phase.BUILDING, stage="")  # who is killed meanwhile leaves nothing that is ready
    try:
        if lab.scenario.local:
            with report.stage("remove the cloud") as stage:
                run_command(provider.machines(lab)[CONTROL], "./destroyds.sh", {}, stage.waiting_for)
        with report.stage("remove the machines"):
            provider.destroy(lab)
            forget_lab(lab.directory)
    except BaseException:
        with even_if_full():
            if lab.file.exists():
                lab.save(phase=Phase.UNFINISHED)
        raise


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


def run_stage(lab: Lab, provider: Provider, name: str, report: Report) -> None:
    """Run what the scenario of LAB itself has to happen in its stage NAME."""
    (part,) = (part for part in lab.scenario.stages if part.name == name)
    with report.stage(part.name) as stage:
        run_command(provider.machines(lab)[part.machine], part.run, {}, stage.waiting_for)


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
    write_private(lab.clouds_yaml, control.run(f"cat {STATE}/clouds.yaml") + "\n")


def raise_unless_all_are_up(booted: Mapping[str, Machine | LabError]) -> None:
    """Raise the error of the first machine that is not up, if there is one."""
    for machine in booted.values():
        up_or_raise(machine)


def up_or_raise(machine: Machine | LabError) -> Machine:
    """MACHINE, unless it is the error that kept it from being up."""
    if isinstance(machine, LabError):
        raise machine
    return machine
