"""The transactions that nftables is given. What they do to packets is seen by the functional tests."""

import re

import pytest

from networking_linuxbridge import nft, protection

TAP = "tap11111111-22"
MAC = "fa:16:3e:00:00:01"
PORT = {
    "mac_address": MAC,
    "fixed_ips": [{"ip_address": "192.168.35.1"}, {"ip_address": "fd00:35::1"}],
    "allowed_address_pairs": [],
    "device_owner": "compute:nova",
    "port_security_enabled": True,
}
LINK_LOCAL = "fe80::f816:3eff:fe00:1"


@pytest.fixture
def transactions(monkeypatch):
    done = []
    monkeypatch.setattr(nft, "apply", done.append)
    monkeypatch.setattr(nft, "devices_in", lambda *_: {TAP})
    monkeypatch.setattr(nft, "uses_of_bridge_chains", lambda _table: {"from_port": 2, TAP: 10})
    return done


@pytest.fixture
def rules(transactions):
    """Return the rules of a port, which are one transaction."""

    def made(**changes):
        protection.protect(TAP, {**PORT, **changes})
        text = transactions.pop()
        assert transactions == []
        inside = re.search(rf"chain {TAP} {{\n(.*?)    }}\n", text, re.DOTALL)
        return [line.strip() for line in inside[1].splitlines()]

    return made


def starting(rules, beginning):
    return [rule for rule in rules if rule.startswith(beginning)]


def test_a_port_has_a_chain_that_is_replaced_and_leads_to_it(rules, transactions):
    protection.protect(TAP, PORT)
    (text,) = transactions
    order = [
        text.index(part)
        for part in (f"add chain bridge linuxbridge {TAP}", f"flush chain bridge linuxbridge {TAP}",
                     f"chain {TAP} {{", f"senders {{ {TAP} : jump {TAP} }}", f"receivers {{ {TAP} }}")
    ]  # fmt: skip
    assert order == sorted(order)


def test_nothing_but_the_ports_addresses_is_let_through(rules):
    made = rules()
    assert made[0] == f"ether saddr != {{ {MAC} }} counter drop"
    assert made[-1] == "counter drop"
    assert f"ether type ip ether saddr . ip saddr {{ {MAC} . 192.168.35.1/32 }} goto ipv4" in made
    own = f"{{ {MAC} . fd00:35::1/128, {MAC} . {LINK_LOCAL}/128 }}"
    assert f"ether type ip6 ether saddr . ip6 saddr {own} goto ipv6" in made
    own = f"{{ {MAC} . {MAC} . 192.168.35.1/32 }}"
    assert f"ether type arp ether saddr . arp saddr ether . arp saddr ip {own} accept" in made


def test_neighbour_discovery_is_about_own_addresses(rules):
    about = "@th,64,128"
    own = "{ 0xfd000035000000000000000000000001, 0xfe80000000000000f8163efffe000001 }"
    made = rules()
    assert f"ether type ip6 icmpv6 type nd-neighbor-advert {about} != {own} counter drop" in made
    assert f"ether type ip6 ip6 saddr :: icmpv6 type nd-neighbor-solicit {about} {own} accept" in made
    advertisement = made.index(starting(made, "ether type ip6 icmpv6 type nd-neighbor-advert")[0])
    assert advertisement < made.index(starting(made, "ether type ip6 ether saddr . ip6 saddr")[0])


def test_allowed_address_pairs_add_what_they_name(rules):
    other = "fa:16:3e:00:00:99"
    made = rules(
        allowed_address_pairs=[
            {"mac_address": MAC, "ip_address": "10.1.0.0/16"},
            {"mac_address": other.upper(), "ip_address": "192.168.35.66"},
        ]
    )
    assert made[0] == f"ether saddr != {{ {MAC}, {other} }} counter drop"
    own = f"{{ {MAC} . 10.1.0.0/16, {MAC} . 192.168.35.1/32, {other} . 192.168.35.66/32 }}"
    assert f"ether type ip ether saddr . ip saddr {own} goto ipv4" in made


def test_addresses_of_a_pair_that_the_port_has_anyway_are_named_once(rules):
    """Nftables refuses overlapping elements."""
    made = rules(allowed_address_pairs=[{"mac_address": MAC, "ip_address": "192.168.35.0/24"}])
    assert f"ether type ip ether saddr . ip saddr {{ {MAC} . 192.168.35.0/24 }} goto ipv4" in made


def test_neighbour_discovery_names_addresses_of_two_mac_addresses_once(rules):
    made = rules(
        allowed_address_pairs=[{"mac_address": "fa:16:3e:00:00:99", "ip_address": "fd00:35::/64"}],
    )
    (rule,) = starting(made, "ether type ip6 icmpv6 type nd-neighbor-advert")
    assert "0xfd000035000000000000000000000000-0xfd00003500000000ffffffffffffffff," in rule
    assert "0xfd000035000000000000000000000001" not in rule


def test_a_port_without_addresses_may_take_any_but_no_other_mac_address(rules):
    made = rules(fixed_ips=[])
    assert made[0] == f"ether saddr != {{ {MAC} }} counter drop"
    assert f"ether type ip ether saddr . ip saddr {{ {MAC} . 0.0.0.0/0 }} goto ipv4" in made
    assert f"ether type ip6 ether saddr . ip6 saddr {{ {MAC} . ::/0 }} goto ipv6" in made


def test_a_port_without_ipv4_addresses_has_no_rule_of_ipv4(rules):
    made = rules(fixed_ips=[{"ip_address": "fd00:35::1"}])
    assert starting(made, "ether type ip ") == starting(made, "ether type arp") == []


@pytest.mark.parametrize(
    "change", [{"port_security_enabled": False}, {"device_owner": "network:router_interface"}]
)
def test_trusted_ports_are_open(rules, change):
    assert rules(**change) == ["accept"]


def test_the_default_closes_devices_without_rules_and_leaves_those_with_rules_alone(transactions):
    protection.establish(["tap0"], None, 4789)
    (text,) = transactions
    assert 'iifname "tap*" counter drop' in text
    assert 'oifname "tap*" oifname != @receivers counter drop' in text
    assert "chain tap0 {\n        accept\n" in text
    assert "delete" not in text
    assert "flush table" not in text
    assert f"chain {TAP}" not in text
    assert f"chain bridge linuxbridge {TAP}" not in text


@pytest.mark.parametrize(
    ("local_ip", "address"), [("10.0.0.1", "ip daddr 10.0.0.1"), ("fd00::1", "ip6 daddr fd00::1")]
)
def test_tunnels_end_at_the_hosts_address_on_the_device_that_has_it(transactions, local_ip, address):
    protection.establish([], local_ip, 8472)
    (text,) = transactions
    assert [line for line in text.splitlines() if "8472" in line] == [
        f"add rule inet linuxbridge to_host udp dport 8472 {address} fib daddr . iif type local accept",
        "add rule inet linuxbridge to_host udp dport 8472 counter drop",
    ]


def test_a_host_without_tunnels_leaves_their_port_to_others(transactions):
    protection.establish([], None, 4789)
    (text,) = transactions
    assert "4789" not in text


def test_devices_with_rules_are_led_to_them_whichever_way_they_were_before(transactions):
    protection.establish([], None, 4789)
    (text,) = transactions
    _, anew = text.split("flush map bridge linuxbridge senders\n")
    assert anew == f"add element bridge linuxbridge senders {{ {TAP} : jump {TAP} }}\n"


@pytest.mark.parametrize(
    ("uses", "stand"),
    [
        ({"from_port": 2, TAP: 10}, {TAP}),
        ({"from_port": 2, TAP: 2}, {TAP}),
        ({"from_port": 2, TAP: 1}, set()),
        ({"from_port": 0, TAP: 10}, None),
        ({}, None),
    ],
    ids=["all there", "open to all", "emptied", "the default emptied", "gone meanwhile"],
)
def test_emptied_chains_are_no_rules(transactions, monkeypatch, uses, stand):
    monkeypatch.setattr(nft, "uses_of_bridge_chains", lambda _table: uses)
    assert protection.devices() == stand


def test_rules_of_devices_that_are_gone_are_removed_at_once(transactions):
    protection.remove({TAP, "tap99999999-99"})
    (text,) = transactions
    assert text.splitlines() == [
        f"delete element bridge linuxbridge receivers {{ {TAP} }}",
        f"delete element bridge linuxbridge senders {{ {TAP} }}",
        f"delete chain bridge linuxbridge {TAP}",
    ]


def test_of_rules_that_somebody_took_in_half_the_rest_is_removed(transactions, monkeypatch):
    there = {"map": {TAP}, "set": set()}
    monkeypatch.setattr(nft, "devices_in", lambda kind, *_: there[kind])
    assert protection.devices() == set(), "it has to be protected anew"
    protection.remove({TAP})
    (text,) = transactions
    assert "receivers" not in text
    assert f"delete chain bridge linuxbridge {TAP}" in text


def test_whatever_is_left_of_rules_of_devices_that_are_gone_is_removed(transactions, monkeypatch):
    there = {"map": {TAP, "tap0"}, "set": {TAP, "tap99999999-99"}}
    monkeypatch.setattr(nft, "devices_in", lambda kind, *_: there[kind])
    protection.remove_all_but({TAP})
    (text,) = transactions
    assert text.splitlines() == [
        "delete element bridge linuxbridge receivers { tap99999999-99 }",
        "delete element bridge linuxbridge senders { tap0 }",
        "delete chain bridge linuxbridge tap0",
    ]


def test_nothing_is_asked_of_nftables_where_nothing_is_gone(transactions):
    protection.remove({"tap99999999-99"})
    assert transactions == []
