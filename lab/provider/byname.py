"""The providers by name."""

from lab.errors import Refused
from lab.provider.base import Provider
from lab.provider.docker import DockerProvider
from lab.provider.here import HereProvider
from lab.provider.libvirt import LibvirtProvider

PROVIDERS: dict[str, Provider] = {
    provider.name: provider for provider in (DockerProvider(), LibvirtProvider(), HereProvider())
}


def provider_called(name: str) -> Provider:
    """The provider `docker`, `libvirt` or `here`; Refused for another name."""
    if name not in PROVIDERS:
        raise Refused("provider", name, f"there are {', '.join(sorted(PROVIDERS))}")
    return PROVIDERS[name]
