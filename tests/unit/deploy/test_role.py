"""A node stays what it is, whatever the settings say."""

import pytest

from tests.unit.deploy.shell import Shell

CHECK = "load_settings; check_role_stays"
COMPUTE_ONLY = {
    "CONTROL_NODE": "false",
    "CONTROL_NODE_DS_IP": "192.168.23.11",
    "PASSWORDS": "that-of-the-control-node",
}


@pytest.mark.parametrize(
    ("there", "settings", "said"),
    [
        (["mariadb", "instances"], COMPUTE_ONLY, "CONTROL_NODE='false': this machine is a control node"),
        (["mariadb"], COMPUTE_ONLY, "CONTROL_NODE='false': this machine is a control node"),
        (["instances"], {}, "CONTROL_NODE='true': this machine is a compute node of another one"),
        (["mariadb", "instances"], {"COMPUTE_NODE": "false"}, "COMPUTE_NODE='false': this machine computes"),
    ],
)
def test_another_role_is_refused(shell: Shell, there: list[str], settings: dict[str, str], said: str) -> None:
    for name in there:
        (shell.state / name).mkdir(parents=True)
    refusal = shell.refusal(CHECK, **settings)
    assert said in refusal
    assert "./destroyds.sh" in refusal


def test_a_control_node_that_does_not_compute_stays_so(shell: Shell) -> None:
    (shell.state / "mariadb").mkdir(parents=True)
    (shell.state / "settings.sh").write_text("COMPUTE_NODE='false'\n")
    shell.output(CHECK)
    assert "this control node does not compute" in shell.refusal(CHECK, COMPUTE_NODE="true")


@pytest.mark.parametrize(
    ("there", "settings"),
    [
        ([], COMPUTE_ONLY),
        ([], {"COMPUTE_NODE": "false"}),
        (["mariadb"], {}),  # killed before it had more
        (["mariadb", "instances"], {}),
        (["instances"], COMPUTE_ONLY),
    ],
)
def test_the_same_role_is_taken(shell: Shell, there: list[str], settings: dict[str, str]) -> None:
    for name in there:
        (shell.state / name).mkdir(parents=True)
    shell.output(CHECK, **settings)


def test_another_name_is_refused(shell: Shell) -> None:
    shell.fake("uname", "echo ${NAME-a}")
    shell.output("load_settings; check_name_stays; record name $NODE_NAME; check_name_stays")
    refusal = shell.refusal("load_settings; check_name_stays", NAME="b")
    assert refusal == (
        "refused: hostname 'b': this node is registered as 'a'; "
        "set it back (hostnamectl set-hostname a), or begin anew: ./destroyds.sh\n"
    )


def test_an_address_that_volumes_are_mounted_from_stays(shell: Shell) -> None:
    check = "load_settings; check_volumes_stay_where_they_are"
    for folder in ("network", "volumes"):
        (shell.state / folder).mkdir(parents=True)
    (shell.state / "network/ds").write_text("192.168.23.11/24\n")
    shell.output(check)
    (shell.state / "volumes/volume-1").touch()
    refusal = shell.refusal(check)
    assert "DS_INTERFACE='lo': its address is 127.0.0.1" in refusal
    assert "are mounted from 192.168.23.11; keep that address, or delete the volumes first" in refusal
    (shell.state / "network/ds").write_text("127.0.0.1/8\n")
    shell.output(check)
