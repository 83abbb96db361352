"""The secrets of a deployment: the one that a person gave or that was made, and those that follow from it."""

import hashlib

NAMES = (
    "keystone",
    "glance",
    "placement",
    "nova",
    "neutron",
    "cinder",
    "heat",
    "heat-domain",
    "rabbitmq",
    "libvirt",
    "metadata",
    "horizon",
    "memcache",
)


def secrets_of(passwords: str) -> dict[str, str]:
    """Every secret of a deployment with the setting PASSWORDS, by its name."""
    derived = {name: hashlib.sha256(f"{name}\0{passwords}".encode()).hexdigest() for name in NAMES}
    return {"PASSWORDS": passwords} | derived
