import json
from pathlib import Path

import pytest

from lab.doctor.choice import Choice
from lab.doctor.examination import Examination
from lab.doctor.finding import Finding, bad
from lab.errors import Refused
from lab.nightly import __main__ as night
from lab.nightly.history import Night, is_bad, nights_before, remember
from lab.nightly.plan import Job, jobs
from lab.nightly.result import Failed, Result, result_of
from lab.nightly.summary import summary
from lab.scenario import Scenario
from lab.scenario_file import load_scenario

JUNIT = """<testsuites><testsuite>
<testcase name="test_good"/>
<testcase name="test_other"><skipped message="needs KVM"/></testcase>
<testcase name="test_bad"><properties><property name="layer" value="DHCP"/>
<property name="evidence" value="/e/index.html"/></properties>
<failure message="no lease&#10;more">trace</failure></testcase>
<testcase name="test_worse"><error message="broken">trace</error></testcase>
</testsuite></testsuites>"""
FAILED = Failed("test_bad", "DHCP", "no lease", "/e/index.html")


def doctor_finds(monkeypatch: pytest.MonkeyPatch, *findings: Finding) -> None:
    """The doctor finds FINDINGS whatever the scenario."""

    def examine(scenario: Scenario) -> Examination:
        return Examination(scenario.name, 1, list(findings), Choice("docker", "the test says so"))

    monkeypatch.setattr("lab.nightly.plan.examine", examine)


def test_every_scenario_on_every_provider_that_works(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    doctor_finds(monkeypatch)
    obstacles = {job.name: job.obstacle for job in jobs(tmp_path)}
    assert {"multinode docker", "multinode libvirt", "ten-nodes docker"} <= set(obstacles)
    assert {name for name, obstacle in obstacles.items() if obstacle} == {"local"}
    (tmp_path / "settings.sh").touch()
    assert not any(job.obstacle for job in jobs(tmp_path))


def test_what_keeps_a_provider_from_working_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "settings.sh").touch()
    note = bad("KVM", "slow", "no mend")
    doctor_finds(monkeypatch, note, bad("libvirt", "silent", "start it", frozenset({"libvirt"})))
    obstacles = {job.provider: job.obstacle for job in jobs(tmp_path)}
    assert obstacles == {"": "", "docker": "", "libvirt": "libvirt: silent"}


@pytest.mark.parametrize(
    ("known", "code", "verdict"), [([], 0, "-"), ([{"seconds": 60.0, "skipped": 0}], 1, "BAD")]
)
def test_what_is_not_run_is_bad_only_if_it_was_good_before(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, known: list[dict[str, float]], code: int, verdict: str
) -> None:
    multinode = load_scenario("multinode")
    (tmp_path / "nights.json").write_text(json.dumps({"multinode docker": known}))
    planned = [Job(multinode, "docker", "Docker: it does not answer"), Job(multinode, "libvirt")]
    ran = []

    def run_pytest(*arguments: str) -> int:
        ran.append(arguments[3])
        junit = Path(arguments[arguments.index("--junit-xml") + 1])
        junit.write_text('<testsuites><testsuite><testcase name="test_a"/></testsuite></testsuites>')
        return 0

    for name, instead in {
        "jobs": lambda: iter(planned),
        "forget_stages": lambda: 0,
        "run_pytest": run_pytest,
        "REPORTS": tmp_path,
    }.items():
        monkeypatch.setattr(night, name, instead)
    assert night.main([]) == code
    assert ran == ["libvirt"]
    row = (tmp_path / "summary.txt").read_text().splitlines()[1]
    assert row.split(maxsplit=3) == ["multinode", "docker", verdict, "not run: Docker: it does not answer"]


def test_a_night_in_which_nothing_can_be_run_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    planned = [Job(load_scenario("multinode"), "docker", "Docker: it does not answer")]
    monkeypatch.setattr(night, "jobs", lambda: iter(planned))
    with pytest.raises(Refused, match="no provider works here"):
        night.main([])


def test_arguments_ask_for_the_lab_and_its_reports(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    doctor_finds(monkeypatch)
    job = next(job for job in jobs(tmp_path) if job.name == "multinode docker")
    arguments = " ".join(job.arguments(Path("reports")))
    assert "--lab-scenario multinode --lab-provider docker" in arguments
    assert "--junit-xml reports/junit.xml" in arguments
    assert arguments.endswith("tests/e2e")


def test_result_of_a_junit_file(tmp_path: Path) -> None:
    (tmp_path / "junit.xml").write_text(JUNIT)
    result = result_of("multinode docker", 12.5, tmp_path / "junit.xml")
    assert (result.passed, result.skipped, len(result.failed)) == (1, 1, 2)
    assert result.failed[0] == FAILED
    assert not result.is_good


def test_a_run_without_a_junit_file_is_bad(tmp_path: Path) -> None:
    assert not result_of("multinode docker", 1, tmp_path / "junit.xml").is_good


def test_a_run_that_broke_though_no_test_failed_is_not_good(tmp_path: Path) -> None:
    junit = tmp_path / "junit.xml"
    junit.write_text('<testsuites><testsuite><testcase name="test_a"/></testsuite></testsuites>')
    assert result_of("multinode docker", 1, junit).is_good
    assert not result_of("multinode docker", 1, junit, code=3).is_good


def test_only_good_runs_are_remembered(tmp_path: Path) -> None:
    file = tmp_path / "nightly/nights.json"
    assert nights_before(file) == {}
    remember([Result("a", 10.04, passed=3), Result("b", 5, failed=[FAILED])], file)
    remember([Result("a", 12, passed=3)], file)
    assert nights_before(file) == {"a": [Night(10.0, 0), Night(12, 0)]}


def test_what_skips_more_stays_bad(tmp_path: Path) -> None:
    file = tmp_path / "nightly/nights.json"
    remember([Result("a", 10, passed=3, skipped=1)], file)
    remember([Result("a", 12, passed=2, skipped=2)], file)
    assert nights_before(file) == {"a": [Night(10, 1)]}


def test_summary_compares_with_the_last_nights_and_names_what_failed() -> None:
    text = summary(
        [Result("a", 12, passed=3), Result("b", 5, failed=[FAILED])],
        {"a": [Night(8, 0), Night(10, 0), Night(30, 0)]},
    )
    header, good, bad_row, *rest = text.splitlines()
    assert "usual" in header
    assert good.split() == ["a", "good", "3", "0", "0", "12", "10", "+20", "%"]
    assert bad_row.split()[:2] == ["b", "BAD"]
    assert "b: test_bad: DHCP: no lease" in rest
    assert "    /e/index.html" in rest


def test_a_job_that_skips_more_than_ever_is_bad_and_told() -> None:
    before = [Night(10, 2), Night(10, 1)]
    assert not is_bad(Result("a", 12, passed=3, skipped=2), before)
    assert not is_bad(Result("a", 12, passed=3, skipped=9), [])
    worse = Result("a", 12, passed=2, skipped=3)
    assert is_bad(worse, before)
    _, row, line = summary([worse], {"a": before}).replace("\n\n", "\n").splitlines()
    assert row.split()[:5] == ["a", "BAD", "2", "0", "3"]
    assert line == "a: 3 skipped, at most 2 in nights before (in nights.json, to be removed if that is right)"
