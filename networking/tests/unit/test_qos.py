from types import SimpleNamespace

import pytest
from fakes import Links
from neutron.objects.qos import policy as qos_policy
from neutron.objects.qos import rule as qos_rule
from neutron_lib import constants
from pyroute2.netlink.exceptions import NetlinkError

from networking_linuxbridge import nft
from networking_linuxbridge.qos import driver as driver_module
from networking_linuxbridge.qos import marking, rules, shaping
from networking_linuxbridge.qos.driver import LinuxBridgeQosDriver

TAP = "tap11111111-22"
PORT = {"device": TAP, "port_id": "port", "qos_policy_id": "policy", "device_owner": "compute:nova"}


@pytest.fixture
def done(monkeypatch):
    """Note what the driver has done, in order."""
    calls = []

    def note(name):
        return lambda *arguments: calls.append((name, *arguments))

    for name in ("limit_received", "limit_sent", "unlimit_received", "unlimit_sent", "remove_stale"):
        monkeypatch.setattr(shaping, name, note(name))
    marks = SimpleNamespace(mark=note("mark"), unmark=note("unmark"), restore=note("restore"))
    monkeypatch.setattr(driver_module, "Marks", lambda: marks)
    monkeypatch.setattr(driver_module, "links", Links(TAP))
    return calls


@pytest.fixture
def driver(done):
    driver = LinuxBridgeQosDriver()
    driver.initialize()
    done.clear()
    return driver


def policy(*rules):
    return qos_policy.QosPolicy(id="6d0a0d61-7d21-4a39-9e6c-5d4a2c1f3c11", rules=list(rules))


def limit(direction, kbps=1000, burst=0):
    return rule(qos_rule.QosBandwidthLimitRule, direction=direction, max_kbps=kbps, max_burst_kbps=burst)


def rule(kind, **values):
    return kind(qos_policy_id="6d0a0d61-7d21-4a39-9e6c-5d4a2c1f3c11", **values)


def test_directions_are_the_servers(driver, done):
    rules = [limit("egress", 10, 1), limit("ingress", 20, 2), rule(qos_rule.QosDscpMarkingRule, dscp_mark=46)]
    driver.create(PORT | {"qos_policy_id": rules[0].qos_policy_id}, policy(*rules))
    assert done == [("limit_sent", TAP, 10, 1), ("limit_received", TAP, 20, 2), ("mark", TAP, 46)]


def test_everything_goes_with_the_port(driver, done):
    driver.delete({"device": TAP, "port_id": None})
    assert done == [("unlimit_sent", TAP), ("unlimit_received", TAP), ("unmark", TAP)]


def test_a_changed_policy_takes_the_place_of_the_old_one(driver, done):
    old, new = policy(limit("ingress", 10)), policy(limit("ingress", 20))
    port = PORT | {"qos_policy_id": new.id}
    driver.delete(port, old)
    driver.update(port, new)
    assert done == [("unlimit_received", TAP), ("limit_received", TAP, 20, 0)]


@pytest.mark.parametrize(
    "error", [NetlinkError(2, "Specified qdisc kind is unknown"), nft.RefusedError("nft: no")]
)
def test_what_the_kernel_does_not_take_is_said_with_what_it_needs(driver, monkeypatch, caplog, error):
    def refused(*_):
        raise error

    monkeypatch.setattr(shaping, "limit_sent", refused)
    driver.create_bandwidth_limit(PORT, limit("egress", 512))
    assert f"{TAP}: a limit of 512 kbit/s is not in force: {error}" in caplog.text
    assert "sch_tbf" in caplog.text


def test_nothing_is_said_of_a_port_that_went_meanwhile(driver, monkeypatch, caplog):
    def gone(*_):
        raise NetlinkError(19, "No such device")

    monkeypatch.setattr(shaping, "limit_sent", gone)
    driver.create_bandwidth_limit(PORT | {"device": "tap99999999-99"}, limit("egress"))
    assert caplog.text == ""


def test_the_server_is_told_which_rules_there_are():
    supported = rules.LinuxBridgeQosRules()
    assert supported.is_vif_type_compatible("tap")
    assert not supported.is_vnic_compatible("direct")
    assert supported.is_rule_supported(limit("ingress"))
    assert not supported.is_rule_supported(
        rule(qos_rule.QosMinimumBandwidthRule, min_kbps=1, direction=constants.EGRESS_DIRECTION)
    )


def test_a_table_of_marks_is_written_as_a_whole():
    script = marking.render({"tap2": 10, "tap1": 46, "tap3": 10})
    assert script.startswith(
        "table bridge linuxbridge_qos\ndelete table bridge linuxbridge_qos\ntable bridge "
    )
    assert 'elements = { "tap1" : jump dscp46, "tap2" : jump dscp10, "tap3" : jump dscp10 }' in script
    assert script.count("chain dscp") == 2


@pytest.fixture
def table(monkeypatch):
    """Play nftables' table of marks."""
    fake = SimpleNamespace(marks={}, refuses=False)

    def apply(text):
        if fake.refuses:
            raise nft.RefusedError("nft: no")
        fake.marks = text

    monkeypatch.setattr(marking, "render", dict)
    monkeypatch.setattr(marking, "_read", lambda: dict(fake.marks))
    monkeypatch.setattr(marking.nft, "apply", apply)
    monkeypatch.setattr(marking, "links", Links(TAP))
    return fake


def test_marks_that_somebody_flushed_come_back(table):
    marks = marking.Marks()
    marks.mark(TAP, 46)
    table.marks = {}
    marks.restore()
    assert table.marks == {TAP: 46}


def test_marks_that_were_refused_are_tried_again(table):
    marks = marking.Marks()
    table.refuses = True
    with pytest.raises(nft.RefusedError):
        marks.mark(TAP, 46)
    table.refuses = False
    marks.restore()
    assert table.marks == {TAP: 46}


def test_marks_that_stand_are_left_alone(table):
    marks = marking.Marks()
    marks.mark(TAP, 46)
    table.refuses = True
    marks.restore()


def test_a_refusal_at_a_check_is_said_and_stops_nothing(driver, caplog):
    def refused():
        raise nft.RefusedError("nft: no")

    driver._marks.restore = refused
    driver.restore_marks()
    assert "DSCP marks are not in force: nft: no" in caplog.text


def test_without_marks_there_is_no_table():
    assert marking.render({}) == "table bridge linuxbridge_qos\ndelete table bridge linuxbridge_qos\n"
