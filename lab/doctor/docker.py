"""Docker: whether it answers, and has what machines are made of."""

from pathlib import Path

from lab.doctor.command import NOT_FOUND, ask
from lab.doctor.finding import Finding, bad, good

DOCKER, IMAGE = "Docker", "machine image"
DOCKER_ONLY = frozenset({"docker"})


def check_docker() -> Finding:
    """Whether the daemon answers."""
    answer = ask("docker", "version", "--format", "{{.Server.Version}}")
    if answer.ok:
        return good(DOCKER, f"version {answer.last_line}")
    found = answer.text if answer.status == NOT_FOUND else f"it does not answer: {answer.last_line}"
    return bad(DOCKER, found, "sudo ./install_requirements.sh", DOCKER_ONLY)


def check_machine_image(image: str, store: Path) -> Finding:
    """Whether the IMAGE of system containers is built, and the volume that the file STORE names."""
    if not ask("docker", "image", "inspect", "--format", "{{.Id}}", image).ok:
        return bad(IMAGE, f"{image} is not built", "make box", DOCKER_ONLY)
    volume = store.read_text().strip() if store.exists() else ""
    if not volume or not ask("docker", "volume", "inspect", volume).ok:
        return bad(
            IMAGE, "the store of DietStack's images for machines is not built", "make box", DOCKER_ONLY
        )
    return good(IMAGE, f"{image} and its store are there")
