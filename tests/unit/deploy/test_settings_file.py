"""Settings come from the environment, then settings.sh, then the defaults; settings.sh is never lost."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.unit.deploy.shell import Shell

SHOW = "load_settings; for name in ${SETTINGS[@]}; do echo $name=${!name}; done"


def remember(shell: Shell, text: str) -> Path:
    shell.state.mkdir(parents=True, exist_ok=True)
    file = shell.state / "settings.sh"
    file.write_text(text)
    return file


def test_defaults(shell: Shell) -> None:
    shown = dict(line.split("=", 1) for line in shell.output(SHOW).splitlines())
    assert re.fullmatch("[0-9a-f]{32}", shown.pop("PASSWORDS"))
    assert shown == {
        "CONTROL_NODE": "true",
        "COMPUTE_NODE": "true",
        "DS_INTERFACE": "lo",
        "CONTROL_NODE_DS_IP": "",
        "EXTERNAL_IP": "192.168.99.1/24",
        "EXTERNAL_BRIDGE": "br-ex",
        "EXTERNAL_INTERFACE": "",
        "HORIZON_PORT": "8082",
        "PATIENCE": "1",
    }


def test_environment_goes_before_file_and_file_before_default(shell: Shell) -> None:
    remember(shell, "HORIZON_PORT='9001'\nEXTERNAL_BRIDGE='br-file'\n")
    shown = shell.output(SHOW, HORIZON_PORT="9002").splitlines()
    assert {"HORIZON_PORT=9002", "EXTERNAL_BRIDGE=br-file", "DS_INTERFACE=lo"} <= set(shown)


def test_an_empty_environment_variable_takes_a_remembered_value_away(shell: Shell) -> None:
    remember(shell, "EXTERNAL_INTERFACE='eth1'\n")
    assert "EXTERNAL_INTERFACE=\n" in shell.output(SHOW, EXTERNAL_INTERFACE="")


def test_an_empty_password_never_replaces_the_remembered_one(shell: Shell) -> None:
    remember(shell, "PASSWORDS='remembered'\n")
    assert "PASSWORDS=remembered\n" in shell.output(SHOW, PASSWORDS="")


def test_facts(shell: Shell) -> None:
    shown = shell.output(
        "load_settings; echo $DS_IP $CONTROL_IP $EXTERNAL_ADDRESS $NODE_NAME $RELEASE", DS_INTERFACE="lo"
    )
    release = (Path(__file__).parents[3] / "images/release").read_text().strip()
    node = subprocess.run(["uname", "-n"], capture_output=True, text=True, check=True).stdout.strip()
    assert shown == f"127.0.0.1 127.0.0.1 192.168.99.1 {node} {release}\n"


def test_a_compute_node_knows_its_control_node(shell: Shell) -> None:
    shown = shell.output(
        "load_settings; echo $CONTROL_IP", CONTROL_NODE="false", CONTROL_NODE_DS_IP="192.168.23.11"
    )
    assert shown == "192.168.23.11\n"


def test_no_child_process_inherits_a_setting(shell: Shell) -> None:
    shown = shell.output("load_settings; env", PASSWORDS="visible-if-exported", HORIZON_PORT="9002")
    assert "visible-if-exported" not in shown
    assert "HORIZON_PORT" not in shown


def test_a_random_password_is_made_once_and_remembered(shell: Shell) -> None:
    first = shell.output("load_settings; save_settings; echo $PASSWORDS")
    assert shell.output("load_settings; echo $PASSWORDS") == first
    assert f"PASSWORDS='{first.strip()}'" in (shell.state / "settings.sh").read_text()


def test_a_compute_node_gets_no_random_password(shell: Shell) -> None:
    shown = shell.output(
        "load_settings; echo :$PASSWORDS", CONTROL_NODE="false", CONTROL_NODE_DS_IP="192.168.23.11"
    )
    assert shown == ":\n"


def test_only_root_reads_the_file(shell: Shell) -> None:
    shell.output("umask 022; load_settings; save_settings")
    assert (shell.state / "settings.sh").stat().st_mode & 0o777 == 0o600


def test_a_file_that_others_can_read_is_closed(shell: Shell) -> None:
    shell.output("load_settings; save_settings")
    file = shell.state / "settings.sh"
    file.chmod(0o644)
    shell.output("load_settings; save_settings")
    assert file.stat().st_mode & 0o777 == 0o600


def test_the_file_is_not_touched_when_nothing_changed(shell: Shell) -> None:
    shell.output("load_settings; save_settings")
    before = (shell.state / "settings.sh").stat()
    shell.output("load_settings; save_settings")
    after = (shell.state / "settings.sh").stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)


def test_a_persons_comments_and_order_stay(shell: Shell) -> None:
    file = remember(shell, "# moved on Monday\n\nHORIZON_PORT='9001'\nDS_INTERFACE='lo'\n")
    shell.output("load_settings; save_settings", HORIZON_PORT="9002")
    assert file.read_text().startswith(
        "# moved on Monday\n\nHORIZON_PORT='9002'\nDS_INTERFACE='lo'\nCONTROL_NODE="
    )


def test_the_last_of_two_lines_counts_and_one_stays(shell: Shell) -> None:
    file = remember(shell, "HORIZON_PORT='9001'\nHORIZON_PORT='9002'\n")
    assert "HORIZON_PORT=9002\n" in shell.output(SHOW + "; save_settings")
    assert file.read_text().count("HORIZON_PORT") == 1


@pytest.mark.parametrize("command", ["sync", "mv"])
def test_a_kill_while_saving_leaves_the_old_file(shell: Shell, command: str) -> None:
    file = remember(shell, "HORIZON_PORT='9001'\nPASSWORDS='remembered'\n")
    before = file.read_text()
    shell.fake(command, "kill -KILL $PPID")
    result = shell.run("load_settings; save_settings", HORIZON_PORT="9002")
    assert result.returncode == -9
    assert file.read_text() == before
    (shell.fakes / command).unlink()
    assert "HORIZON_PORT=9002\n" in shell.output(SHOW + "; save_settings", HORIZON_PORT="9002")
    assert "PASSWORDS='remembered'\n" in file.read_text()


def test_a_file_written_by_hand_without_a_last_newline(shell: Shell) -> None:
    remember(shell, "HORIZON_PORT='9001'")
    assert "HORIZON_PORT=9001\n" in shell.output(SHOW)


def test_an_unknown_setting_is_refused(shell: Shell) -> None:
    remember(shell, "HORIZON_PORT='9001'\nHORIZON_PROT='9002'\n")
    refusal = shell.refusal("load_settings")
    assert "settings.sh, line 2" in refusal
    assert "HORIZON_PROT='9002'" in refusal.replace("\\", "").replace("'''", "'")
    assert "remove that line" in refusal


@pytest.mark.parametrize(
    "line",
    [
        "HORIZON_PORT=9001",
        'HORIZON_PORT="9001"',
        "export HORIZON_PORT='9001'",
        "HORIZON_PORT='90",
        "gibberish",
    ],
)
def test_a_line_that_is_no_setting_is_refused(shell: Shell, line: str) -> None:
    remember(shell, line + "\n")
    refusal = shell.refusal("load_settings")
    assert "settings.sh, line 1" in refusal
    assert "is not NAME='value'; correct or remove that line" in refusal


def test_a_file_that_became_a_directory_is_as_good_as_gone(shell: Shell) -> None:
    file = shell.state / "settings.sh"
    file.mkdir(parents=True)
    shell.output("load_settings; save_settings", HORIZON_PORT="9002")
    assert "HORIZON_PORT='9002'" in file.read_text()


def test_a_directory_with_something_in_it_is_refused(shell: Shell) -> None:
    (shell.state / "settings.sh").mkdir(parents=True)
    (shell.state / "settings.sh/mine").touch()
    assert "settings.sh is a directory, and not empty; move it away" in shell.refusal("load_settings")


def test_a_cloud_never_gets_another_password_for_want_of_the_file(shell: Shell) -> None:
    shell.output("load_settings; save_settings; record_ds_address", PASSWORDS="of-the-cloud")
    (shell.state / "settings.sh").unlink()
    refusal = shell.refusal("load_settings; check_settings")
    assert "PASSWORDS (0 characters): this cloud has a password" in refusal
    assert "/clouds.yaml" in refusal
    shell.output("load_settings; check_settings", PASSWORDS="of-the-cloud")


def test_a_cloud_of_several_machines_never_moves_for_want_of_the_file(shell: Shell) -> None:
    check = "load_settings; check_ds_interface_is_remembered"
    remember(shell, "PASSWORDS='of-the-cloud'\n")
    (shell.state / "network").mkdir()
    (shell.state / "network/ds").write_text("192.168.23.11/24\n")
    shell.output(check)
    (shell.state / "settings.sh").unlink()
    refusal = shell.refusal(check, PASSWORDS="of-the-cloud")
    assert "DS_INTERFACE='lo': its address is 127.0.0.1, this cloud was made on 192.168.23.11" in refusal
    (shell.state / "network/ds").write_text("127.0.0.1/8\n")
    shell.output(check, PASSWORDS="of-the-cloud")


def test_the_file_is_not_executed(shell: Shell, tmp_path: Path) -> None:
    remember(shell, f"HORIZON_PORT='$(touch {tmp_path}/executed)'\n")
    assert f"HORIZON_PORT=$(touch {tmp_path}/executed)\n" in shell.output(SHOW)
    assert not (tmp_path / "executed").exists()


def test_a_broken_line_with_the_password_is_not_shown(shell: Shell) -> None:
    remember(shell, "PASSWORDS=very-secret\n")
    refusal = shell.refusal("load_settings")
    assert "PASSWORDS=..." in refusal
    assert "very-secret" not in refusal
