"""The providers by name."""

from lab.errors import Refused
from lab.provider.base import Provider


def provider_called(name: str) -> Provider:
    """The provider `docker`, `libvirt` or `here`; Refused for another name."""
    raise Refused("provider", name, "there are docker, libvirt and here (for the scenario local)")
