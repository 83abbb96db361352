"""A kernel in memory."""


class Links:
    """Plays the module links: devices by name, with the bridge each is in."""

    def __init__(self, *present, bridges=()):
        self.bridge = dict.fromkeys([*present, *bridges])
        self.bridges = set(bridges)
        self.filtered = set()
        self.addressed = set()
        self.vlans = {}  # parent and number by device
        self.foreign = set()
        self.told = set()
        self.mtus = {}
        self.devices_of = {}  # by address
        self.states = {}
        self.link_local_bridged = set()

    def names(self):
        return list(self.bridge)

    def exists(self, name):
        return name in self.bridge

    def index(self, name):
        return 1 + list(self.bridge).index(name) if name in self.bridge else 0

    def is_bridge(self, name):
        return name in self.bridges

    def vlan_of(self, name):
        return self.vlans.get(name)

    def bridge_of(self, name):
        return self.bridge.get(name)

    def ports_of(self, bridge):
        return [name for name, master in self.bridge.items() if master == bridge]

    def has_addresses(self, name):
        return name in self.addressed

    def device_of(self, address):
        return self.devices_of.get(address)

    def mtu_of(self, name):
        return self.mtus.get(name, 1500)

    def add_bridge(self, name, mtu):
        self.bridge.setdefault(name)
        self.bridges.add(name)
        self.mtus[name] = mtu

    def filter_bridged_frames(self, bridge):
        self.filtered.add(bridge)

    def add_vxlan(self, name, vni, local_ip, port, mtu):
        is_new = name not in self.bridge
        self.bridge.setdefault(name)
        self.mtus[name] = mtu
        return is_new

    def add_vlan(self, name, parent, vlan_id, mtu):
        self.bridge.setdefault(name)
        self.vlans[name] = (parent, vlan_id)
        self.mtus[name] = mtu

    def attach(self, name, bridge):
        self.bridge[name] = bridge

    def bridge_link_local(self, name):
        self.link_local_bridged.add(name)

    def is_own_vxlan(self, name):
        return name not in self.foreign

    def answer_arp(self, name):
        self.told.add(name)

    def set_mtu(self, name, mtu):
        self.mtus[name] = mtu

    def set_state(self, name, *, up):
        self.states[name] = up

    def disable_ipv6(self, name):
        pass

    def delete(self, name):
        self.bridge.pop(name, None)
        self.bridges.discard(name)
        for port in self.ports_of(name):
            self.bridge[port] = None


class Fdb:
    """Plays the module fdb: entries by device."""

    EVERYBODY = "00:00:00:00:00:00"
    NOT_ANNOUNCED = ("network:ha_router_replicated_interface", "network:router_centralized_snat")

    def __init__(self):
        from networking_linuxbridge.fdb import Entry  # noqa: PLC0415

        self.Entry = Entry
        self.entries = {}

    def read(self, device):
        return set(self.entries.get(device, set()))

    def add(self, device, entries):
        for entry in entries:
            present = self.entries.setdefault(device, set())
            if entry.mac != self.EVERYBODY:
                present -= {other for other in present if other.mac == entry.mac}
            present.add(entry)

    def remove(self, device, entries):
        self.entries.setdefault(device, set()).difference_update(set(entries))

    def replace(self, device, entries):
        self.entries[device] = set(entries)


class Protection:
    """Plays the module protection: the port each device has the rules of; none for one that is open."""

    def __init__(self):
        self.rules = None
        self.tunnels = None

    def devices(self):
        return None if self.rules is None else set(self.rules)

    def establish(self, admitted, local_ip, vxlan_port):
        self.tunnels = local_ip, vxlan_port
        self.rules = {**(self.rules or {}), **dict.fromkeys(admitted)}

    def admit(self, strangers):
        self.rules.update(dict.fromkeys(strangers))

    def protect(self, device, port):
        self.rules[device] = port

    def remove(self, gone):
        for device in gone:
            self.rules.pop(device, None)

    def remove_all_but(self, present):
        self.remove(self.rules.keys() - present)


class Arp:
    """Plays the module arp: neighbours by VXLAN device."""

    def __init__(self):
        from networking_linuxbridge.arp import Neighbour  # noqa: PLC0415

        self.Neighbour = Neighbour
        self.neighbours = {}

    def read(self, device):
        return set(self.neighbours.get(device, set()))

    def add(self, device, neighbours):
        self.neighbours[device] = self.read(device) | set(neighbours)

    def remove(self, device, neighbours):
        self.neighbours[device] = self.read(device) - set(neighbours)

    def replace(self, device, neighbours):
        self.neighbours[device] = set(neighbours)
