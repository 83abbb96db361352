"""What this host offers to networks, checked before anything is changed. Each refusal is one line."""

from pathlib import Path
from typing import Any

import netaddr
from neutron.agent import securitygroups_rpc
from oslo_config import cfg

from networking_linuxbridge import config, links, nft
from networking_linuxbridge.in_process import refuse
from networking_linuxbridge.manager import LinuxBridgeManager
from networking_linuxbridge.networks import Networks

_BRIDGE_SYSCTLS = Path("/proc/sys/net/bridge")
_NO_FIREWALL = ("noop", "neutron.agent.firewall.NoopFirewallDriver")


def networks(conf: cfg.ConfigOpts) -> Networks:
    """Return what the settings say that this host offers, or refuse."""
    bridges = _mappings(conf, "bridge_mappings")
    interfaces = _mappings(conf, "physical_interface_mappings")
    local_ip, vxlan_port = _local_ip(conf), _value(conf, "vxlan", "udp_dstport")
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
    driver = conf.SECURITYGROUP.firewall_driver
    return securitygroups_rpc.is_firewall_enabled() and bool(driver) and driver not in _NO_FIREWALL


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


def _local_ip(conf: cfg.ConfigOpts) -> str | None:
    """Return the host's VXLAN address as the kernel writes it, or refuse."""
    written = _value(conf, "vxlan", "local_ip")
    if written is None:
        return None
    address = str(netaddr.IPAddress(written))
    if links.device_of(address) is None:
        refuse(f"[vxlan] local_ip = {written}: not an address of this host; name one")
    return address


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
