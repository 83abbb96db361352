"""Docker, by its own command: orders to it, and what it knows of the machines of labs."""

import json
import subprocess
from typing import Any

from lab.errors import LabError, Layer
from lab.machine import Machine
from lab.paths import ROOT, release

LABEL = "dietstack.lab"  # its value is the directory of the lab
SAVABLE = "overlay2"  # the storage driver that keeps what containers write as folders


def machine_image() -> str:
    """The image that machines are made of."""
    return f"dietstack/machine:{release()}"


def store() -> str:
    """The volume with the service images; the name of the file that should tell it when there is none."""
    file = ROOT / "build/store"
    return file.read_text().strip() if file.is_file() else "build/store"


def inspected(machine: Machine) -> dict[str, Any]:
    """What Docker knows of MACHINE; nothing if there is no such container."""
    answer = ask_docker("container", "inspect", machine.full_name).stdout
    return next(iter(json.loads(answer or "[]")), {})


def exists(kind: str, name: str) -> bool:
    """Whether Docker has the image or volume NAME."""
    return ask_docker(kind, "inspect", name).returncode == 0


def docker(*arguments: str) -> str:
    """What `docker ARGUMENTS` prints; LabError with what it complains of."""
    result = ask_docker(*arguments)
    if result.returncode:
        command = " ".join(["docker", *arguments])
        raise LabError(Layer.MACHINE, f"{command} returned {result.returncode}: {result.stderr.strip()}")
    return result.stdout


def ask_docker(*arguments: str) -> subprocess.CompletedProcess[str]:
    """What `docker ARGUMENTS` returned and printed; LabError where there is no such program."""
    try:
        return subprocess.run(["docker", *arguments], capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise LabError(Layer.MACHINE, "docker is not installed") from None


def image_id(image: str) -> str:
    """The id of IMAGE; empty if there is no such image."""
    return ask_docker("image", "inspect", "--format", "{{.Id}}", image).stdout.strip()
