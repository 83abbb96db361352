"""PATIENCE: whatever the deployment waits for gets so many times as long, on the host and in containers."""

import os
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.unit.deploy.shell import DEPLOY, Shell

DOCKER = 'printf "%s\\n" "$*" >>"$CALLS"'
FUNCTIONS = f"""
. {DEPLOY}/containers.sh
for part in {DEPLOY}/stages/*.sh; do . "$part"; done
SERVICES_DIR={DEPLOY}/services READY_SECONDS=180 VIRT_TYPE=qemu
declare -A RUNNING=() IMAGE_IDS=([dietstack/mariadb:$RELEASE]=1)
"""


@pytest.fixture
def host(shell: Shell, tmp_path: Path) -> Shell:
    """A host with a Docker and a curl that note how they are called."""
    for program in ("docker", "curl"):
        shell.fake(program, DOCKER)
    shell.env = {"CALLS": str(tmp_path / "calls")}
    return shell


def calls(host: Shell, script: str, **settings: str) -> str:
    """How Docker and curl are called by SCRIPT."""
    file = Path(host.env["CALLS"])
    file.write_text("")
    host.output(f"load_settings; save_settings; {FUNCTIONS}\n{script}", **settings)
    return file.read_text()


@pytest.mark.parametrize(
    ("patience", "ready", "health", "stop"), [("1", 180, 20, 10), ("12", 2160, 240, 120)]
)
def test_containers_get_it_and_are_awaited_so_long(
    host: Shell, patience: str, ready: int, health: int, stop: int
) -> None:
    made = calls(host, "each_container mariadb start_container; await_service mariadb", PATIENCE=patience)
    assert f"--env PATIENCE={patience} " in made
    assert f"--health-timeout {health}s " in made
    assert f"--stop-timeout {stop} " in made
    asked = f"timeout {2 * ready} /opt/dietstack/await mariadb mariadb {ready}"
    assert made.endswith(f"exec --interactive dietstack-mariadb {asked}\n")


def test_the_cloud_is_awaited_so_long(host: Shell) -> None:
    asked = calls(host, "await_ready; await_url http://192.0.2.1; ask_control_node /x", PATIENCE="10")
    assert "ready.py --seconds 1800 " in asked
    assert "--retry-max-time 1800 --max-time 100 " in asked
    assert "--connect-timeout 50 --max-time 300 " in asked


def test_a_node_that_only_computes_asks_as_nova(host: Shell, tmp_path: Path) -> None:
    host.fake("docker", f"{DOCKER}; cat >{tmp_path}/clouds.yaml")
    control = {"CONTROL_NODE": "false", "CONTROL_NODE_DS_IP": "192.0.2.1", "PASSWORDS": "of-the-cloud"}
    asked = calls(host, "await_ready", **control)
    assert "exec --interactive dietstack-nova-compute timeout " in asked
    assert "env OS_CLIENT_CONFIG_FILE=/dev/stdin " in asked
    assert asked.endswith(" --computes\n")
    (cloud,) = yaml.safe_load((tmp_path / "clouds.yaml").read_text())["clouds"].values()
    secret = host.output("PASSWORDS=of-the-cloud; secret nova")
    assert secret not in asked
    assert (cloud["auth"]["username"], cloud["auth"]["password"]) == ("nova", secret)
    assert (cloud["auth"]["auth_url"], cloud["interface"]) == ("http://192.0.2.1:5000/v3", "internal")


@pytest.mark.parametrize(
    "stage",
    [
        "query 'SELECT 1'",
        "make_demo_project",
        "make_catalog",
        "await_ready",
    ],
)
def test_nothing_runs_inside_a_container_without_an_end(host: Shell, stage: str) -> None:
    images = "IMAGE_IDS[dietstack/openstack:$RELEASE]=1"
    asked = calls(host, f"{images}; {stage}", PATIENCE="10").splitlines()
    runs = [line for line in asked if line.startswith("exec ")]
    assert runs
    assert all(line.split()[3:5] == ["timeout", "3600"] for line in runs), runs


def test_what_did_not_end_is_named(host: Shell) -> None:
    host.fake("docker", "exit 124")
    result = host.run(f"load_settings; {FUNCTIONS}\ninside dietstack-cli demo.py --external 1")
    assert result.returncode == 124
    assert result.stderr == "demo.py --external 1 in dietstack-cli: not done within 360 s\n"


def test_it_is_remembered_also_for_the_removal(shell: Shell) -> None:
    shell.output("load_settings; save_settings", PATIENCE="7")
    assert shell.output("load_patience; echo $PATIENCE") == "7\n"
    assert shell.output("load_patience; echo $PATIENCE", PATIENCE="8") == "8\n"
    (shell.state / "settings.sh").write_text("gibberish\n")
    assert shell.output("load_patience; echo $PATIENCE") == "1\n"
    assert "PATIENCE='soon'" in shell.refusal("load_patience", PATIENCE="soon")


def test_processes_are_asked_to_end_so_long(shell: Shell) -> None:
    # Bash counts the seconds; it is told that 20 of them have passed with every look.
    script = f"""
    . {DEPLOY}/destroy/processes.sh
    sleep() {{ SECONDS=$((SECONDS + 20)); }}
    signal() {{ echo "$1 after $SECONDS s"; sent=$1; }}
    has_ended() {{ [[ $sent == KILL ]]; }}
    load_patience
    SECONDS=0
    end_processes 1
    """
    assert shell.output(script).splitlines() == ["TERM after 0 s", "KILL after 20 s"]
    assert shell.output(script, PATIENCE="4").splitlines() == ["TERM after 0 s", "KILL after 60 s"]


# Health questions that need nothing but the program which they ask.
QUESTIONS = {
    "cli": "timeout",
    "libvirt": "timeout",
    "mariadb": "timeout",
    "nfs": "timeout",
    "keeper": "curl",
}


@pytest.mark.parametrize("service", QUESTIONS)
def test_health_questions_wait_so_long(shell: Shell, tmp_path: Path, service: str) -> None:
    shell.fake(QUESTIONS[service], f'echo "$*" >>{tmp_path}/asked; exit 1')

    def seconds(patience: int) -> list[int]:
        """Whatever numbers of seconds the question is given."""
        (tmp_path / "asked").write_text("")
        facts = {"PATIENCE": str(patience), "VIRT_TYPE": "qemu", "DS_IP": "192.0.2.1", "STATE_DIR": "/srv"}
        path = f"{shell.fakes}:{os.environ['PATH']}"
        question = DEPLOY / "services" / service / "health"
        asked = subprocess.run(
            [question], env=facts | {"PATH": path}, capture_output=True, text=True, check=False
        )
        assert (asked.returncode, asked.stderr) == (1, "")
        words = (tmp_path / "asked").read_text().split()
        return [int(words[0] if QUESTIONS[service] == "timeout" else words[words.index("--max-time") + 1])]

    (usual,) = seconds(1)
    assert seconds(10) == [10 * usual]
