import contextlib

import pytest
from neutron.agent.linux import iptables_firewall

from networking_linuxbridge import leftovers


@pytest.fixture
def destroyed(monkeypatch):
    """Return what `ipset` is told to destroy, on a host that has sets of neutron's and one of another's."""
    names = [
        "NIPv4aaaaaaaa-bbbb-cccc-dddd-",
        "NIPv6aaaaaaaa-bbbb-cccc-dddd-",
        "NIPv4aaaaaaaa-bbbb-cccc-dddd--n",
        "f2b",
    ]
    asked = []

    def execute(command, **_):
        if command[1] == "destroy":
            asked.append(command[2])
        return "\n".join(names)

    monkeypatch.setattr(leftovers.utils, "execute", execute)
    return asked


def test_sets_that_are_in_use_or_anothers_stay(destroyed):
    leftovers.remove_sets(keep={"NIPv4aaaaaaaa-bbbb-cccc-dddd-": []})
    assert destroyed == ["NIPv6aaaaaaaa-bbbb-cccc-dddd-", "NIPv4aaaaaaaa-bbbb-cccc-dddd--n"]


def test_rules_become_what_the_firewall_knows_of(destroyed):
    class Firewall(iptables_firewall.IptablesFirewallDriver):
        def __init__(self):
            self.ipset = type("Ipset", (), {"ipset_sets": {}})
            self.applied = 0

        @contextlib.contextmanager
        def defer_apply(self):
            yield
            self.applied += 1

    firewall = Firewall()
    leftovers.remove_rules(firewall)
    assert firewall.applied == 1
    assert len(destroyed) == 3


def test_without_a_firewall_there_is_nothing_to_remove(destroyed):
    leftovers.remove_rules(object())
    assert destroyed == []
