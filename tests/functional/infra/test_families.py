"""What the processes of a family share is imported before any of them has read its configuration."""

import subprocess
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[3]
SCRIPT = Path(__file__).with_name("options_read_by.py")
RELEASE = (CHECKOUT / "images/release").read_text().strip()
FAMILIES = sorted((CHECKOUT / "deploy/services").glob("*/*_family.py"))
# They read defaults to tell which options there are.
LISTS_OF_OPTIONS = ("castellan/", "keystoneauth1/loading/", "oslo_limit/opts.py")
# Each was looked at: what it makes of the option is not used here, or is made again later.
HARMLESS = {
    # No profiler without its configuration, which DietStack has not.
    "nova": {"nova/profiler.py enabled"},
    # Both are of Open vSwitch.
    "neutron": {
        "neutron/agent/ovsdb/native/helpers.py of_inactivity_probe",
        "neutron/agent/ovsdb/native/helpers.py ovsdb_timeout",
    },
}


@pytest.mark.parametrize("family", FAMILIES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_nothing_shared_depends_on_an_option(family: Path) -> None:
    service = family.parent.name
    folder = f"/opt/dietstack/services/{service}"
    command = ["docker", "run", "--rm", "--network", "none", "--volume", f"{SCRIPT}:/options_read_by.py:ro"]
    command += ["--workdir", folder, "--entrypoint", "/opt/openstack/bin/python3"]
    command += [f"dietstack/openstack:{RELEASE}", "-W", "ignore", "/options_read_by.py", family.stem]
    command += processes_of(family)
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    reads = {line for line in done.stdout.splitlines() if line and not line.startswith(LISTS_OF_OPTIONS)}
    assert reads == HARMLESS.get(service, set())


def processes_of(family: Path) -> list[str]:
    """All that FAMILY can have: those of a control node."""
    declared = family.with_name(family.name.replace("_family.py", ".family"))
    script = f"CONTROL_NODE=true; . {declared}; echo ${{processes[@]}}"
    return subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True).stdout.split()
