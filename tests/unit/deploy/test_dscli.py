"""dscli.sh tells who may not ask Docker from what Docker does not run."""

import subprocess

import pytest

from tests.unit.deploy.shell import DEPLOY, Shell

SOCKET = "unix:///var/run/docker.sock"


@pytest.mark.parametrize(
    ("complaint", "mend"),
    [
        (f"permission denied while trying to connect to the Docker daemon socket at {SOCKET}", "(sudo)"),
        (f"permission denied while trying to connect to the docker API at {SOCKET}", "(sudo)"),
        ("Error response from daemon: No such container: dietstack-cli", "run ./runds.sh here"),
    ],
)
def test_why_it_refuses(shell: Shell, complaint: str, mend: str) -> None:
    shell.fake("docker", f"echo '{complaint}' >&2; exit 1")
    command = [f"{DEPLOY.parent}/dscli.sh", "server", "list"]
    done = subprocess.run(command, env=shell.environment({}), capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert done.stderr.startswith("refused: ")
    assert mend in done.stderr
