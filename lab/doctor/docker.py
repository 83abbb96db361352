"""Docker: whether it answers, and has what machines are made of."""

from pathlib import Path

from lab.doctor.command import NOT_FOUND, ask
from lab.doctor.finding import Finding, bad, good, join
from lab.provider.docker_command import SAVABLE

DOCKER, IMAGE = "Docker", "machine image"
DOCKER_ONLY = frozenset({"docker"})
MEND_STORAGE = f"""sudoedit /etc/docker/daemon.json  # "storage-driver": "{SAVABLE}"; then: make box"""


def check_docker() -> Finding:
    """Whether the daemon answers, and keeps what machines write in the one way that can be saved."""
    answer = ask("docker", "version", "--format", "{{.Server.Version}}")
    if not answer.ok:
        found = answer.text if answer.status == NOT_FOUND else f"it does not answer: {answer.last_line}"
        mend = join("docker") if answer.denied else "sudo ./install_requirements.sh"
        return bad(DOCKER, found, mend, DOCKER_ONLY)
    version = f"version {answer.last_line}"
    storage = ask("docker", "info", "--format", "{{.Driver}}").last_line
    if storage != SAVABLE:
        found = f"{version}; its storage is {storage}, not {SAVABLE}: no lab in it can be saved"
        return bad(DOCKER, found, MEND_STORAGE)
    return good(DOCKER, version)


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
