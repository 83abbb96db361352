"""A compute node asks its control node first, and refuses in one line what does not fit."""

import http.server
import os
import threading
from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from tests.unit.deploy.control_node import COMPUTE_ONLY, CONTROL_ADDRESS, PASSWORD, RELEASE, Control
from tests.unit.deploy.shell import Shell


@pytest.fixture
def control() -> Iterator[type[Control]]:
    """A control node that runs as long as a test; its attributes may be set."""

    class Own(Control):
        pass

    servers = [http.server.ThreadingHTTPServer((CONTROL_ADDRESS, port), Own) for port in (5000, 9696)]
    for server in servers:
        threading.Thread(target=server.serve_forever, daemon=True).start()
    yield Own
    for server in servers:
        server.shutdown()
        server.server_close()


CHECK_CONTROL_NODE = "load_settings; check_control_node"


def test_a_control_node_that_fits(shell: Shell, control: type[Control]) -> None:
    control.delay = 0.1
    shell.output(CHECK_CONTROL_NODE, **COMPUTE_ONLY)


def test_a_control_node_is_not_asked_on_itself(shell: Shell) -> None:
    shell.output(CHECK_CONTROL_NODE)


def test_no_control_node(shell: Shell) -> None:
    refusal = shell.refusal(CHECK_CONTROL_NODE, **COMPUTE_ONLY | {"CONTROL_NODE_DS_IP": "127.0.5.2"})
    assert "CONTROL_NODE_DS_IP='127.0.5.2': no DietStack answers" in refusal
    assert "deploy the control node first" in refusal


def test_another_release(shell: Shell, control: type[Control]) -> None:
    control.release = "2018.1\n"
    refusal = shell.refusal(CHECK_CONTROL_NODE, **COMPUTE_ONLY)
    assert f"the control node runs release '2018.1', this is {RELEASE}" in refusal


def test_something_else_listens_there(shell: Shell, control: type[Control]) -> None:
    control.release = "<html>\n<body>"
    assert "use the same release" in shell.refusal(CHECK_CONTROL_NODE, **COMPUTE_ONLY)


@pytest.mark.usefixtures("control")
def test_another_password(shell: Shell) -> None:
    refusal = shell.refusal(CHECK_CONTROL_NODE, **COMPUTE_ONLY | {"PASSWORDS": "not-the-same"})
    assert "PASSWORDS (12 characters): the control node refuses it" in refusal
    assert "not-the-same" not in refusal


def test_a_keystone_that_is_broken(shell: Shell, control: type[Control]) -> None:
    control.token_status = 500
    assert "Keystone there answers HTTP 500" in shell.refusal(CHECK_CONTROL_NODE, **COMPUTE_ONLY)


NODE = os.uname().nodename


def test_a_name_that_another_node_has(shell: Shell, control: type[Control]) -> None:
    control.agents = {NODE: "192.168.23.12"}
    refusal = shell.refusal(CHECK_CONTROL_NODE, **COMPUTE_ONLY)
    assert f"hostname '{NODE}': the node at 192.168.23.12 has it in this cloud" in refusal
    assert "give this one another" in refusal


@pytest.mark.parametrize("agents", [{"another": "192.168.23.12"}, {NODE: "127.0.0.1"}])
def test_a_name_that_is_free_or_was_ours(
    shell: Shell, control: type[Control], agents: dict[str, str]
) -> None:
    control.agents = agents
    shell.output(CHECK_CONTROL_NODE, **COMPUTE_ONLY)


@pytest.mark.parametrize("there", ['record name "$NODE_NAME"', "OUR_CONTAINERS=(abc)"])
def test_a_node_that_is_in_the_cloud_may_get_another_address(
    shell: Shell, control: type[Control], there: str
) -> None:
    control.agents = {NODE: "192.168.23.12"}
    shell.output(f"load_settings; {there}; check_control_node", **COMPUTE_ONLY)


@pytest.mark.usefixtures("control")
def test_a_neutron_that_does_not_answer_is_no_reason(shell: Shell) -> None:
    shell.output("address_of_namesake() { return 28; }; " + CHECK_CONTROL_NODE, **COMPUTE_ONLY)


@pytest.mark.parametrize("seconds", [-3600, -8, 8, 3600])
def test_a_clock_that_differs(shell: Shell, control: type[Control], seconds: int) -> None:
    control.clock = timedelta(seconds=seconds)
    refusal = shell.refusal(CHECK_CONTROL_NODE, **COMPUTE_ONLY)
    assert f"s off the control node's ({CONTROL_ADDRESS}), 5 s allowed; set both by NTP" in refusal


@pytest.mark.parametrize("seconds", [-4, 0, 4])
def test_a_clock_that_differs_little(shell: Shell, control: type[Control], seconds: int) -> None:
    control.clock = timedelta(seconds=seconds)
    shell.output(CHECK_CONTROL_NODE, **COMPUTE_ONLY)


def test_the_password_is_in_no_command_line(shell: Shell, tmp_path: Path) -> None:
    shell.fake(
        "curl", f'echo "$@" >> {tmp_path}/arguments; [[ $* == */dietstack ]] && echo {RELEASE} || exit 1'
    )
    shell.refusal(CHECK_CONTROL_NODE, **COMPUTE_ONLY)
    arguments = (tmp_path / "arguments").read_text()
    assert "/v3/auth/tokens" in arguments
    assert PASSWORD not in arguments
    assert sha256(f"nova\0{PASSWORD}".encode()).hexdigest()[:40] not in arguments


@pytest.mark.parametrize(("half_round_trip", "code"), [(0, 2), (2, 2), (4, 0)])
def test_a_slow_answer_is_not_a_wrong_clock(shell: Shell, half_round_trip: int, code: int) -> None:
    issued = 1_000_000
    middle = issued + 8
    before, after = ((middle + sign * half_round_trip) * 1_000_000 for sign in (-1, 1))
    assert shell.run(f"CONTROL_IP=x; check_clock {issued} {before} {after}").returncode == code
