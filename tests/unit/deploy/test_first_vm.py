"""The first server gets a floating IP of its own, whatever other ones there are."""

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
