from contextlib import nullcontext
from types import SimpleNamespace

from networking_linuxbridge import links


class Address(dict):
    """An address on a device, as the kernel tells of it."""

    def get_attr(self, name):
        return self.get(name)


def test_a_device_is_known_by_the_hosts_own_address_on_it(monkeypatch):
    addresses = [
        Address(index=1, IFA_ADDRESS="10.0.0.2", IFA_LOCAL="10.0.0.1"),  # with the peer's
        Address(index=2, IFA_ADDRESS="2001:db8::1"),
    ]
    kernel = SimpleNamespace(get_addr=lambda: addresses)
    monkeypatch.setattr(links, "IPRoute", lambda: nullcontext(kernel))
    monkeypatch.setattr(links.socket, "if_indextoname", lambda index: f"eth{index}")
    assert links.device_of("10.0.0.1") == "eth1"
    assert links.device_of("10.0.0.2") is None
    assert links.device_of("2001:db8::1") == "eth2"
