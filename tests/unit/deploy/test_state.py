"""What is on disks of servers and volumes, or told by services, is for root alone, whatever it was before."""

import pytest

from tests.unit.deploy.shell import DEPLOY, Shell

MAKE = f"umask 022; . {DEPLOY}/inherited.sh; . {DEPLOY}/stages/state.sh; load_settings; make_state"
ALWAYS = {"config", "log", "run"}
ON_CONTROL = {"mariadb", "rabbitmq", "volumes", "backups", "ssh"}
COMPUTE_ONLY = {
    "CONTROL_NODE": "false",
    "CONTROL_NODE_DS_IP": "192.168.23.11",
    "PASSWORDS": "control-nodes-own",
}


@pytest.mark.parametrize(
    ("settings", "closed"),
    [
        ({}, {*ALWAYS, *ON_CONTROL, "instances"}),
        ({"COMPUTE_NODE": "false"}, {*ALWAYS, *ON_CONTROL}),
        (COMPUTE_ONLY, {*ALWAYS, "instances"}),
    ],
)
def test_folders_are_closed(shell: Shell, settings: dict[str, str], closed: set[str]) -> None:
    for name in closed:
        (shell.state / name).mkdir(parents=True, mode=0o755)
    shell.output(MAKE, **settings)
    modes = {folder.name: folder.stat().st_mode & 0o777 for folder in shell.state.iterdir()}
    assert {name for name, mode in modes.items() if mode == 0o700} == closed
