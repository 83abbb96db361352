"""The first server gets a floating IP of its own, and is not waited for when it failed."""

from pathlib import Path

import pytest

from tests.unit.deploy.shell import DEPLOY, Shell

# Everything but the call of `main`.
FUNCTIONS = f"export PATIENCE=1; . <(sed '$d' {DEPLOY}/services/cli/first_vm)"
# A file for each floating IP, which holds its port; one has none.
OPENSTACK = """
cd "$HAS"
case "$*" in
"port list --server first_vm"*) echo port-of-the-server ;;
"floating ip create external --port "*) echo "$6" >192.168.99.170; echo 192.168.99.170 ;;
"floating ip list --port "*) grep --files-with-matches --line-regexp -e "$5" * || true ;;
*) echo "unknown: $*" >&2; exit 1 ;;
esac
"""


@pytest.fixture
def cloud(tmp_path: Path) -> Path:
    """A folder with the floating IPs of the demo project, which has one that nobody uses."""
    folder = tmp_path / "cloud"
    folder.mkdir()
    (folder / "192.168.99.101").write_text("None\n")
    return folder


def test_it_gets_a_new_one_and_keeps_it(shell: Shell, cloud: Path) -> None:
    shell.fake("openstack", OPENSTACK)
    script = f"{FUNCTIONS}; make_floating_ip; echo it is $address"
    first = shell.output(script, HAS=str(cloud)).splitlines()
    assert first == [
        "$ openstack floating ip create external --port port-of-the-server -c floating_ip_address -f value",
        "192.168.99.170",
        "it is 192.168.99.170",
    ]
    assert shell.output(script, HAS=str(cloud)).splitlines() == ["it is 192.168.99.170"]


# STATUS is the server's for as long as there is no file `made` with that of a new one. The old one has a
# floating IP, which would stay behind.
SERVERS = """
cd "$HAS"
status=$STATUS
[[ ! -e made ]] || status=$(<made)
case "$*" in
"server list --name ^first_vm$ -f value -c Status") [[ $status != silent ]] || exit 1; echo "$status" ;;
"server show first_vm -c status -c fault") echo "$status: no valid host" ;;
"port list --server first_vm "*) echo port-of-the-server ;;
"floating ip list --port port-of-the-server "*) echo 192.168.99.170 ;;
"floating ip delete 192.168.99.170") rm floating-ip ;;
"server delete first_vm --wait") [[ ! -e floating-ip ]] || exit 1; echo >made ;;
"server create first_vm "*) echo "${BECOMES}" >made; [[ $BECOMES != ERROR ]] ;;
"server show first_vm -c status -c addresses") ;;
"console log show "*) echo "ready from before" ;;
*) echo "unknown: $*" >&2; exit 1 ;;
esac
"""


def made(shell: Shell, cloud: Path, status: str, becomes: str = "ACTIVE") -> tuple[int, list[str], str]:
    """How make_server ends with a server of that STATUS, what it typed, and its complaint."""
    shell.fake("openstack", SERVERS)
    (cloud / "floating-ip").touch()
    done = shell.run(f"{FUNCTIONS}; make_server", HAS=str(cloud), STATUS=status, BECOMES=becomes)
    typed = [line.split()[3] for line in done.stdout.splitlines() if line.startswith("$ openstack server ")]
    return done.returncode, typed, done.stderr + done.stdout


@pytest.mark.parametrize(
    ("status", "typed"), [("ACTIVE", ["show"]), ("", ["create"]), ("ERROR", ["delete", "create"])]
)
def test_one_that_failed_is_made_anew(shell: Shell, cloud: Path, status: str, typed: list[str]) -> None:
    assert made(shell, cloud, status)[:2] == (0, typed)


def test_a_cloud_that_does_not_answer_gets_no_second_one(shell: Shell, cloud: Path) -> None:
    code, typed, _ = made(shell, cloud, "silent")
    assert (code, typed) == (1, [])


def test_why_it_cannot_be_made_is_said(shell: Shell, cloud: Path) -> None:
    code, _, said = made(shell, cloud, "", becomes="ERROR")
    assert code == 1
    assert "failed: first_vm could not be made\n" in said
    assert "ERROR: no valid host\n" in said


@pytest.mark.parametrize(
    ("status", "mend"), [("ERROR", "makes it anew"), ("SHUTOFF", "server start first_vm")]
)
def test_one_that_does_not_run_is_not_waited_for(shell: Shell, cloud: Path, status: str, mend: str) -> None:
    shell.fake("openstack", SERVERS)
    done = shell.run(f"{FUNCTIONS}; await_answer; echo never", HAS=str(cloud), STATUS=status)
    assert (done.returncode, "never" in done.stdout) == (1, False)
    assert f"{status}: no valid host\n" in done.stdout
    assert done.stderr.startswith("failed: first_vm ")
    assert mend in done.stderr
