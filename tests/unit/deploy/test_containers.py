"""A container is left alone only if it works with what is there now."""

import os
from pathlib import Path

import pytest

from tests.unit.deploy.shell import DEPLOY, Shell

# `ps` names one container, which CONTAINER describes; the others answer nothing.
DOCKER = """
case "$1" in
ps) echo 0123 ;;
inspect) echo "$CONTAINER" ;;
rm) echo "$@" >>"$CALLS" ;;
run) echo run >>"$CALLS" ;;
esac
"""
START = f"""
. {DEPLOY}/containers.sh
SERVICES_DIR={DEPLOY}/services VIRT_TYPE=qemu
load_settings
save_settings
look_at_docker
IMAGE_IDS[dietstack/mariadb:$RELEASE]=1
fingerprint_of() {{ echo same; }}
each_container mariadb start_container
"""


@pytest.fixture
def host(shell: Shell, tmp_path: Path) -> Shell:
    """A host with a Docker that has one container and notes what becomes of it."""
    shell.fake("docker", DOCKER)
    (tmp_path / "calls").touch()
    shell.env = {"CALLS": str(tmp_path / "calls")}
    (shell.state / "mariadb").mkdir(parents=True)
    (shell.state / "deleted").mkdir()
    shell.output("load_settings; save_settings; cp $STATE_DIR/settings.sh $STATE_DIR/same-settings.sh")
    (shell.state / "other-settings.sh").write_text("PASSWORDS='another'\n")
    return shell


def calls(host: Shell, container: str) -> list[str]:
    """What is done with a CONTAINER whose processes see the host's files."""
    described = f"/dietstack-mariadb {container}".format(pid=os.getpid(), state=host.state)
    host.output(START, CONTAINER=described)
    return Path(host.env["CALLS"]).read_text().splitlines()


@pytest.mark.parametrize(("shares", "said"), [("true", "--cpu-shares 10240"), ("false", "")])
def test_what_all_wait_for_goes_first(host: Shell, shares: str, said: str) -> None:
    host.fake("docker", f'case $1 in info) echo {shares} ;; run) echo "$*" >>"$CALLS" ;; esac')
    host.output(START)
    (run,) = Path(host.env["CALLS"]).read_text().splitlines()
    assert f"--cap-add SYS_NICE --env PRIORITY=-10 {said} -v".replace("  ", " ") in run


@pytest.mark.parametrize(("service", "file"), [("mariadb", "settings.sh"), ("cli", "clouds.yaml")])
def test_docker_makes_no_directory_of_a_file_that_is_gone(host: Shell, service: str, file: str) -> None:
    host.fake("docker", '[[ $1 != run ]] || printf "%s\\n" "$@" >>"$CALLS"')
    start = START.replace("each_container mariadb", f"each_container {service}")
    host.output(start.replace("[dietstack/mariadb", "[dietstack/openstack") if service == "cli" else start)
    said = Path(host.env["CALLS"]).read_text().splitlines()
    (mount,) = (word for word in said if f"{host.state}/{file}" in word)
    assert mount.startswith(f"type=bind,src={host.state}/{file},dst=/etc/")


@pytest.mark.parametrize(
    "container",
    [
        "same running healthy {pid} {state}/mariadb={state}/mariadb",
        "same running starting {pid}",
        "same running healthy 4194305 {state}/mariadb=/what/cannot/be/seen",
        "same running healthy {pid} {state}/settings.sh={state}/same-settings.sh",
    ],
)
def test_one_that_works_is_left_alone(host: Shell, container: str) -> None:
    assert calls(host, container) == []


@pytest.mark.parametrize(
    "container",
    [
        "other running healthy {pid}",
        "same exited healthy 0",
        "same running unhealthy {pid}",
        "same running healthy {pid} {state}/mariadb={state}/deleted",
        "same running healthy {pid} {state}/gone={state}/mariadb",
        "same running healthy {pid} {state}/settings.sh={state}/other-settings.sh",
        "- created - 0",
    ],
)
def test_one_that_does_not_work_is_replaced(host: Shell, container: str) -> None:
    assert calls(host, container) == ["rm --force dietstack-mariadb", "run"]
