"""How many seats fit: sums that a person can do again."""

from pathlib import Path
from typing import Any

import pytest

from lab.classroom import arithmetic
from lab.classroom.arithmetic import check_seats, examine_class, room_of
from lab.classroom.plan import Plan
from lab.doctor.choice import Choice
from lab.doctor.examination import Examination
from lab.doctor.finding import ALL, Finding
from lab.labs import Lab, create_lab
from lab.paths import ROOT
from lab.scenario import Scenario
from tests.unit.docs.markdown import Document
from tests.unit.lab.classroom.school import PLAN, ROOMY, School
from tests.unit.lab.scenarios import LOCAL, MULTINODE


def plan(**changes: Any) -> Plan:
    return Plan.model_validate(PLAN.model_dump() | changes)


def judged(school: School, wanted: Plan, scenario: Scenario = ROOMY, labs: tuple[Lab, ...] = ()) -> Finding:
    return check_seats(wanted, scenario, list(labs), wanted.all_seats, school.meminfo)


def test_projects_fit_into_the_room_for_servers(school: School) -> None:
    assert judged(school, plan(seats=8)).ok
    finding = judged(school, plan(seats=8, spares=1))
    assert not finding.ok
    assert finding.blocks == ALL
    assert finding.found.startswith("9 wanted as project; there is room for 8 as projects of one lab")
    assert "512 MiB of memory in compute1 of scenario roomy, or a smaller quota.ram than 512" in finding.mend
    assert finding.mend.startswith("spares: 0  # in the file of the class; or have 512 MiB of memory")


@pytest.mark.parametrize(
    ("seats", "spares", "mend"),
    [
        (7, 3, "spares: 1  # in the file of the class; or have "),
        (8, 3, "spares: 0  # in the file of the class; or have "),
        (9, 3, "seats: 8, spares: 0  # in the file of the class; or have "),
        (9, 0, "seats: 8  # in the file of the class; or have "),
    ],
)
def test_fewer_are_made_of_those_that_nobody_waits_for(
    school: School, seats: int, spares: int, mend: str
) -> None:
    assert judged(school, plan(seats=seats, spares=spares)).mend.startswith(mend)


def test_no_seats_at_all_are_no_mend(school: School) -> None:
    school.has(ROOMY.memory - 300)
    assert judged(school, plan(seats=1)).mend.startswith("have 300 MiB of memory for the lab; no other lab")


def test_a_smaller_quota_makes_room(school: School) -> None:
    assert judged(school, plan(seats=21, quota={"ram": 192})).ok
    assert not judged(school, plan(seats=22, quota={"ram": 192})).ok
    assert judged(school, plan(seats=99, quota={"ram": 0})).ok


def test_all_servers_of_a_seat_are_on_one_machine(school: School) -> None:
    assert judged(school, plan(seats=2), MULTINODE).ok
    finding = judged(school, plan(seats=3, quota={"ram": 384}), MULTINODE)
    assert "room for 2 as projects" in finding.found
    assert "256 MiB of memory in compute1" in finding.mend


def test_labs_fit_into_the_memory_of_the_host(school: School) -> None:
    school.has(2 * ROOMY.memory + 1000)
    assert judged(school, plan(kind="lab", seats=2)).ok
    finding = judged(school, plan(kind="lab", seats=3))
    assert not finding.ok
    assert "room for 8 as projects of one lab" in finding.found
    assert "or for 2 as labs of their own" in finding.found
    assert finding.mend.startswith("kind: project ")
    assert f"{ROOMY.memory - 1000} MiB of memory; no other lab takes any" in finding.mend


def test_labs_that_the_class_has_already_are_counted(school: School) -> None:
    mine = tuple(create_lab(ROOMY, "docker", f"monday-seat{number}") for number in (1, 2))
    school.has(ROOMY.memory)
    assert judged(school, plan(kind="lab", seats=3), labs=mine).ok
    assert not judged(school, plan(kind="lab", seats=4), labs=mine).ok


def test_other_labs_are_named_as_what_could_go(school: School) -> None:
    school.has(1000)
    other, mine = create_lab(ROOMY, "docker", "nightly"), create_lab(ROOMY, "docker", "monday-seat1")
    finding = judged(school, plan(kind="lab", seats=2), labs=(other, mine))
    assert f"dslab down nightly ({ROOMY.memory} MiB)" in finding.mend
    assert "down monday" not in finding.mend


def test_a_lab_that_does_not_fit_has_no_seats(school: School) -> None:
    school.has(ROOMY.memory - 300)
    finding = judged(school, plan(seats=1))
    assert "room for 0 as projects of one lab (one more: 300 MiB of memory for the lab" in finding.found


def test_a_lab_that_is_up_needs_no_more_memory(school: School) -> None:
    school.has(10)
    assert judged(school, plan(), labs=(create_lab(ROOMY, "docker", "monday"),)).ok


def test_this_very_machine_has_one_kind_of_seats(school: School) -> None:
    school.has(2688 + 3 * 512)
    assert judged(school, plan(seats=3), LOCAL).ok
    finding = judged(school, plan(seats=4), LOCAL)
    assert "labs of their own" not in finding.found
    assert "512 MiB of memory in this machine" in finding.mend


@pytest.mark.parametrize(
    ("memory", "control", "machine"),
    [
        (1024, False, "1 GiB, only computes"),
        (1536, False, "1.5 GiB, only computes"),
        (4096, True, "4 GiB, control node that computes"),
    ],
)
def test_rooms_are_at_least_those_of_the_manual(memory: int, control: bool, machine: str) -> None:
    rows = Document(ROOT / "docs/operate.md").rows("machine", "MiB for servers, at least", "that is")
    promised = {row[0]: int(row[1]) for row in rows}
    roles = ["control", "compute"] if control else ["compute"]
    machines = {"control": {"roles": ["control", "compute"], "memory": 4096}}
    name = "control" if control else "compute1"
    machines[name] = {"roles": roles, "memory": memory}
    scenario = Scenario.model_validate({"description": "", "machines": machines})
    assert room_of(scenario, name, Path("/none")) >= promised[machine]


def test_what_a_node_keeps_is_what_a_deployment_keeps() -> None:
    text = (ROOT / "deploy/services/nova/memory.sh").read_text()
    assert f"echo {arithmetic.CONTROL_KEEPS} || echo {arithmetic.COMPUTE_KEEPS})" in text


@pytest.mark.parametrize(("seats", "provider"), [(8, "docker"), (9, None)])
def test_the_doctor_says_it_before_all_else(
    school: School, monkeypatch: pytest.MonkeyPatch, seats: int, provider: str | None
) -> None:
    asked = []

    def examine(scenario: Scenario, labs: int) -> Examination:
        asked.append(labs)
        return Examination(scenario.name, labs, [], Choice("docker", "the test says so"))

    assert school.meminfo.exists()
    monkeypatch.setattr(arithmetic, "examine", examine)
    examined = examine_class(plan(seats=seats), ROOMY)
    assert (examined.choice.provider, examined.findings[0].check) == (provider, "seats")
    examine_class(plan(seats=2, kind="lab", spares=1), ROOMY)
    assert asked == [1, 3]
