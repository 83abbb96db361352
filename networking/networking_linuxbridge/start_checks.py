"""What this host offers to networks, checked before anything is changed. Each refusal is one line."""

from pathlib import Path
from typing import Any

from neutron.agent import securitygroups_rpc
from oslo_config import cfg

from networking_linuxbridge import config, links, nft
from networking_linuxbridge.in_process import refuse
from networking_linuxbridge.manager import LinuxBridgeManager
from networking_linuxbridge.networks import Networks

_BRIDGE_SYSCTLS = Path("/proc/sys/net/bridge")
_NO_FIREWALL = (None, "noop", "neutron.agent.firewall.NoopFirewallDriver")


def networks(conf: cfg.ConfigOpts) -> Networks:
    """Return what the settings say that this host offers, or refuse."""
    bridges = _mappings(conf, "bridge_mappings")
    interfaces = _mappings(conf, "physical_interface_mappings")
    local_ip, vxlan_port = _value(conf, "vxlan", "local_ip"), _value(conf, "vxlan", "udp_dstport")
    if local_ip is not None and links.device_of(local_ip) is None:
        refuse(f"[vxlan] local_ip = {local_ip}: not an address of this host; name one")
    for physical, bridge in bridges.items():
        if not links.is_bridge(bridge):
            refuse(f"[linux_bridge] bridge_mappings = {physical}:{bridge}: no such bridge; make it first")
    for physical, interface in interfaces.items():
        if not links.exists(interface):
            refuse(
                f"[linux_bridge] physical_interface_mappings = {physical}:{interface}: no such interface; "
                "name one that the host has"
            )
    return Networks(local_ip, vxlan_port, bridges, interfaces, filters(conf))


def filters(conf: cfg.ConfigOpts) -> bool:
    """Tell whether security groups filter on this host."""
    return securitygroups_rpc.is_firewall_enabled() and conf.SECURITYGROUP.firewall_driver not in _NO_FIREWALL


def check_filtering(conf: cfg.ConfigOpts) -> None:
    """Refuse a host on which security groups would not filter."""
    if filters(conf) and not _BRIDGE_SYSCTLS.exists():
        refuse(
            f"[securitygroup] firewall_driver = {conf.SECURITYGROUP.firewall_driver}: the kernel does not "
            "filter bridged frames; load the module br_netfilter"
        )


def close_by_default(manager: LinuxBridgeManager) -> None:
    """Close the devices of ports until their rules stand, or refuse a host on which that cannot be."""
    try:
        manager.close_by_default()
    except nft.RefusedError as error:
        refuse(f"no protection from servers: {' '.join(str(error).split())}; nf_tables has to know bridges")


def _value(conf: cfg.ConfigOpts, section: str, option: str) -> Any:
    try:
        return conf[section][option]
    except cfg.ConfigFileValueError as error:
        refuse(f"[{section}] {option}: {str(error).rpartition(': ')[2]}; write another")


def _mappings(conf: cfg.ConfigOpts, option: str) -> dict[str, str]:
    try:
        return config.mappings(conf, option)
    except ValueError as error:
        value = ",".join(getattr(conf.linux_bridge, option))
        refuse(f"[linux_bridge] {option} = {value}: {error}; write NAME:DEVICE,NAME:DEVICE")
