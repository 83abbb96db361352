"""The wheel that PyPI would get, in an environment that has nothing else."""

import os
import subprocess
import sys
import zipfile
from email import message_from_bytes
from importlib.metadata import version
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
CONSTRAINTS = PROJECT.parent / "images/openstack/requirements.lock"
GROUPS = ("neutron.ml2.mechanism_drivers", "neutron.interface_drivers", "neutron.qos.agent_drivers")

LOAD_ALL = """
import networking_linuxbridge.cmd
from importlib.metadata import distribution
from stevedore.named import NamedExtensionManager

for group in {groups}:
    (found,) = NamedExtensionManager(group, ["linuxbridge"], on_load_failure_callback=print)
    print(group, found.plugin.__name__)
for entry in distribution("networking-linuxbridge").entry_points:
    print(entry.group, entry.name, entry.load().__name__)
"""


def run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    # What the first start compiled need not be compiled by the next ones.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    words = [str(part) for part in command]
    return subprocess.run(words, capture_output=True, text=True, check=False, env=environment)


def succeed(*command: str | Path) -> str:
    done = run(*command)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    directory = tmp_path_factory.mktemp("dist")
    succeed("uv", "build", "--wheel", "--out-dir", directory, PROJECT)
    (built,) = directory.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def programs(wheel, tmp_path_factory) -> Path:
    """Return the programs of an environment that the wheel alone was installed into."""
    environment = tmp_path_factory.mktemp("empty") / "venv"
    succeed("uv", "venv", "--python", sys.executable, environment)
    python = environment / "bin/python"
    # The versions are those of the images: whatever PyPI has today does not decide over the test.
    succeed("uv", "pip", "install", "--python", python, "--constraints", CONSTRAINTS, wheel)
    return environment / "bin"


def test_neutron_comes_with_it(programs):
    shown = succeed("uv", "pip", "show", "--python", programs / "python", "neutron")
    assert "Version: 29." in shown


def test_all_entry_points_are_found(programs):
    found = succeed(programs / "python", "-W", "ignore", "-c", LOAD_ALL.format(groups=GROUPS)).splitlines()
    assert "neutron.ml2.mechanism_drivers LinuxBridgeMechanismDriver" in found
    assert "neutron.interface_drivers BridgeInterfaceDriver" in found
    assert "neutron.qos.agent_drivers LinuxBridgeQosDriver" in found
    assert "oslo.config.opts networking-linuxbridge list_opts" in found


def test_the_agent_says_its_version(programs):
    said = succeed(programs / "neutron-linuxbridge-agent", "--version")
    assert said == f"networking-linuxbridge {version('networking-linuxbridge')}, neutron 29.0.0\n"


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ("[vxlan]\nlocal_ip = 192.0.2.1\n", "[vxlan] local_ip = 192.0.2.1: not an address of this host"),
        ("[vxlan]\nlocal_ip = here\n", "[vxlan] local_ip: here is not"),
        ("[linux_bridge]\nbridge_mappings = outside\n", "[linux_bridge] bridge_mappings = outside"),
    ],
)
def test_bad_settings_are_refused_in_one_line(programs, tmp_path, settings, said):
    file = tmp_path / "agent.ini"
    file.write_text(settings)
    # Root of its own network, in which nothing is.
    alone = ("unshare", "--user", "--map-root-user", "--net", "--mount")
    agent = run(*alone, programs / "neutron-linuxbridge-agent", "--config-file", file)
    assert agent.returncode == 2
    assert agent.stderr.count("\n") == 1
    assert said in agent.stderr


def test_the_wheel_has_what_pypi_shows(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        (metadata,) = (name for name in names if name.endswith(".dist-info/METADATA"))
        told = message_from_bytes(archive.read(metadata))
    assert told["License-Expression"] == "Apache-2.0"
    assert told["Description-Content-Type"] == "text/markdown"
    assert told.get_payload().startswith("# networking-linuxbridge")
    assert "](../" not in told.get_payload(), (
        "PyPI has the README alone: links to other files lead nowhere there"
    )
    assert any(name.endswith("LICENSE") for name in names)
    assert "networking_linuxbridge/py.typed" in names
    assert not [name for name in names if "test" in name]
