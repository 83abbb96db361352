from types import SimpleNamespace

import pytest
from fakes import Links

from networking_linuxbridge import nft, start_checks


@pytest.fixture
def links(monkeypatch):
    fake = Links("eth1", bridges=["br-ex"])
    monkeypatch.setattr(start_checks, "links", fake)
    fake.devices_of["10.0.0.1"] = "eth0"
    return fake


@pytest.fixture
def refusal(links, conf, capsys):
    def refused(check=start_checks.networks):
        with pytest.raises(SystemExit) as end:
            check(conf.conf)
        assert end.value.code == 2
        error = capsys.readouterr().err
        assert error.count("\n") == 1
        return error

    return refused


def test_the_settings_say_what_the_host_offers(links, conf):
    conf.config(
        bridge_mappings=["outside:br-ex"], physical_interface_mappings=["rack:eth1"], group="linux_bridge"
    )
    conf.config(local_ip="10.0.0.1", group="vxlan")
    offered = start_checks.networks(conf.conf)
    assert offered.bridges == {"outside": "br-ex"}
    assert offered.interfaces == {"rack": "eth1"}
    assert (offered.local_ip, offered.vxlan_port) == ("10.0.0.1", 4789)


def test_an_address_is_known_however_it_is_written(links, conf):
    links.devices_of["2001:db8::1"] = "eth0"
    conf.config(local_ip="2001:DB8:0::1", group="vxlan")
    assert start_checks.networks(conf.conf).local_ip == "2001:db8::1"


@pytest.mark.parametrize(("driver", "filters"), [("iptables", True), ("noop", False), ("", False)])
def test_bridges_are_filtered_where_there_is_a_firewall(links, conf, driver, filters):
    conf.config(firewall_driver=driver, group="SECURITYGROUP")
    assert start_checks.networks(conf.conf).filters is filters


def test_an_address_of_another_host_is_refused(refusal, conf):
    conf.config(local_ip="10.0.0.9", group="vxlan")
    assert "[vxlan] local_ip = 10.0.0.9" in refusal()


def test_what_is_no_address_is_refused(refusal, conf, tmp_path):
    file = tmp_path / "agent.ini"
    file.write_text("[vxlan]\nlocal_ip = here\n")
    conf.conf(["--config-file", str(file)])
    assert "[vxlan] local_ip: here is not IPv4 or IPv6 address" in refusal()


def test_a_bridge_that_is_not_there_is_refused(refusal, conf):
    conf.config(bridge_mappings=["outside:br-none"], group="linux_bridge")
    assert "bridge_mappings = outside:br-none: no such bridge" in refusal()


def test_an_interface_is_no_bridge(refusal, conf):
    conf.config(bridge_mappings=["outside:eth1"], group="linux_bridge")
    assert "no such bridge" in refusal()


def test_an_interface_that_is_not_there_is_refused(refusal, conf):
    conf.config(physical_interface_mappings=["rack:eth9"], group="linux_bridge")
    assert "rack:eth9: no such interface" in refusal()


@pytest.mark.parametrize("value", ["outside", "outside:br-ex:more", "outside:"])
def test_malformed_mappings_are_refused(refusal, conf, value):
    conf.config(bridge_mappings=[value], group="linux_bridge")
    assert f"bridge_mappings = {value}" in refusal()


def test_security_groups_that_would_not_filter_are_refused(refusal, conf, monkeypatch, tmp_path):
    monkeypatch.setattr(start_checks, "_BRIDGE_SYSCTLS", tmp_path / "none")
    conf.config(firewall_driver="iptables", group="SECURITYGROUP")
    assert "br_netfilter" in refusal(start_checks.check_filtering)


@pytest.mark.parametrize("driver", ["noop", "", None])
def test_who_wants_no_filter_needs_none(conf, monkeypatch, tmp_path, driver):
    monkeypatch.setattr(start_checks, "_BRIDGE_SYSCTLS", tmp_path / "none")
    conf.config(firewall_driver=driver, group="SECURITYGROUP")
    start_checks.check_filtering(conf.conf)


def test_a_host_that_cannot_protect_is_refused(refusal, monkeypatch):
    def unable():
        raise nft.RefusedError("nft --file -: Error:\nOperation not supported")

    error = refusal(lambda _conf: start_checks.close_by_default(SimpleNamespace(close_by_default=unable)))
    assert "Operation not supported" in error
    assert "nf_tables" in error
