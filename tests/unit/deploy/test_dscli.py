"""dscli.sh says why it cannot ask Docker, and takes only the input that is meant for it."""

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


def test_a_loop_keeps_the_list_that_it_reads(shell: Shell) -> None:
    shell.fake("docker", 'case "$*" in *" true") ;; *--interactive*) cat >/dev/null ;; esac; echo "${@: -1}"')
    loop = f'while read -r id; do {DEPLOY.parent}/dscli.sh server delete "$id"; done'
    done = subprocess.run(
        ["bash", "-c", loop],
        input="one\ntwo\nthree\n",
        env=shell.environment({}),
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["one", "two", "three"]


@pytest.mark.parametrize(
    ("line", "read"),
    [
        ("", True),
        ("--os-cloud dietstack-demo", True),
        ("image create web --disk-format qcow2", True),
        ("image stage web", True),
        ("stack create web --template /dev/stdin", True),
        ("server create web --user-data=/dev/stdin", True),
        ("object create box -", True),
        ("--debug --os-cloud dietstack-demo image create web", True),
        ("image create web --volume root", False),
        ("image create --file /dev/null web", False),
        ("image create --volume=root web", False),
        ("--os-cloud dietstack-demo --insecure server show web", False),
        ("--os-cloud=dietstack-demo server show web", False),
        ("image list", False),
        ("server show stdin", False),
        ("first_vm", False),
        ("dietstack-net explain web", False),
    ],
)
def test_what_reads_its_input(shell: Shell, line: str, read: bool) -> None:
    shell.fake("docker", 'case "$*" in *" true") ;; *--interactive*) cat ;; esac')
    command = [f"{DEPLOY.parent}/dscli.sh", *line.split()]
    done = subprocess.run(
        command, input="text", env=shell.environment({}), capture_output=True, text=True, check=True
    )
    assert done.stdout == ("text" if read else "")
