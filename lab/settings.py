"""The settings of the DietStack on this machine, as runds.sh remembers them."""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Interface
from pathlib import Path

STATE = Path("/srv/dietstack")


@dataclass(frozen=True)
class Settings:
    """What the lab has to know of a deployment."""

    external_ip: IPv4Interface
    external_bridge: str
    ds_interface: str
    horizon_port: int
    passwords: str

    @classmethod
    def of(cls, values: Mapping[str, str]) -> "Settings":
        """The settings in VALUES (setting name to text); what is not there has its default."""
        return cls(
            external_ip=IPv4Interface(values.get("EXTERNAL_IP", "192.168.99.1/24")),
            external_bridge=values.get("EXTERNAL_BRIDGE", "br-ex"),
            ds_interface=values.get("DS_INTERFACE", "lo"),
            horizon_port=int(values.get("HORIZON_PORT", "8082")),
            passwords=values.get("PASSWORDS", ""),
        )

    @property
    def external_address(self) -> str:
        """The address of the cloud on its external network, without prefix."""
        return str(self.external_ip.ip)

    @property
    def horizon(self) -> str:
        """Where Horizon answers."""
        return f"http://{self.external_address}:{self.horizon_port}/"


def read_settings(state: Path = STATE) -> Settings:
    """The settings in settings.sh of the STATE directory; OSError when there is no deployment."""
    return parse_settings((state / "settings.sh").read_text())


def parse_settings(text: str) -> Settings:
    """The settings in the TEXT of a settings.sh."""
    return Settings.of(dict(line.split("=", 1) for line in shlex.split(text, comments=True)))
