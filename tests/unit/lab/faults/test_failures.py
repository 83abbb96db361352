"""What fails while a lab is made: layer, cause and last words, no stack trace; and it goes on later."""

import pytest

from lab.labs import Phase, create_lab, find_lab
from lab.scenario_file import load_scenario
from tests.unit.lab.cli.conftest import Said, Type
from tests.unit.lab.faults.documented import assert_documented
from tests.unit.lab.faults.host import Host


def assert_goes_on(dslab: Type, host: Host) -> None:
    """The lab is unfinished, and the same command makes it ready."""
    assert find_lab("class").phase is Phase.UNFINISHED
    assert dslab("up", host.scenario).code == 0
    assert find_lab("class").phase is Phase.READY


def last_words(said: Said) -> str:
    """What was said from the failure on."""
    return said.err[said.err.index("failed: ") :]


@pytest.mark.usefixtures("servers_run")
@pytest.mark.parametrize(
    "said", ["Error response from daemon: no space left on device\n", "No space left on device @ io_write\n"]
)
def test_a_disk_that_is_full_while_machines_boot(host: Host, dslab: Type, said: str) -> None:
    host.tells("boot-fails", f"compute1: {said}\n")
    assert_documented("disk full while machines boot", dslab("up", host.scenario))
    host.lacks("boot-fails")
    assert_goes_on(dslab, host)


@pytest.mark.usefixtures("servers_run")
def test_a_disk_that_is_full_while_a_machine_is_deployed(host: Host, dslab: Type) -> None:
    log = create_lab(load_scenario(host.scenario), "docker").log / "control.log"
    log.symlink_to("/dev/full")
    assert_documented("disk full while a machine is deployed", dslab("up", host.scenario))
    log.unlink()
    assert_goes_on(dslab, host)


@pytest.mark.usefixtures("servers_run")
def test_a_machine_that_never_answers_is_named_and_the_others_go_on(host: Host, dslab: Type) -> None:
    host.tells("boot-fails", "compute1: Timed out while waiting for the machine to boot\n")
    host.tells("silent", "compute1")
    said = dslab("up", host.scenario)
    assert_documented("a machine that never answers", said)
    assert said.err.endswith(
        "\ncompute1: Timed out while waiting for the machine to boot\n"
        "Its console ends with:\nKernel panic - not syncing\nThe others are ready: compute2.\n"
    )
    host.lacks("boot-fails")
    host.lacks("silent")
    assert_goes_on(dslab, host)


@pytest.mark.usefixtures("servers_run")
def test_a_deployment_that_fails_shows_its_log_and_the_others_go_on(host: Host, dslab: Type) -> None:
    host.tells("failing", "compute1")
    said = dslab("up", host.scenario)
    assert_documented("the deployment failing in one machine", said)
    assert said.err.endswith("\nfailed: no image of nova\nThe others are ready: compute2.\n")
    host.lacks("failing")
    assert_goes_on(dslab, host)


def test_a_cloud_that_does_not_answer_is_no_stack_trace(host: Host, dslab: Type) -> None:
    assert_documented("a cloud that does not answer", dslab("up", host.scenario))
    assert find_lab("class").phase is Phase.UNFINISHED


@pytest.mark.usefixtures("servers_run")
@pytest.mark.parametrize(
    ("fault", "what", "told"),
    [
        ("no default route on the host", "way-out", "[]"),
        ("no name server on the host", "resolv.conf", "search lan\n"),
        ("a subnet taken on the host", "routes", '[{"dst": "192.168.99.128/25", "dev": "eth0"}]'),
    ],
)
def test_what_the_doctor_only_notes_does_not_keep_a_lab_from_coming_up(
    host: Host, dslab: Type, fault: str, what: str, told: str
) -> None:
    host.tells(what, told)
    assert_documented(fault, dslab("doctor", host.scenario))
    assert dslab("up", host.scenario).code == 0
