"""How large the images are."""

from pathlib import Path

from lab.containers import docker
from tests.bench.measurement import Budget, Measurement


def image_sizes(checkout: Path) -> dict[str, float]:
    """MB (10^6 bytes) by name: Docker's images of this release, and the guest image if it was built here."""
    release = (checkout / "images/release").read_text().strip()
    names = docker("images", "--filter", f"reference=dietstack/*:{release}", "--format", "{{.Repository}}")
    sizes = {
        name.removeprefix("dietstack/"): megabytes(
            docker("image", "inspect", "--format", "{{.Size}}", f"{name}:{release}")
        )
        for name in sorted(names.split())
    }
    guest = checkout / "build/dietguest.qcow2"
    if guest.exists():
        sizes["guest (qcow2)"] = guest.stat().st_size / 1e6
    return sizes


def openstack_image(sizes: dict[str, float]) -> Measurement:
    """The largest of them, which has a budget."""
    return Measurement(Budget.OPENSTACK_IMAGE, [sizes["openstack"]])


def megabytes(size: str) -> float:
    """Bytes in decimal, as MB."""
    return int(size) / 1e6
