"""What a server may try to pass itself off as, each beside an honest packet of the same kind."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from hosts import Server
from scapy.layers.dhcp import BOOTP, DHCP
from scapy.layers.dhcp6 import DHCP6_Advertise, DHCP6_Solicit
from scapy.layers.inet import IP, UDP, fragment
from scapy.layers.inet6 import (
    ICMPv6EchoRequest,
    ICMPv6ND_NA,
    ICMPv6ND_NS,
    ICMPv6ND_RA,
    ICMPv6ND_Redirect,
    ICMPv6ND_RS,
    ICMPv6NDOptUnknown,
    IPv6,
    IPv6ExtHdrDestOpt,
    IPv6ExtHdrFragment,
    PadN,
    fragment6,
)
from scapy.layers.l2 import ARP, LLC, STP, Dot1AD, Dot1Q, Dot3, Ether
from scapy.packet import Packet, Raw
from scapy.utils import mac2str

BROADCAST = "ff:ff:ff:ff:ff:ff"
ALL_NODES, ALL_NODES_MAC = "ff02::1", "33:33:00:00:00:01"
RARP = 0x8035


@dataclass(frozen=True)
class Identity:
    """Who a packet says that it is from; its last fragment carries the mark, of six bytes."""

    mac: str
    ip: str
    ip6: str
    mark: bytes
    forged: bool = False

    @property
    def number(self) -> int:
        """A number that no other packet's fragments have."""
        return 2 * int(self.mark[1:]) + self.forged

    @property
    def link_local(self) -> str:
        """The address that goes with the MAC address."""
        high, *_, low = self.mac.split(":")
        assert (high, self.mac[:8]) == ("fa", "fa:16:3e")
        return f"fe80::f816:3eff:fe00:{int(low, 16):x}"


SOMEBODY_ELSE = Identity("fa:16:3e:00:00:66", "192.168.35.66", "fd00:35::66", b"nobody")


Frames = list[Packet]
Build = Callable[[Identity, Server], Frames]


def udp(mark: bytes, size: int = 0, *, sport: int = 4000, dport: int = 4000) -> Packet:
    """Return a datagram with a mark at its end."""
    return UDP(sport=sport, dport=dport) / Raw(bytes(size) + mark)


def marked(mark: bytes) -> Packet:
    """Return an option of neighbour discovery that nobody knows, with a mark."""
    return ICMPv6NDOptUnknown(type=253, len=1, data=mark)


def ipv4(me: Identity, to: Server) -> Frames:
    return [Ether(src=me.mac, dst=to.mac) / IP(src=me.ip, dst=to.address) / udp(me.mark)]


def ipv4_in_fragments(me: Identity, to: Server) -> Frames:
    packet = IP(src=me.ip, dst=to.address, id=me.number) / udp(me.mark, 3000)
    return [Ether(src=me.mac, dst=to.mac) / part for part in fragment(packet, 1400)]


def unspecified_ipv4(me: Identity, to: Server) -> Frames:
    source = "0.0.0.0" if me.forged else me.ip
    return [Ether(src=me.mac, dst=to.mac) / IP(src=source, dst=to.address) / udp(me.mark)]


def ipv6(me: Identity, to: Server) -> Frames:
    return [Ether(src=me.mac, dst=to.mac) / IPv6(src=me.ip6, dst=to.address6) / udp(me.mark)]


def ipv6_in_fragments(me: Identity, to: Server) -> Frames:
    packet = IPv6(src=me.ip6, dst=to.address6) / IPv6ExtHdrFragment(id=me.number) / udp(me.mark, 3000)
    return [Ether(src=me.mac, dst=to.mac) / part for part in fragment6(packet, 1400)]


def link_local(me: Identity, to: Server) -> Frames:
    return [Ether(src=me.mac, dst=to.mac) / IPv6(src=me.link_local, dst=ALL_NODES) / udp(me.mark)]


def double_tagged(me: Identity, to: Server) -> Frames:
    if not me.forged:
        return ipv4(me, to)
    ether = Ether(src=me.mac, dst=to.mac)
    return [ether / Dot1AD(vlan=5) / Dot1Q(vlan=6) / IP(src=me.ip, dst=to.address) / udp(me.mark)]


def tagged(me: Identity, to: Server) -> Frames:
    if not me.forged:
        return ipv4(me, to)
    return [Ether(src=me.mac, dst=to.mac) / Dot1Q(vlan=5) / IP(src=me.ip, dst=to.address) / udp(me.mark)]


def arp(me: Identity, to: Server, **fields: str) -> Frames:
    body = {"hwsrc": me.mac, "psrc": me.ip, "hwdst": to.mac, "pdst": to.address, **fields}
    return [Ether(src=me.mac, dst=BROADCAST) / ARP(**body) / Raw(me.mark)]


def arp_request(me: Identity, to: Server) -> Frames:
    """For an address that the bridge does not answer for itself."""
    return arp(me, to, op="who-has", pdst="192.168.35.99")


def arp_reply(me: Identity, to: Server) -> Frames:
    return arp(me, to, op="is-at")


def gratuitous_arp(me: Identity, to: Server) -> Frames:
    return arp(me, to, op="who-has", pdst=me.ip)


def arp_probe(me: Identity, to: Server) -> Frames:
    return arp(me, to, op="who-has", psrc="0.0.0.0", hwdst="00:00:00:00:00:00", pdst=me.ip)


def rarp(me: Identity, _to: Server) -> Frames:
    """As QEMU announces a server that was migrated."""
    body = ARP(ptype=0x0800, op=3, hwsrc=me.mac, hwdst=me.mac, psrc="0.0.0.0", pdst="0.0.0.0")
    return [Ether(src=me.mac, dst=BROADCAST, type=RARP) / Raw(bytes(body) + me.mark)]


def advertisement(me: Identity, _to: Server) -> Frames:
    body = ICMPv6ND_NA(tgt=me.ip6, R=0, S=0, O=1) / marked(me.mark)
    return [Ether(src=me.mac, dst=ALL_NODES_MAC) / IPv6(src=me.ip6, dst=ALL_NODES, hlim=255) / body]


def advertisement_behind_options(me: Identity, _to: Server) -> Frames:
    options = IPv6ExtHdrDestOpt(options=[PadN(optdata=bytes(4))])
    body = ICMPv6ND_NA(tgt=me.ip6, R=0, S=0, O=1) / marked(me.mark)
    return [Ether(src=me.mac, dst=ALL_NODES_MAC) / IPv6(src=me.ip6, dst=ALL_NODES, hlim=255) / options / body]


def torn(me: Identity, message: Packet) -> Frames:
    """Return a message to all nodes in two fragments; the first has no more of it than one header of eight bytes."""
    ether, ip = Ether(src=me.mac, dst=ALL_NODES_MAC), IPv6(src=me.ip6, dst=ALL_NODES, hlim=255)
    packet = IPv6(bytes(ip / message))
    payload = bytes(packet.payload)
    return [
        ether / ip / IPv6ExtHdrFragment(nh=packet.nh, id=me.number, m=more, offset=offset) / Raw(part)
        for more, offset, part in ((1, 0, payload[:8]), (0, 1, payload[8:]))
    ]


def in_fragments(message: Packet) -> Build:
    """Return what sends a message in fragments that is never in any, and honestly a ping in such ones."""

    def build(me: Identity, _to: Server) -> Frames:
        return torn(me, message / marked(me.mark) if me.forged else ICMPv6EchoRequest(data=me.mark))

    return build


def solicitation(me: Identity, to: Server) -> Frames:
    body = ICMPv6ND_NS(tgt=to.address6) / marked(me.mark)
    return [Ether(src=me.mac, dst=ALL_NODES_MAC) / IPv6(src=me.ip6, dst=ALL_NODES, hlim=255) / body]


def duplicate_address_detection(me: Identity, _to: Server) -> Frames:
    body = ICMPv6ND_NS(tgt=me.ip6) / marked(me.mark)
    return [Ether(src=me.mac, dst=ALL_NODES_MAC) / IPv6(src="::", dst=ALL_NODES, hlim=255) / body]


def from_a_router(message: Packet, *between: Packet) -> Build:
    """Return what sends a router's message, and honestly the question for one."""

    def build(me: Identity, _to: Server) -> Frames:
        packet = Ether(src=me.mac, dst=ALL_NODES_MAC) / IPv6(src=me.link_local, dst=ALL_NODES, hlim=255)
        for header in between:
            packet /= header
        return [packet / (message if me.forged else ICMPv6ND_RS()) / marked(me.mark)]

    return build


def router_in_fragments(me: Identity, _to: Server) -> Frames:
    message = ICMPv6EchoRequest(data=bytes(2994) + me.mark)
    if me.forged:
        message = ICMPv6ND_RA() / Raw(bytes(2994) + me.mark)
    header = IPv6ExtHdrFragment(id=me.number)
    packet = IPv6(src=me.link_local, dst=ALL_NODES, hlim=255) / header / message
    return [Ether(src=me.mac, dst=ALL_NODES_MAC) / part for part in fragment6(packet, 1400)]


def from_a_dhcp_server(sport: int = 67) -> Build:
    """Return what sends a DHCP server's offer, and honestly a client's question."""

    def build(me: Identity, _to: Server) -> Frames:
        asks = not me.forged
        ether = Ether(src=me.mac, dst=BROADCAST)
        ip = IP(src="0.0.0.0" if asks else me.ip, dst="255.255.255.255")
        ports = UDP(sport=68, dport=67) if asks else UDP(sport=sport, dport=68)
        kind = DHCP(options=[("message-type", "discover" if asks else "offer"), "end"])
        return [ether / ip / ports / BOOTP(op=1 if asks else 2, chaddr=mac2str(me.mac)) / kind / Raw(me.mark)]

    return build


def dhcpv6(me: Identity, _to: Server) -> Frames:
    asks = not me.forged
    ip = Ether(src=me.mac, dst=ALL_NODES_MAC) / IPv6(src=me.link_local, dst=ALL_NODES)
    ports = UDP(sport=546, dport=547) if asks else UDP(sport=547, dport=546)
    return [ip / ports / (DHCP6_Solicit() if asks else DHCP6_Advertise()) / Raw(me.mark)]


def spanning_tree(me: Identity, to: Server) -> Frames:
    if not me.forged:
        return ipv4(me, to)
    return [Dot3(src=me.mac, dst="01:80:c2:00:00:00") / LLC() / STP() / Raw(me.mark)]


@dataclass(frozen=True)
class Attempt:
    """A forged packet and an honest one after it, and the marks of both."""

    frames: Frames
    forged: bytes
    honest: bytes


@dataclass(frozen=True)
class Forgery:
    """A packet, and which parts of the identity of its sender are another's."""

    name: str
    build: Build
    forged: tuple[str, ...] = ()

    def attempt(self, server: Server, to: Server, number: int) -> Attempt:
        """Return the packets that a server sends to another, with marks of their own."""
        me = Identity(server.mac, server.address, server.address6, b"H%05d" % number)
        others = {part: getattr(SOMEBODY_ELSE, part) for part in self.forged}
        forged = replace(me, **others, mark=b"F%05d" % number, forged=True)
        return Attempt(self.build(forged, to) + self.build(me, to), forged.mark, me.mark)


def arp_with_another_mac(me: Identity, to: Server) -> Frames:
    return arp(me, to, op="is-at", hwsrc=SOMEBODY_ELSE.mac if me.forged else me.mac)


RA = ICMPv6ND_RA(routerlifetime=0)
OPTIONS = IPv6ExtHdrDestOpt(options=[PadN(optdata=bytes(4))])
# Linux does not reassemble it, so that it does not arrive where iptables sees what bridges forward.
HIDDEN = Forgery("router advertisement hidden behind a fragment", in_fragments(OPTIONS / RA))
FORGERIES = [
    Forgery("foreign MAC address, IPv4", ipv4, ("mac",)),
    Forgery("foreign MAC address, IPv6", ipv6, ("mac",)),
    Forgery("foreign MAC address, RARP", rarp, ("mac",)),
    Forgery("foreign MAC address, ARP", gratuitous_arp, ("mac",)),
    Forgery("foreign IPv4 address", ipv4, ("ip",)),
    Forgery("foreign IPv4 address, in fragments", ipv4_in_fragments, ("ip",)),
    Forgery("IPv4 from 0.0.0.0 but DHCP", unspecified_ipv4),
    Forgery("foreign IPv6 address", ipv6, ("ip6",)),
    Forgery("foreign IPv6 address, in fragments", ipv6_in_fragments, ("ip6",)),
    Forgery("foreign link-local address", link_local, ("mac",)),
    Forgery("foreign IPv4 address in a VLAN tag", tagged, ("ip",)),
    Forgery("foreign IPv4 address in two VLAN tags", double_tagged, ("ip",)),
    Forgery("ARP reply for another's address", arp_reply, ("ip",)),
    Forgery("ARP reply with another's MAC address", arp_with_another_mac),
    Forgery("ARP request from another's address", arp_request, ("ip",)),
    Forgery("gratuitous ARP for another's address", gratuitous_arp, ("ip",)),
    Forgery("ARP probe for another's address", arp_probe, ("ip",)),
    Forgery("ND advertisement for another's address", advertisement, ("ip6",)),
    Forgery("the same, behind an extension header", advertisement_behind_options, ("ip6",)),
    Forgery("the same, in fragments", in_fragments(ICMPv6ND_NA(tgt=SOMEBODY_ELSE.ip6, R=0, S=0, O=1))),
    Forgery("ND solicitation in fragments", in_fragments(ICMPv6ND_NS(tgt=SOMEBODY_ELSE.ip6))),
    Forgery("ND solicitation from another's address", solicitation, ("ip6",)),
    Forgery("duplicate address detection for another's address", duplicate_address_detection, ("ip6",)),
    Forgery("router advertisement", from_a_router(RA)),
    Forgery(
        "router advertisement behind an extension header",
        from_a_router(RA, OPTIONS),
    ),
    Forgery("router advertisement in fragments", router_in_fragments),
    Forgery("redirect", from_a_router(ICMPv6ND_Redirect(tgt="fe80::1", dst="fd00:35::66"))),
    Forgery("DHCP offer", from_a_dhcp_server()),
    Forgery("DHCP offer from another UDP port", from_a_dhcp_server(sport=6767)),
    Forgery("DHCPv6 advertisement", dhcpv6),
    Forgery("spanning tree", spanning_tree),
]
