"""Keep the VXLAN forwarding tables, and the addresses that bridges answer for, what the server says.

The server sends every change (l2population). What it sent while the agent or the message broker was away is
lost, so the agent asks for the whole truth whenever it may have missed something.
"""

import threading
import time
from collections.abc import Iterable, Mapping
from typing import NamedTuple

import netaddr
import oslo_messaging
from neutron.api.rpc.callbacks import resources
from neutron_lib import constants
from oslo_log import log

from networking_linuxbridge import arp, fdb, links, names
from networking_linuxbridge.plugin_api import pull

LOG = log.getLogger(__name__)

# Every one of these entries is a pair of a MAC address and an IP address, by the host they are behind.
PortsByHost = Mapping[str, Iterable[tuple[str, str]]]
# The pairs that a host's ports had "before" and have "after" their addresses changed.
ChangesByHost = Mapping[str, Mapping[str, Iterable[tuple[str, str]]]]

# What the server announces of a port that it changes twice at once may come in the wrong order. Who announced
# the opposite that recently is not believed, but asked.
_SECONDS_OF_DISORDER = 10.0
# While a port's agent starts anew, it is being built again; it is on its host all the time.
_ON_ITS_HOST = (constants.PORT_STATUS_ACTIVE, constants.PORT_STATUS_BUILD)


class Forwarding:
    """The forwarding tables of the host whose VXLAN address is LOCAL_IP. Safe to use from many threads.

    Who removes VXLAN devices holds the lock, so that no announcement is entered into one that goes.
    """

    def __init__(self, host: str, local_ip: str | None) -> None:
        self.host = host
        self.local_ip = local_ip
        self.lock = threading.Lock()
        self._doubted: dict[int, str] = {}
        self._announced: dict[tuple[int, fdb.Entry], tuple[bool, float]] = {}  # whether it is there, and when
        self._unreachable: set[str] = set()  # hosts' addresses that were warned of

    @property
    def in_doubt(self) -> bool:
        """Whether there is something to settle."""
        return bool(self._doubted)

    def add(self, vni: int, network_id: str, ports: PortsByHost) -> None:
        """Enter ports of other hosts, as the server announced them.

        A port of this host may have been another host's before its server was migrated: nothing announces
        that it is no more.
        """
        own = {mac for mac, _ip in ports.get(self.local_ip or "", ()) if mac != fdb.EVERYBODY}
        device = names.vxlan(vni)
        with self.lock:
            if not links.exists(device):
                return
            self._note(vni, network_id, ports, there=True)
            fdb.add(device, self._entries(ports))
            arp.add(device, self._neighbours(ports))
            if own:
                arp.remove(device, {neighbour for neighbour in arp.read(device) if neighbour.mac in own})
                fdb.remove(device, {entry for entry in fdb.read(device) if entry.mac in own})

    def remove(self, vni: int, network_id: str, ports: PortsByHost) -> None:
        """Drop ports of other hosts, as the server announced them.

        Of a server that was migrated the new host is announced first, then that it is gone from the old one.
        """
        device = names.vxlan(vni)
        with self.lock:
            if links.exists(device):
                self._note(vni, network_id, ports, there=False)
                gone = {entry.mac for entry in fdb.read(device) & self._entries(ports)}
                arp.remove(
                    device, {neighbour for neighbour in self._neighbours(ports) if neighbour.mac in gone}
                )
                fdb.remove(device, self._entries(ports))

    def change(self, network_id: str, changes: ChangesByHost) -> None:
        """Answer for the addresses that ports of other hosts got instead of those they had.

        The server announces it also of ports that are not active: those are not known here.
        """
        with self.lock:
            for device in filter(names.is_vxlan, links.ports_of(names.bridge(network_id))):
                known = {entry.mac for entry in fdb.read(device)}
                before = {host_ip: change.get("before", ()) for host_ip, change in changes.items()}
                after = {host_ip: change.get("after", ()) for host_ip, change in changes.items()}
                arp.remove(device, self._neighbours(before))
                arp.add(device, {other for other in self._neighbours(after) if other.mac in known})

    def doubt(self, vni: int, network_id: str) -> None:
        """Remember that the table of a network may be wrong."""
        self._doubted[vni] = network_id

    def settle_doubts(self) -> None:
        """Make every doubted table what the server says.

        What raises an error stays in doubt, to be tried again when all others were.
        """
        if not self._doubted:
            return
        # Announcements that come in the meantime wait for the lock, and are applied to the newer table.
        with self.lock:
            hosts = _hosts()
            for vni, network_id in list(self._doubted.items()):
                del self._doubted[vni]
                try:
                    self._settle(names.vxlan(vni), network_id, hosts)
                except oslo_messaging.MessagingTimeout:
                    self.doubt(vni, network_id)
                    raise  # so that nobody waits for the lock while one network after the other is waited for
                except Exception:
                    LOG.exception("Could not make %s what the server says", names.vxlan(vni))
                    self.doubt(vni, network_id)

    def _settle(self, device: str, network_id: str, hosts: "_Hosts") -> None:
        if links.exists(device):
            ports = _active_ports(network_id, hosts)
            entries = self._entries(ports)
            arp.replace(device, self._neighbours(ports))
            fdb.replace(device, entries)
            LOG.info("%s has %d forwarding entries, as the server says", device, len(entries))

    def _note(self, vni: int, network_id: str, ports: PortsByHost, *, there: bool) -> None:
        """Note an announcement, and doubt it if the opposite of it was just announced."""
        now = time.monotonic()
        oldest = now - _SECONDS_OF_DISORDER
        self._announced = {entry: (was, at) for entry, (was, at) in self._announced.items() if at > oldest}
        for entry in self._entries(ports):
            was_there, _at = self._announced.get((vni, entry), (there, now))
            if was_there != there:
                self.doubt(vni, network_id)
            self._announced[vni, entry] = there, now

    def _entries(self, ports: PortsByHost) -> set[fdb.Entry]:
        return {fdb.Entry(mac, host_ip) for host_ip, mac, _ip in self._elsewhere(ports)}

    def _neighbours(self, ports: PortsByHost) -> set[arp.Neighbour]:
        return {
            arp.Neighbour(ip, mac)
            for _host_ip, mac, ip in self._elsewhere(ports)
            if mac != fdb.EVERYBODY and netaddr.valid_ipv4(ip)
        }

    def _elsewhere(self, ports: PortsByHost) -> Iterable[tuple[str, str, str]]:
        return (
            (host_ip, mac, ip)
            for host_ip, pairs in ports.items()
            if host_ip != self.local_ip and self._reaches(host_ip)
            for mac, ip in pairs
        )

    def _reaches(self, host_ip: str) -> bool:
        """Tell whether a host's address is of this one's version of IP; warn of one that is not, once."""
        if self.local_ip is None or _version(host_ip) == _version(self.local_ip):
            return True
        if host_ip not in self._unreachable:
            LOG.warning(
                "The VXLAN address %s of another host cannot be reached from %s: set [vxlan] local_ip of all "
                "hosts to addresses of one version of IP",
                host_ip,
                self.local_ip,
            )
            self._unreachable.add(host_ip)
        return False


def _version(address: str) -> int:
    return int(netaddr.IPAddress(address).version)


class _Hosts(NamedTuple):
    """The VXLAN addresses of hosts by their names, and those of the hosts that may have routers."""

    addresses: dict[str, str]
    with_routers: list[str]


def _hosts() -> _Hosts:
    agents = pull(resources.AGENT, {})
    addresses = {
        agent.host: agent.configurations["tunneling_ip"]
        for agent in agents
        if agent.configurations.get("tunneling_ip")
    }
    of_routers = [agent.host for agent in agents if agent.agent_type == constants.AGENT_TYPE_L3]
    return _Hosts(addresses, [addresses[host] for host in of_routers if host in addresses])


def _active_ports(network_id: str, hosts: _Hosts) -> dict[str, list[tuple[str, str]]]:
    """Return what l2population would announce: the network's active ports by the address of their host.

    Which of the hosts with routers a router in HA mode is on cannot be asked: all are taken for it.
    """
    found: dict[str, list[tuple[str, str]]] = {}
    for port in pull(resources.PORT, {"network_id": network_id}):
        if port.status not in _ON_ITS_HOST:
            continue
        if port.device_owner in fdb.NOT_ANNOUNCED:
            # Its binding is to one of the hosts that it is on: what is for all has to get to the others, too.
            for host_ip in hosts.with_routers:
                found.setdefault(host_ip, [constants.FLOODING_ENTRY])
        for binding in port.bindings:
            if binding.status != constants.ACTIVE or binding.host not in hosts.addresses:
                continue
            pairs = found.setdefault(hosts.addresses[binding.host], [constants.FLOODING_ENTRY])
            if port.device_owner not in fdb.NOT_ANNOUNCED:
                pairs += [(str(port.mac_address), str(ip.ip_address)) for ip in port.fixed_ips]
    return found
