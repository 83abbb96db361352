"""A setting with a bad value is refused in one line with its name, its value and the mend."""

import pytest

from tests.unit.deploy.shell import Shell

CHECK = "load_settings; check_settings"
COMPUTE_ONLY = {
    "CONTROL_NODE": "false",
    "CONTROL_NODE_DS_IP": "192.168.23.11",
    "PASSWORDS": "control-nodes-own",
}


def test_the_defaults_are_taken(shell: Shell) -> None:
    shell.output(CHECK)


def test_a_compute_node_is_taken(shell: Shell) -> None:
    shell.output(CHECK, **COMPUTE_ONLY)


@pytest.mark.parametrize("prefix", [8, 24, 28])
def test_external_networks_that_are_taken(shell: Shell, prefix: int) -> None:
    shell.output(CHECK, EXTERNAL_IP=f"10.200.3.18/{prefix}")


@pytest.mark.parametrize(
    ("name", "value", "mend"),
    [
        ("CONTROL_NODE", "yes", "set one of them"),
        ("COMPUTE_NODE", "", "set one of them"),
        ("CONTROL_NODE_DS_IP", "control", "write one such as"),
        ("CONTROL_NODE_DS_IP", "192.168.23.011", "write one such as"),
        ("EXTERNAL_IP", "192.168.99.1", "has no prefix; write"),
        ("EXTERNAL_IP", "192.168.99.1/33", "write an address"),
        ("EXTERNAL_IP", "192.168.99.256/24", "write an address"),
        ("EXTERNAL_IP", "192.168.99/24", "write an address"),
        ("EXTERNAL_IP", "fd00::1/64", "write an address"),
        ("EXTERNAL_IP", "", "write an address"),
        ("EXTERNAL_IP", "192.168.99.1/255.255.255.0", "write an address"),
        ("EXTERNAL_IP", "192.168.99.0/24", "network's own"),
        ("EXTERNAL_IP", "192.168.99.255/24", "broadcast"),
        ("EXTERNAL_IP", "0.0.0.1/24", "is for no host"),
        ("EXTERNAL_IP", "127.1.0.1/24", "is for no host"),
        ("EXTERNAL_IP", "224.0.0.5/24", "is for no host"),
        ("EXTERNAL_IP", "192.168.99.1/30", "use /8 to /28"),
        ("EXTERNAL_IP", "10.0.0.1/7", "use /8 to /28"),
        ("EXTERNAL_IP", "192.168.35.1/24", "overlaps the demo project's network 192.168.35.0/24"),
        ("EXTERNAL_IP", "192.168.0.1/16", "overlaps the demo project's network 192.168.35.0/24"),
        ("EXTERNAL_BRIDGE", "", "use letters"),
        ("EXTERNAL_BRIDGE", "br ex", "use letters"),
        ("EXTERNAL_BRIDGE", "br/ex", "use letters"),
        ("EXTERNAL_BRIDGE", "-ex", "use letters"),
        ("EXTERNAL_BRIDGE", "br-of-16-letters", "shorten it"),
        ("EXTERNAL_BRIDGE", "all", "choose another name"),
        ("EXTERNAL_BRIDGE", "default", "choose another name"),
        ("EXTERNAL_BRIDGE", "lo", "choose another name"),
        ("EXTERNAL_INTERFACE", "lo", "needs an interface of its own"),
        ("EXTERNAL_INTERFACE", "br-ex", "name the physical interface"),
        ("DS_INTERFACE", "", "name the interface"),
        ("HORIZON_PORT", "", "use a number from 1 to 65535"),
        ("HORIZON_PORT", "http", "use a number from 1 to 65535"),
        ("HORIZON_PORT", "0", "use a number from 1 to 65535"),
        ("HORIZON_PORT", "65536", "use a number from 1 to 65535"),
        ("HORIZON_PORT", "99999999999999999999", "use a number from 1 to 65535"),
        ("HORIZON_PORT", "80", "Horizon does not run as root; use one from"),
        ("HORIZON_PORT", "5000", "is the port of keystone; use a free one"),
        ("HORIZON_PORT", "8022", "is the port of nova; use a free one"),
        ("HORIZON_PORT", "16514", "is the port of libvirt; use a free one"),
        ("PATIENCE", "", "is not a whole number from 1 to 999; use 1"),
        ("PATIENCE", "0", "is not a whole number from 1 to 999; use 1"),
        ("PATIENCE", "2.5", "is not a whole number from 1 to 999; use 1"),
        ("PATIENCE", "-3", "is not a whole number from 1 to 999; use 1"),
        ("PATIENCE", "1000", "is not a whole number from 1 to 999; use 1"),
        ("PATIENCE", "x[$(reboot)]", "is not a whole number from 1 to 999; use 1"),
    ],
)
def test_a_bad_value_is_refused(shell: Shell, name: str, value: str, mend: str) -> None:
    refusal = shell.refusal(CHECK, **{name: value})
    assert f"{name}='{value}': " in refusal
    assert mend in refusal


@pytest.mark.parametrize(
    "name", ["DS_INTERFACE", "EXTERNAL_INTERFACE", "EXTERNAL_IP", "CONTROL_NODE", "HORIZON_PORT"]
)
@pytest.mark.parametrize(
    "value", ["one\ntwo", "it's", 'say "it"', "tab\there", "back\\slash", "escape\x1b[31m"]
)
def test_what_would_break_the_file_is_refused(shell: Shell, name: str, value: str) -> None:
    refusal = shell.refusal(CHECK, **{name: value})
    assert f"{name}=" in refusal
    assert "leave those out" in refusal
    assert "\x1b" not in refusal


def test_both_roles_off(shell: Shell) -> None:
    refusal = shell.refusal(CHECK, CONTROL_NODE="false", COMPUTE_NODE="false")
    assert "CONTROL_NODE='false', COMPUTE_NODE='false'" in refusal
    assert "set one of them to true" in refusal


def test_a_compute_node_without_a_control_node(shell: Shell) -> None:
    refusal = shell.refusal(CHECK, CONTROL_NODE="false", PASSWORDS="control-nodes-own")
    assert "CONTROL_NODE_DS_IP='': a compute node has to know its control node" in refusal


def test_a_compute_node_without_the_password(shell: Shell) -> None:
    refusal = shell.refusal(CHECK, **COMPUTE_ONLY | {"PASSWORDS": ""})
    assert "PASSWORDS (0 characters): a compute node needs the control node's" in refusal


@pytest.mark.parametrize("password", ["12345678", "a-Long_one.with:+@$!%&/()=?#~^*,;<>|{}[]", "x" * 200])
def test_passwords_that_are_taken(shell: Shell, password: str) -> None:
    shell.output(CHECK, PASSWORDS=password)


@pytest.mark.parametrize(
    "password",
    [
        "abcde",
        "1234567",
        "two words",
        "new\nline",
        "tab\tulator",
        "it's-quoted",
        '"quoted"',
        "back\\slash",
        "größer-als-8",
    ],
)
def test_a_bad_password_is_refused_and_not_shown(shell: Shell, password: str) -> None:
    refusal = shell.refusal(CHECK, PASSWORDS=password)
    assert refusal.startswith(f"refused: PASSWORDS ({len(password.encode())} characters): ")
    assert password not in refusal
