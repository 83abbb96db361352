"""The settings of the agent, under the names that operators of Linux bridges know."""

from neutron.plugins.ml2.drivers.agent import config as agent_config  # noqa: F401  registers [AGENT]
from neutron_lib.utils import helpers
from oslo_config import cfg

VXLAN_PORT = 4789
_POLLING_SECONDS = 30

_LINUX_BRIDGE = [
    cfg.ListOpt(
        "bridge_mappings",
        default=[],
        help="<physical network>:<bridge> pairs. Ports of a flat network go straight into that bridge, "
        "which has to exist; VLAN networks get a VLAN device on it.",
    ),
    cfg.ListOpt(
        "physical_interface_mappings",
        default=[],
        help="<physical network>:<interface> pairs. The agent puts the interface (flat) or a VLAN device "
        "on it (vlan) into the bridge of the network. A flat network takes the interface as a whole: it "
        "must not have addresses of its own.",
    ),
]
_VXLAN = [
    cfg.IPOpt(
        "local_ip",
        help="Address of this host that the other hosts' VXLAN packets are sent to. Without it, this host "
        "takes no part in VXLAN networks.",
    ),
    cfg.PortOpt("udp_dstport", default=VXLAN_PORT, help="UDP port of VXLAN, the same on all hosts."),
]


def list_opts() -> list[tuple[str, list[cfg.Opt]]]:
    """Return the options by section, for oslo's configuration generator."""
    return [("linux_bridge", _LINUX_BRIDGE), ("vxlan", _VXLAN)]


def register(conf: cfg.ConfigOpts = cfg.CONF) -> None:
    """Make the agent's options known.

    What the agent polls it also hears of, so it need not poll as often as neutron's other agents do: with 200
    devices, each look takes 30 ms.
    """
    for section, options in list_opts():
        conf.register_opts(options, section)
    conf.set_default("polling_interval", _POLLING_SECONDS, "AGENT")


def mappings(conf: cfg.ConfigOpts, option: str) -> dict[str, str]:
    """Return a [linux_bridge] option of mappings as a dictionary; ValueError if it is malformed."""
    pairs: dict[str, str] = helpers.parse_mappings(getattr(conf.linux_bridge, option), unique_values=False)
    return pairs
