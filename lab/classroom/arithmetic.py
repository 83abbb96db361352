"""How many seats fit, of either kind, and what would have to go for one more; before anything boots."""

from dataclasses import dataclass, replace
from pathlib import Path

from lab.classroom.plan import MOST_SEATS, Kind, Plan
from lab.doctor import Examination, examine
from lab.doctor.choice import Choice
from lab.doctor.finding import ALL, Finding, bad, good
from lab.doctor.resources import memory_available, memory_in_all
from lab.errors import Refused
from lab.labs import Lab, all_labs
from lab.scenario import MachineSpec, Role, Scenario

CHECK = "seats"
# What deploy/services/nova/memory.sh keeps for the node itself, and the kernel before it, in MiB.
CONTROL_KEEPS, COMPUTE_KEEPS, KERNEL_KEEPS = 2688, 448, 64
MEMINFO = Path("/proc/meminfo")


@dataclass(frozen=True)
class Sum:
    """How many seats of KIND fit, and what ONE MORE takes."""

    kind: Kind
    fit: int
    one_more: str

    def __str__(self) -> str:
        what = {Kind.PROJECT: "as projects of one lab", Kind.LAB: "as labs of their own"}[self.kind]
        return f"{self.fit} {what} (one more: {self.one_more})"


def check_seats(
    plan: Plan, scenario: Scenario, labs: list[Lab], seats: int, meminfo: Path = MEMINFO
) -> Finding:
    """Whether so many SEATS of PLAN, spares included, fit into labs of SCENARIO on this host, which has LABS.

    What is in labs of the class itself is counted as its own.
    """
    sums = {Kind.PROJECT: projects_that_fit(plan, scenario, labs, meminfo)}
    if not scenario.local:
        sums[Kind.LAB] = labs_that_fit(plan, scenario, labs, meminfo)
    room = ", or for ".join(map(str, sums.values()))
    found = f"{seats} wanted as {plan.kind}; there is room for {room}"
    mine = sums[plan.kind]
    if mine.fit >= seats:
        return good(CHECK, found)
    other = next((one for one in sums.values() if one.fit >= seats), None)
    key = f"kind: {other.kind}" if other else fewer(seats - plan.spares, plan.spares, mine.fit)
    mend = f"{key}  # in the file of the class; or " if key else ""
    return bad(CHECK, found, f"{mend}have {mine.one_more}", ALL)


def fewer(seats: int, spares: int, fit: int) -> str:
    """What of so many SEATS and SPARES may stay when so many FIT, spares going first; nothing if none may."""
    if fit >= seats:
        return f"spares: {fit - seats}"
    if fit == 0:
        return ""
    return f"seats: {fit}" + (", spares: 0" if spares else "")


def refuse_what_does_not_fit(plan: Plan, scenario: Scenario, labs: list[Lab], seats: int) -> None:
    """Raise Refused unless so many SEATS of PLAN, spares included, fit."""
    finding = check_seats(plan, scenario, labs, seats, MEMINFO)
    if not finding.ok:
        raise Refused(CHECK, seats, f"{finding.found}; mend it with: {finding.mend}")


def projects_that_fit(plan: Plan, scenario: Scenario, labs: list[Lab], meminfo: Path) -> Sum:
    """How many projects have room for all the servers of their quota, each of them on one machine."""
    quota = plan.quota.ram
    if not scenario.local and plan.name not in {lab.name for lab in labs}:
        missing = scenario.memory - memory_available(meminfo)
        if missing > 0:
            return Sum(Kind.PROJECT, 0, f"{missing} MiB of memory for the lab; {what_could_go(plan, labs)}")
    rooms = {name: room_of(scenario, name, meminfo) for name in scenario.computes}
    if quota == 0:
        return Sum(Kind.PROJECT, MOST_SEATS, "nothing: they have no servers")
    fit = sum(room // quota for room in rooms.values())
    name = max(rooms, key=lambda name: rooms[name] % quota)
    lacking = quota - rooms[name] % quota
    where = "this machine" if scenario.local else f"{name} of scenario {scenario.name}"
    return Sum(Kind.PROJECT, fit, f"{lacking} MiB of memory in {where}, or a smaller quota.ram than {quota}")


def labs_that_fit(plan: Plan, scenario: Scenario, labs: list[Lab], meminfo: Path) -> Sum:
    """How many labs have room in the memory of this host, those that the class has already among them."""
    available = memory_available(meminfo)
    there = sum(lab.name.startswith(f"{plan.name}-seat") for lab in labs)
    lacking = scenario.memory - available % scenario.memory
    return Sum(
        Kind.LAB,
        there + available // scenario.memory,
        f"{lacking} MiB of memory; {what_could_go(plan, labs)}",
    )


def room_of(scenario: Scenario, machine: str, meminfo: Path) -> int:
    """MiB that Nova gives to servers on MACHINE."""
    spec: MachineSpec = scenario.machines[machine]
    memory = memory_in_all(meminfo) if scenario.local else spec.memory - KERNEL_KEEPS
    return max(0, memory - (CONTROL_KEEPS if Role.CONTROL in spec.roles else COMPUTE_KEEPS))


def what_could_go(plan: Plan, labs: list[Lab]) -> str:
    """What of this user's LABS takes memory that the class of PLAN could have."""
    others = [lab for lab in labs if not plan.may_call(lab.name) and not lab.scenario.local]
    gains = [f"dslab down {lab.name} ({lab.scenario.memory} MiB)" for lab in others]
    return " or ".join(gains) or "no other lab takes any"


def examine_class(plan: Plan, scenario: Scenario) -> Examination:
    """What the doctor finds for the class of PLAN with labs of SCENARIO, before anything boots."""
    labs = 1 if plan.kind is Kind.PROJECT else plan.all_seats
    examination = examine(scenario, labs=labs)
    seats = check_seats(plan, scenario, all_labs(), plan.all_seats, MEMINFO)
    choice = examination.choice if seats.ok else Choice(None, f"{seats.check}: {seats.found}")
    return replace(examination, findings=[seats, *examination.findings], choice=choice)
