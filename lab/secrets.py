"""The secrets of a deployment: the one that a person gave or that was made, and those that follow from it."""

import hashlib

NAMES = (
    *("keystone", "glance", "placement", "nova", "neutron", "cinder", "heat", "heat-domain"),
    *("rabbitmq", "libvirt", "libvirt-authority", "libvirt-authority-more", "nova-ssh", "nova-ssh-more"),
    *("metadata", "horizon", "memcache"),
)
DIGITS = 40


def secrets_of(passwords: str) -> dict[str, str]:
    """Every secret of a deployment with the setting PASSWORDS, by its name."""
    derived = {name: secret(name, passwords) for name in NAMES}
    return {"PASSWORDS": passwords} | derived


def secret(name: str, passwords: str) -> str:
    """The secret NAME, as deploy/container/secret.sh derives it from PASSWORDS."""
    return hashlib.sha256(f"{name}\0{passwords}".encode()).hexdigest()[:DIGITS]
