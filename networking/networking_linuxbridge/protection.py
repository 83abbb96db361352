"""What a server may send: from its own addresses only, and nothing that is a router's or DHCP server's.

It is judged by nftables where it enters the bridge, before the bridge learns from it which port an address is
behind. A device named tap... that no rules were made for sends and gets nothing at all.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import netaddr
from neutron_lib.utils import net

from networking_linuxbridge import nft

_TABLE = "linuxbridge"
_ANYTHING = (netaddr.IPNetwork("0.0.0.0/0"), netaddr.IPNetwork("::/0"))

# The same on every host. `senders` has a chain for each device, named as the device: see `protect`.
# `typeof`: the nft 1.0.6 of a host crashes at sets that the 1.1.3 of a container made with `type`.
_SHARED = f"""
table inet {_TABLE} {{
    chain to_host {{ type filter hook input priority filter; }}
    chain through_host {{ type filter hook forward priority filter; }}
}}
table arp {_TABLE} {{
    chain from_host {{ type filter hook output priority filter; }}
}}
table bridge {_TABLE} {{
    map senders {{ typeof iifname : verdict; }}
    set receivers {{ typeof oifname; }}
    chain from_port {{ type filter hook prerouting priority filter; }}
    chain to_port {{ type filter hook postrouting priority filter; }}
    chain ipv4 {{ }}
    chain ipv6 {{ }}
    chain without_address {{ }}
}}
flush chain inet {_TABLE} to_host
flush chain inet {_TABLE} through_host
flush chain arp {_TABLE} from_host
flush chain bridge {_TABLE} from_port
flush chain bridge {_TABLE} to_port
flush chain bridge {_TABLE} ipv4
flush chain bridge {_TABLE} ipv6
flush chain bridge {_TABLE} without_address
table inet {_TABLE} {{
    # Servers' networks are out of the host's own reach, and the host out of theirs.
    chain to_host {{
        iifname "brq*" counter drop
    }}
    chain through_host {{
        iifname "brq*" oifname != "brq*" counter drop
    }}
}}
table arp {_TABLE} {{
    # A bridge answers in the name of other hosts' servers, but not to other hosts: they know better.
    chain from_host {{
        oifname "vxlan-*" counter drop
    }}
}}
table bridge {_TABLE} {{
    chain from_port {{
        iifname vmap @senders
        iifname "tap*" counter drop
    }}
    chain to_port {{
        oifname "tap*" oifname != @receivers counter drop
    }}
    # From a server's own address: all but answers to DHCP clients and announcements of routers.
    chain ipv4 {{
        udp dport 68 counter drop
        accept
    }}
    chain ipv6 {{
        # In fragments, what a packet is has to stand in the first, and neighbour discovery never comes.
        frag nexthdr {{ 0, 43, 44, 60 }} counter drop
        exthdr frag exists icmpv6 type 133-137 counter drop
        udp dport 546 counter drop
        icmpv6 type {{ nd-router-advert, nd-redirect }} counter drop
        accept
    }}
    # From a server's own MAC address: what asks for an IP address, or tells where the server migrated to.
    chain without_address {{
        ether type ip ip saddr 0.0.0.0 ip daddr 255.255.255.255 udp sport 68 udp dport 67 accept
        ether type ip6 ip6 saddr :: ip6 daddr ff02::/16 icmpv6 type {{ 131, 143 }} accept
        ether type 0x8035 accept
    }}
}}
"""


def devices() -> set[str] | None:
    """Return the devices whose rules stand; None if not even the default does that closes all others."""
    senders, receivers = _senders(), _receivers()
    if senders is None or receivers is None:
        return None
    uses = nft.uses_of_bridge_chains(_TABLE)
    if not uses.get("from_port"):
        return None
    # An emptied chain is left with the element of `senders` that leads to it.
    return {device for device in senders & receivers if uses.get(device, 0) > 1}


def establish(admitted: Iterable[str], local_ip: str | None, vxlan_port: int) -> None:
    """Have the rules that all devices share, and these devices open. The rules of others stay as they are.

    LOCAL_IP and VXLAN_PORT: where the host gets other hosts' VXLAN packets, if it does.
    """
    tunnels = _tunnels(local_ip, vxlan_port) if local_ip else ""
    nft.apply(_SHARED + tunnels + _lead_to_rules(_senders() or ()) + _open(admitted))


def admit(strangers: Iterable[str]) -> None:
    """Let devices send and get anything."""
    nft.apply(_open(strangers))


def protect(device: str, port: Mapping[str, Any]) -> None:
    """Let a device send what its port may, PORT as the server describes it to agents."""
    if port["port_security_enabled"] and not net.is_port_trusted(port):
        rules = _rules(_addresses(port))
    else:
        rules = ["accept"]
    nft.apply(_chain(device, rules))


def remove(gone: Iterable[str]) -> None:
    """Close devices that are nobody's, or no more, lest another of the same name finds itself open."""
    gone = set(gone)
    senders, receivers = (_senders() or set()) & gone, (_receivers() or set()) & gone
    lines = [f"delete element bridge {_TABLE} receivers {{ {device} }}\n" for device in sorted(receivers)]
    for device in sorted(senders):
        lines.append(f"delete element bridge {_TABLE} senders {{ {device} }}\n")
        lines.append(f"delete chain bridge {_TABLE} {device}\n")
    if lines:
        nft.apply("".join(lines))


def remove_all_but(present: Iterable[str]) -> None:
    """Close all devices but these, lest one of a name that was there before finds itself open."""
    remove(((_senders() or set()) | (_receivers() or set())) - set(present))


def _senders() -> set[str] | None:
    return nft.devices_in("map", "bridge", _TABLE, "senders")


def _receivers() -> set[str] | None:
    return nft.devices_in("set", "bridge", _TABLE, "receivers")


def _tunnels(local_ip: str, port: int) -> str:
    """Take VXLAN packets only to the host's address, by the device that has it: the kernel asks for neither.

    Servers, and whoever is on an external network, reach the host by other devices.
    """
    address = f"{'ip6' if ':' in local_ip else 'ip'} daddr {local_ip}"
    return (
        f"add rule inet {_TABLE} to_host udp dport {port} {address} fib daddr . iif type local accept\n"
        f"add rule inet {_TABLE} to_host udp dport {port} counter drop\n"
    )


def _lead_to_rules(devices: Iterable[str]) -> str:
    """Lead devices that have rules to them, as an earlier agent may have done in another way."""
    return f"flush map bridge {_TABLE} senders\n" + "".join(map(_leading, sorted(devices)))


def _leading(device: str) -> str:
    # Not by goto, which from an emptied chain would not come back to the rule that closes the device.
    return f"add element bridge {_TABLE} senders {{ {device} : jump {device} }}\n"


def _open(devices: Iterable[str]) -> str:
    return "".join(_chain(device, ["accept"]) for device in sorted(devices))


def _chain(device: str, rules: Iterable[str]) -> str:
    lines = "".join(f"        {rule}\n" for rule in rules)
    return (
        f"add chain bridge {_TABLE} {device}\n"
        f"flush chain bridge {_TABLE} {device}\n"
        f"table bridge {_TABLE} {{\n    chain {device} {{\n{lines}    }}\n}}\n"
        f"{_leading(device)}"
        f"add element bridge {_TABLE} receivers {{ {device} }}\n"
    )


def _addresses(port: Mapping[str, Any]) -> dict[str, list[netaddr.IPNetwork]]:
    """Return the IP addresses that a port may send from by the MAC address that each goes with."""
    own = [netaddr.IPNetwork(ip["ip_address"]) for ip in port["fixed_ips"]]
    # As neutron has it, who was given no address at all may take any.
    found = {_mac(port["mac_address"]): own or list(_ANYTHING)}
    for pair in port["allowed_address_pairs"]:
        found.setdefault(_mac(pair["mac_address"]), []).append(netaddr.IPNetwork(pair["ip_address"]))
    for mac, networks in found.items():
        networks.append(netaddr.IPNetwork(netaddr.EUI(mac).ipv6_link_local()))
    return {mac: netaddr.cidr_merge(networks) for mac, networks in found.items()}


def _mac(address: str) -> str:
    return str(netaddr.EUI(address, dialect=netaddr.mac_unix_expanded))


def _rules(addresses: Mapping[str, list[netaddr.IPNetwork]]) -> list[str]:
    pairs = [(mac, network) for mac, networks in addresses.items() for network in networks]
    ipv4 = [(mac, network) for mac, network in pairs if network.version == 4]
    ipv6 = [(mac, network) for mac, network in pairs if network.version == 6]
    return [
        f"ether saddr != {_set(addresses)} counter drop",
        *(_ipv4_rules(ipv4) if ipv4 else ()),
        *_ipv6_rules(ipv6),
        "jump without_address",
        "counter drop",
    ]


def _ipv4_rules(pairs: list[tuple[str, netaddr.IPNetwork]]) -> list[str]:
    own = _set(f"{mac} . {network}" for mac, network in pairs)
    own_in_arp = _set(f"{mac} . {mac} . {network}" for mac, network in pairs)
    return [
        f"ether type ip ether saddr . ip saddr {own} goto ipv4",
        f"ether type arp ether saddr . arp saddr ether . arp saddr ip {own_in_arp} accept",
        # The question whether anybody has the address already, before the server takes it.
        "ether type arp arp operation request arp saddr ip 0.0.0.0 "
        f"ether saddr . arp saddr ether . arp daddr ip {own_in_arp} accept",
    ]


def _ipv6_rules(pairs: list[tuple[str, netaddr.IPNetwork]]) -> list[str]:
    own = _set(f"{mac} . {network}" for mac, network in pairs)
    # nft 1.0.6 has no name yet for the address that a neighbour solicitation or advertisement is about.
    about = "@th,64,128"
    own_numbers = _set(_numbers(network) for network in netaddr.cidr_merge([own for _, own in pairs]))
    return [
        f"ether type ip6 icmpv6 type nd-neighbor-advert {about} != {own_numbers} counter drop",
        f"ether type ip6 ether saddr . ip6 saddr {own} goto ipv6",
        # Duplicate address detection: the question whether anybody has the address already.
        f"ether type ip6 ip6 saddr :: icmpv6 type nd-neighbor-solicit {about} {own_numbers} accept",
    ]


def _numbers(network: netaddr.IPNetwork) -> str:
    return f"{network.first:#x}" if network.size == 1 else f"{network.first:#x}-{network.last:#x}"


def _set(elements: Iterable[str]) -> str:
    return f"{{ {', '.join(sorted(elements))} }}"
