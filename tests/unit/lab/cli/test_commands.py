import json
import os
import shutil
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from lab.cli import main
from lab.doctor.choice import Choice
from lab.doctor.examination import Examination
from lab.doctor.finding import bad, good
from lab.entry import entry
from lab.errors import LabError, Layer
from lab.holding import hold
from lab.labs import Lab, Phase, all_labs
from lab.provider.base import Belonging
from lab.prune import Found
from lab.report import Report
from lab.scenario import Scenario
from lab.scenario_file import SCENARIOS, load_scenario
from tests.unit.lab.cli.conftest import Said, Type
from tests.unit.lab.scenarios import LOCAL

MakeLab = Callable[..., Lab]
COMMANDS = (
    *("up", "down", "status", "list", "ssh", "openstack", "check", "logs"),
    *("collect", "doctor", "graph", "prune", "env"),
    *("save", "restore", "checkpoints", "forget", "repeat"),
    *("class up", "class status", "class add", "class reset", "class board", "class down"),
)


def refused(said: Said) -> str:
    """The one line of a refusal."""
    assert said.code == 2
    assert said.out == ""
    line, *others = said.err.splitlines()
    assert others == []
    return line.removeprefix("refused: ")


@pytest.fixture
def doctor_chooses_docker(monkeypatch: pytest.MonkeyPatch) -> None:
    """No measuring; nobody else has labs."""
    monkeypatch.setattr(
        "lab.choosing.examine",
        lambda scenario, **_options: Examination(scenario.name, 1, [], Choice("docker", "the test says so")),
    )
    monkeypatch.setattr("lab.choosing.provider_called", lambda _name: SimpleNamespace(belongings=list))


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(dslab: Type, command: str) -> None:
    said = dslab(*command.split(), "--help")
    assert said.code == 0
    assert f"dslab {command}" in said.out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["fly"], "fly"),
        (["up", "no-such-scenario"], "allinone"),
        (["up", "--provider", "xen"], "libvirt"),
        (["up", "local", "--provider", "docker"], "this very machine"),
        (["up", "allinone", "--computes", "2"], "no compute machine"),
        (["up", "--computes", "10"], "--computes"),
        *((["up", "--hours", hours], "--hours") for hours in ("-1", "8785", "1e8", "inf", "nan")),
        *((["collect", "--minutes", minutes], "--minutes") for minutes in ("-1", "2e9", "inf", "nan")),
        (["down", "no-such-lab"], "no-such-lab"),
        (["status"], "dslab up"),
        (["doctor", "--labs", "0"], "--labs"),
        (["ssh", "--lab", "no-such-lab"], "no-such-lab"),
        (["list", "--colour"], "--colour"),
        (["class", "up", "tuesday"], "there are monday"),
        (["class", "up", "./tuesday.yaml"], "there is no such file"),
        (["class", "status"], "dslab class up"),
        (["class", "reset"], "SEAT"),
        (["doctor", "--class", "tuesday"], "there are monday"),
    ],
)
def test_bad_input_is_refused_in_one_line(dslab: Type, arguments: list[str], words: str) -> None:
    assert words in refused(dslab(*arguments))


def test_list_for_people_and_for_programs(dslab: Type, make_lab: MakeLab) -> None:
    make_lab("first")
    make_lab("second")
    assert dslab("list").out.splitlines()[0].startswith("first\tmultinode\tdocker\t")
    listed = json.loads(dslab("list", "--json").out)
    assert [one["name"] for one in listed] == ["first", "second"]
    assert listed[0]["external"] != listed[1]["external"]


def test_list_tells_how_far_labs_have_come(dslab: Type, make_lab: MakeLab) -> None:
    for name, phase in (("a", Phase.BUILDING), ("b", Phase.UNFINISHED), ("c", Phase.READY)):
        make_lab(name).save(phase=phase)
    states = [line.split("\t")[3] for line in dslab("list").out.splitlines()]
    assert states == ["stale", "unfinished", "ready"]


def test_a_lab_that_cannot_be_read_is_a_note_and_its_name_is_refused(dslab: Type, make_lab: MakeLab) -> None:
    make_lab("good")
    make_lab("old").file.write_text("{}")
    said = dslab("list")
    assert (said.code, said.out.splitlines()[0].split("\t")[0]) == (0, "good")
    (line,) = said.err.splitlines()
    assert "old/lab.json" in line
    assert "dslab prune" in line
    assert dslab("env").code == 0
    refusal = dslab("down", "old")
    assert refusal.code == 2
    assert refusal.err.splitlines()[-1] == f"refused: {line.removeprefix('note: ')}"


def test_with_several_labs_one_has_to_be_named(dslab: Type, make_lab: MakeLab) -> None:
    make_lab("first")
    assert dslab("env").code == 0
    make_lab("second")
    assert "first, second" in refused(dslab("env"))


def test_env_is_what_a_shell_can_read(dslab: Type, make_lab: MakeLab) -> None:
    lab = make_lab()
    script = dslab("env").out + 'echo "$OS_CLIENT_CONFIG_FILE"'
    shell = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=True)
    assert shell.stdout.strip() == str(lab.clouds_yaml)
    assert json.loads(dslab("env", "--json").out)["OS_CLOUD"] == "dietstack-admin"


@pytest.mark.usefixtures("doctor_chooses_docker")
def test_up_tells_how_it_goes_and_what_there_is(dslab: Type, monkeypatch: pytest.MonkeyPatch) -> None:
    def bring_up(lab: Lab, report: Report, **_stages: str) -> None:
        with report.stage(f"boot {lab.provider}") as stage:
            stage.waiting_for("ssh in compute1")

    monkeypatch.setattr("lab.up.bring_up", bring_up)
    said = dslab("up", "multinode", "--name", "class")
    assert said.code == 0
    assert "boot docker: waiting for ssh in compute1" in said.err
    assert "boot docker: done" in said.err
    assert "http://192.168.99.1:8082/" in said.out
    assert "dslab down class" in said.out
    assert json.loads(dslab("up", "--name", "class", "--json").out)["provider"] == "docker"


@pytest.mark.usefixtures("doctor_chooses_docker")
def test_machines_without_a_cloud_are_announced_as_such(dslab: Type, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lab.up.bring_up", lambda *_arguments, **_stages: None)
    said = dslab("up", "by-hand").out
    assert "machines without a cloud" in said
    assert "Horizon" not in said


@pytest.mark.usefixtures("doctor_chooses_docker")
def test_what_fails_is_one_error_and_goes_on_later(dslab: Type, monkeypatch: pytest.MonkeyPatch) -> None:
    dead = LabError(Layer.MACHINE, "compute1 is dead")
    dead.add_note("service: a server was left behind")
    outcomes: list[BaseException | None] = [dead, KeyboardInterrupt(), None]

    def bring_up(_lab: Lab, _report: Report, **_stages: str) -> None:
        outcome = outcomes.pop(0)
        if outcome:
            raise outcome

    monkeypatch.setattr("lab.up.bring_up", bring_up)
    failed, interrupted, done = (dslab("up") for _ in range(3))
    assert failed.code == 1
    assert failed.err.endswith("failed: machine: compute1 is dead\nservice: a server was left behind\n")
    assert interrupted.code == 1
    assert "goes on" in interrupted.err.splitlines()[-1]
    assert done.code == 0
    assert [lab.name for lab in all_labs()] == ["multinode"]


@pytest.mark.usefixtures("doctor_chooses_docker")
def test_up_does_not_take_a_lab_for_another(dslab: Type, make_lab: MakeLab) -> None:
    make_lab("multinode", provider="libvirt")
    assert "--name" in refused(dslab("up", "multinode", "--provider", "docker"))


@pytest.mark.usefixtures("doctor_chooses_docker")
@pytest.mark.parametrize("name", ["Class", "class\n", "../class"])
def test_up_takes_no_name_that_is_none(dslab: Type, name: str) -> None:
    assert "begin with a letter" in refused(dslab("up", "--name", name))
    assert all_labs() == []


@pytest.mark.usefixtures("doctor_chooses_docker")
def test_up_gives_a_new_lab_its_computes_and_resizes_one_that_is_ready(
    dslab: Type, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = []

    def bring_up(lab: Lab, _report: Report, **_stages: str) -> None:
        done.append(("up", len(lab.scenario.computes)))
        lab.save(phase=Phase.READY)

    def resize(lab: Lab, scenario: Scenario, _report: Report) -> Lab:
        done.append(("resize", len(scenario.computes)))
        return lab.save(scenario=scenario)

    monkeypatch.setattr("lab.up.bring_up", bring_up)
    monkeypatch.setattr("lab.resize.resize", resize)
    assert dslab("up", "--computes", "3").code == 0
    assert dslab("up", "--computes", "1").code == 0
    assert dslab("up").code == 0
    assert done == [("resize", 3), ("up", 3), ("resize", 1), ("up", 1)]
    assert dslab("up", "--computes", "1").code == 0
    assert done[4:] == [("resize", 1), ("up", 1)]
    for option in ("--from", "--until"):
        assert "changes its machines" in refused(dslab("up", "--computes", "3", option, "control"))
    assert done[6:] == []
    assert dslab("up", "--computes", "1", "--until", "control").code == 0
    assert done[6:] == [("resize", 1), ("up", 1)]


def test_a_lab_does_not_end_before_where_it_is(
    dslab: Type, make_lab: MakeLab, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_lab("multinode").save(stage="computes")
    built = []
    monkeypatch.setattr("lab.up.bring_up", lambda lab, _report, **_stages: built.append(lab.until))
    assert refused(dslab("up", "--hours", "1", "--until", "control")) == (
        "--until 'control': lab multinode has come to the stage computes; "
        "remove it first: dslab down multinode"
    )
    assert built == []
    assert dslab("up", "--until", "computes").code == 0
    assert dslab("up", "--from", "control", "--until", "control").code == 0
    assert built == [None, None]


@pytest.mark.usefixtures("doctor_chooses_docker")
def test_hours_are_those_of_a_lab_that_is_there_as_well(dslab: Type, monkeypatch: pytest.MonkeyPatch) -> None:
    left = []

    def bring_up(lab: Lab, _report: Report, **_stages: str) -> None:
        left.append(lab.until and round((lab.until - datetime.now(UTC)) / timedelta(hours=1)))

    monkeypatch.setattr("lab.up.bring_up", bring_up)
    for hours in ([], ["--hours", "1"], [], ["--hours", "8"]):
        assert dslab("up", *hours).code == 0
    assert left == [None, 1, 1, 8]


def test_up_says_what_dead_runs_left(dslab: Type, make_lab: MakeLab, monkeypatch: pytest.MonkeyPatch) -> None:
    make_lab("dead").save(phase=Phase.BUILDING)
    monkeypatch.setattr("lab.up.bring_up", lambda *_arguments, **_stages: None)
    assert "note: lab dead" in dslab("up", "local", "--name", "other").err
    assert "note: lab dead" not in dslab("up", "--name", "dead").err  # it goes on


@pytest.mark.usefixtures("doctor_chooses_docker")
def test_a_scenario_is_had_from_its_own_folder(
    dslab: Type, make_lab: MakeLab, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    scenario = load_scenario("multinode").model_copy(update={"name": "dead"})
    make_lab("dead", scenario).save(phase=Phase.BUILDING)
    monkeypatch.setattr("lab.up.bring_up", lambda *_arguments, **_stages: None)
    (tmp_path / "dead").mkdir()
    shutil.copy(SCENARIOS / "multinode/scenario.yaml", tmp_path / "dead")
    monkeypatch.chdir(tmp_path / "dead")
    for path in (".", "./", "scenario.yaml", "../dead"):
        said = dslab("up", path)
        assert said.code == 0
        assert "note: lab dead" not in said.err  # it goes on


def test_down_removes_the_lab_it_names(
    dslab: Type, make_lab: MakeLab, monkeypatch: pytest.MonkeyPatch
) -> None:
    removed = []
    monkeypatch.setattr("lab.up.take_down", lambda lab, _report: removed.append(lab.name))
    make_lab("first")
    make_lab("second")
    assert dslab("down", "second").code == 0
    assert removed == ["second"]


@pytest.mark.parametrize(("pytests", "code"), [(0, 0), (1, 1), (2, 1), (4, 2), (5, 1)])
def test_check_is_refused_what_pytest_does_not_take(
    dslab: Type, make_lab: MakeLab, monkeypatch: pytest.MonkeyPatch, pytests: int, code: int
) -> None:
    make_lab()
    monkeypatch.setattr("lab.cli.proving.install_browser", lambda: None)
    monkeypatch.setattr("lab.cli.proving.run_pytest", lambda *_arguments: pytests)
    assert dslab("check", "tests/no-such").code == code


def test_check_is_refused_a_lab_that_somebody_is_at_work_with(
    dslab: Type, make_lab: MakeLab, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run_pytest(*_arguments: str) -> int:
        raise AssertionError

    monkeypatch.setattr("lab.cli.proving.install_browser", run_pytest)
    monkeypatch.setattr("lab.cli.proving.run_pytest", run_pytest)
    with hold(make_lab()):
        said = refused(dslab("check"))
    assert said == f"lab 'class': process {os.getpid()} is at work with it; wait for it or end it"


@pytest.mark.parametrize(("option", "word"), [([], "removed"), (["--dry-run"], "would remove")])
def test_prune_names_what_it_removes(
    dslab: Type, monkeypatch: pytest.MonkeyPatch, option: list[str], word: str
) -> None:
    left = Found(
        [Belonging("volume", "dslab-dead-control", Path("/labs/dead"), lambda: None)], ["no libvirt"]
    )
    monkeypatch.setattr("lab.prune.leftovers", lambda: left)
    monkeypatch.setattr("lab.prune.prune", lambda _report: left)
    said = dslab("prune", *option)
    assert said.out == f"{word} volume dslab-dead-control of lab /labs/dead\n"
    assert said.err.endswith("note: no libvirt\n")
    assert json.loads(dslab("prune", *option, "--json").out)[0]["kind"] == "volume"


def test_doctor_shows_findings_with_their_mends(dslab: Type, monkeypatch: pytest.MonkeyPatch) -> None:
    findings = [
        good("VXLAN", "made"),
        bad("Vagrant", "not installed", "apt-get install vagrant", frozenset({"docker"})),
    ]
    examination = Examination("multinode", 1, findings, Choice(None, "nothing works"))
    monkeypatch.setattr("lab.cli.look.examine", lambda *_arguments: examination)
    said = dslab("doctor")
    assert said.code == 1
    assert "apt-get install vagrant" in said.out
    assert "BLOCKS docker" in said.out
    assert json.loads(dslab("doctor", "--json").out)["provider"] is None


def test_graph_is_drawn_before_there_is_a_cloud(dslab: Type, make_lab: MakeLab, tmp_path: Path) -> None:
    make_lab()
    assert "compute2" in dslab("graph").out
    svg = tmp_path / "lab.svg"
    assert dslab("graph", "--svg", str(svg)).code == 0
    assert svg.read_text().startswith("<svg")
    assert json.loads(dslab("graph", "--json").out)["name"] == "class"


def test_logs_of_how_the_lab_was_made(dslab: Type, make_lab: MakeLab) -> None:
    (make_lab().log / "control.log").write_text("first\nlast\n")
    assert dslab("logs", "-n", "1").out == "==> control.log <==\nlast\n"


def test_ssh_goes_into_the_machine(dslab: Type, make_lab: MakeLab, monkeypatch: pytest.MonkeyPatch) -> None:
    lab = make_lab()
    assert "has not booted" in refused(dslab("ssh", "compute1"))
    lab.ssh_config.touch()
    words: list[str] = []
    monkeypatch.setattr("os.execvp", lambda _program, arguments: words.extend(arguments))
    for dashes in ((), ("--",)):
        words.clear()
        dslab("ssh", "compute1", *dashes, "ip", "-d", "link")
        assert words == ["ssh", "-F", str(lab.ssh_config), "compute1", "--", "sudo bash -c 'ip -d link'"]
    assert "control, compute1, compute2" in refused(dslab("ssh", "compute7"))


@pytest.mark.parametrize(("user", "sudo"), [(0, []), (1000, ["sudo"])])
def test_in_this_very_machine_one_is_root_too(
    make_lab: MakeLab, monkeypatch: pytest.MonkeyPatch, user: int, sudo: list[str]
) -> None:
    monkeypatch.setattr("os.geteuid", lambda: user)
    lab = make_lab(scenario=LOCAL, provider="here")
    assert entry(lab, "control", "id") == [*sudo, "bash", "-c", "id"]
    assert entry(lab, "control") == [*sudo, "bash"]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_for_shells(
    make_lab: MakeLab, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], shell: str
) -> None:
    make_lab("class")
    monkeypatch.setenv("_DSLAB_COMPLETE", f"source_{shell}")
    assert "dslab" in completed(capsys)
    monkeypatch.setenv("_DSLAB_COMPLETE", f"complete_{shell}")
    monkeypatch.setenv("COMP_WORDS", "dslab down c")
    monkeypatch.setenv("COMP_CWORD", "2")
    monkeypatch.setenv("_TYPER_COMPLETE_ARGS", "dslab down c")
    monkeypatch.setenv("_TYPER_COMPLETE_FISH_ACTION", "get-args")
    assert "class" in completed(capsys)


def completed(capsys: pytest.CaptureFixture[str]) -> str:
    """What the shell is told."""
    with pytest.raises(SystemExit):
        main([])
    return capsys.readouterr().out
