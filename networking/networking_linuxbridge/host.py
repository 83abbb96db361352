"""What this host offers to networks, checked before anything is changed. Each refusal is one line."""

from pathlib import Path

from neutron.agent import securitygroups_rpc
from oslo_config import cfg
from pyroute2 import IPRoute

from networking_linuxbridge import config, links
from networking_linuxbridge.in_process import refuse
from networking_linuxbridge.networks import Networks

_BRIDGE_SYSCTLS = Path("/proc/sys/net/bridge")
_NO_FIREWALL = (None, "noop", "neutron.agent.firewall.NoopFirewallDriver")


def networks(conf: cfg.ConfigOpts) -> Networks:
    """Return what the settings say that this host offers, or refuse."""
    bridges = _mappings(conf, "bridge_mappings")
    interfaces = _mappings(conf, "physical_interface_mappings")
    local_ip = conf.vxlan.local_ip
    if local_ip is not None and not _is_own_address(local_ip):
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
    return Networks(local_ip, conf.vxlan.udp_dstport, bridges, interfaces)


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


def _mappings(conf: cfg.ConfigOpts, option: str) -> dict[str, str]:
    try:
        return config.mappings(conf, option)
    except ValueError as error:
        value = ",".join(getattr(conf.linux_bridge, option))
        refuse(f"[linux_bridge] {option} = {value}: {error}; write NAME:DEVICE,NAME:DEVICE")


def _is_own_address(address: str) -> bool:
    with IPRoute() as kernel:
        return any(found.get_attr("IFA_ADDRESS") == address for found in kernel.get_addr())
