"""Upstream's own tests of the network API and of network scenarios, run against the cloud of this machine.

python -m tests.tempest [REGEX]. Exit codes: 0 all passed, 1 some failed, 2 refused.
"""

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from lab.api import connect
from lab.settings import STATE, read_settings
from tests.tempest.configuration import write_configuration

CHECKOUT = Path(__file__).resolve().parents[2]
REPORTS = CHECKOUT / "reports/tempest"
NETWORK_TESTS = r"^tempest\.(api\.network\.|scenario\..*smoke)"
# They make a distributed router, which DietStack refuses.
LEFT_OUT = r"RoutersTestDVR\.test_(distributed_router_creation|centralized_router_update_to_dvr)"


def main() -> int:
    """Run the tests that the argument's regular expression finds, else those of networks."""
    clouds = STATE / "clouds.yaml"
    if not clouds.exists():
        sys.stderr.write(f"refused: {clouds}: there is no cloud on this machine; run ./runds.sh\n")
        return 2
    REPORTS.mkdir(parents=True, exist_ok=True)
    configuration = REPORTS / "tempest.conf"
    write_configuration(connect("dietstack-admin", clouds), read_settings().horizon, configuration)
    return run(sys.argv[1] if sys.argv[1:] else NETWORK_TESTS, configuration)


def run(regex: str, configuration: Path) -> int:
    """Run the tests whose names a regular expression finds, two at once. Returns what stestr returns."""
    spec = find_spec("tempest")
    assert spec, "tox -e tempest installs it"
    assert spec.origin
    package = Path(spec.origin).parent
    stestr = [
        *("stestr", "--test-path", str(package / "test_discover"), "--top-dir", str(package.parent)),
        # Tests of a class share what its setup made.
        *("--group-regex", r"([^\.]*\.)*", "--repo-url", str(REPORTS)),
    ]
    environment = {
        "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
        "TEMPEST_CONFIG_DIR": str(configuration.parent),
        "TEMPEST_CONFIG": configuration.name,
    }
    command = [*stestr, "run", "--concurrency", "2", "--exclude-regex", LEFT_OUT, regex]
    return subprocess.run(command, cwd=REPORTS, env=environment, check=False).returncode


sys.exit(main())
