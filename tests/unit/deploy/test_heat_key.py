"""Heat's key in the database is random, of the length that Heat takes, and never another one."""

from pathlib import Path

from tests.unit.deploy.shell import DEPLOY, Shell

HEAT = DEPLOY / "services/heat"


def key(shell: Shell, folder: Path) -> str:
    return shell.output(f". {HEAT}/key.sh; KEYS={folder}; printf %s $(encryption_key)")


def test_it_is_made_once_and_for_root_alone(shell: Shell, tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    first = key(shell, folder)
    assert len(first) == 32
    assert key(shell, folder) == first
    assert key(shell, tmp_path / "of-another-cloud") != first
    assert {(folder / "database").stat().st_mode & 0o777, folder.stat().st_mode & 0o777} == {0o600, 0o700}


def test_several_that_start_at_once_have_the_same(shell: Shell, tmp_path: Path) -> None:
    keys = shell.output(
        f". {HEAT}/key.sh; KEYS={tmp_path}/keys; for n in 1 2 3 4; do encryption_key & done; wait"
    )
    assert len(set(keys.split())) == 1


def test_every_container_of_heat_has_it(shell: Shell) -> None:
    show = 'on() { shift; "$@"; }; container() { echo "$@"; }; containers; echo "${job_options[@]}"'
    shown = shell.output(f". {HEAT}/service.sh; {show}")
    mount = f"-v {shell.state}/heat:/etc/heat/keys"
    assert shown == f"heat {mount}\n{mount}\n"
    assert "auth_encryption_key = ${HEAT_ENCRYPTION_KEY}\n" in (HEAT / "heat.conf").read_text()
