"""What the documentation may speak of: files, targets, environments and settings that there really are."""

import re
import subprocess
from collections.abc import Iterator
from configparser import ConfigParser
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[3]

# Every service folder in turn, asked for its containers: name, image and the node they are on.
CONTAINERS = """
on() { node=$1; "${@:2}"; node=every; }
container() {
    [[ $1 == "$service" ]] && name=dietstack-$service || name=dietstack-$service-$1
    echo "$name $image $node"
}
node=every
for folder in "$SERVICES_DIR"/*/; do
    service=$(basename "$folder")
    . "$folder/service.sh"
    containers
done
"""


@cache
def files() -> frozenset[str]:
    """All files of the repository and their folders, relative to its root."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\n")
    present = [Path(name) for name in names if name and (ROOT / name).exists()]
    return frozenset(str(path) for file in present for path in (file, *file.parents[:-1]))


def make_targets() -> set[str]:
    """The targets of the Makefile."""
    return set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))


def tox_environments() -> set[str]:
    """The environments of tox.ini."""
    configuration = ConfigParser(interpolation=None)
    configuration.read(ROOT / "tox.ini")
    return {name.removeprefix("testenv:") for name in configuration.sections() if ":" in name}


@cache
def settings() -> dict[str, str]:
    """The settings of a deployment and their defaults."""
    lines = deploy('for name in "${SETTINGS[@]}"; do echo "$name=${DEFAULTS[$name]}"; done')
    return dict(line.split("=", 1) for line in lines)


def ports() -> set[tuple[str, str]]:
    """Port and service of all that the service folders declare."""
    return {(port, service) for _role, service, port in map(str.split, deploy("declared_ports"))}


@cache
def containers() -> dict[str, tuple[str, str]]:
    """Image and node (control, compute, every) of each container, by name."""
    return {name: (image, node) for name, image, node in map(str.split, deploy(CONTAINERS))}


def packages() -> set[str]:
    """The packages that install_requirements.sh installs, whatever the host is like."""
    lists = '"${PACKAGES[@]}" "${LAB_PACKAGES[@]}" "${VAGRANT_PACKAGES[@]}"'
    return set(deploy(f"source deploy/requirements/packages.sh; printf '%s\\n' {lists}"))


def deploy(script: str) -> Iterator[str]:
    """The lines that the bash SCRIPT prints, which has the functions of deploy/ and the default settings."""
    prepared = """
    set -euo pipefail
    source deploy/settings.sh
    source deploy/checks/services.sh
    HORIZON_PORT=${DEFAULTS[HORIZON_PORT]}
    """
    command = ["bash", "-c", prepared + script]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return iter(run.stdout.splitlines())
