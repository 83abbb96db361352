from types import SimpleNamespace

import pytest
from neutron.agent import rpc
from oslo_config import cfg

from networking_linuxbridge.plugin_api import PluginApi

FIRST, SECOND, THIRD = "tap11111111-11", "tap22222222-22", "tap33333333-33"
ME = "agent", "host1"


class Server:
    """Plays the server's side of the calls, and notes them."""

    def __init__(self):
        self.asked, self.told, self.failing = [], [], set()

    def prepare(self, **_):
        return self

    def call(self, _context, method, **arguments):
        return getattr(self, method)(**arguments)

    def get_devices_details_list_and_failed_devices(self, devices, agent_id, host):
        self.asked.append(devices)
        assert (agent_id, host) == ME
        return {
            "devices": [{"device": device} for device in devices if device not in self.failing],
            "failed_devices": [device for device in devices if device in self.failing],
        }

    def update_device_list(self, devices_up, devices_down, **_):
        self.told.append((devices_up, devices_down))
        return {
            "devices_up": devices_up,
            "failed_devices_up": [device for device in devices_up if device in self.failing],
            "devices_down": devices_down,
            "failed_devices_down": [],
        }

    def update_device_down(self, device, **_):
        self.told.append(device)
        return {"device": device, "exists": True}


@pytest.fixture
def server(monkeypatch):
    played = Server()
    monkeypatch.setattr(rpc.lib_rpc, "get_client", lambda _target: played)
    monkeypatch.setattr(rpc.cfg, "CONF", SimpleNamespace(rpc_resources_processing_step=2))
    assert cfg.CONF.rpc_resources_processing_step == 2
    return played


@pytest.fixture
def api(server):
    return PluginApi("plugin")


def test_details_are_asked_for_by_port_in_batches(api, server):
    found = list(api.details(None, [FIRST, SECOND, THIRD], *ME))
    assert server.asked == [["11111111-11", "22222222-22"], ["33333333-33"]]
    assert [details["device"] for details in found] == [FIRST, SECOND, THIRD]


def test_a_device_that_the_server_cannot_look_at_keeps_no_other_from_being_told(api, server, caplog):
    server.failing = {"11111111-11"}
    told = api.details(None, [FIRST, SECOND, THIRD], *ME)
    assert [details["device"] for details in told] == [SECOND, THIRD]
    assert f"could not look at ['{FIRST}']" in caplog.text
    assert api.take_failed() == {FIRST}
    assert api.take_failed() == set()


def test_devices_are_reported_together(api, server):
    with api.reported_together(None, *ME):
        api.update_device_up(None, FIRST, *ME)
        api.update_device_down(None, SECOND, *ME)
        assert server.told == []
    assert server.told == [([FIRST], [SECOND])]


def test_what_was_wired_before_an_error_is_reported(api, server):
    def wire():
        with api.reported_together(None, *ME):
            api.update_device_up(None, FIRST, *ME)
            raise OSError("no such device")

    with pytest.raises(OSError, match="no such device"):
        wire()
    assert server.told == [([FIRST], [])]


def test_what_the_server_could_not_note_is_known(api, server, caplog):
    server.failing = {FIRST}
    with api.reported_together(None, *ME):
        api.update_device_up(None, FIRST, *ME)
        api.update_device_up(None, SECOND, *ME)
    assert f"could not note ['{FIRST}']" in caplog.text
    assert api.take_failed() == {FIRST}


def test_a_device_that_went_is_reported_at_once(api, server):
    assert api.update_device_down(None, FIRST, *ME) == {"device": FIRST, "exists": True}
    assert server.told == [FIRST]
