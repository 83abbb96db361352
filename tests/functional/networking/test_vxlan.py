"""Servers on different hosts, joined by VXLAN devices whose forwarding tables are exact."""


from hosts import ALLOW_ALL, BRIDGE, EVERYBODY, NETWORK, VNI, VXLAN, Host, Server, eventually

DEVICE = f"vxlan-{VNI}"
FLOOD = EVERYBODY[0]


def test_every_server_reaches_every_other(servers):
    for server in servers:
        for other in servers:
            if server is not other:
                assert server.pings(other.address), f"{server.name} -> {other.name}"
                assert server.pings(other.address6), f"{server.name} -> {other.name} by IPv6"


def test_a_packet_of_the_networks_mtu_passes_whole(servers):
    first, second, _ = servers
    assert first.pings(second.address, "-M", "do", "-s", str(1450 - 28))
    assert not first.pings(second.address, "-M", "do", "-s", str(1450 - 27))


def test_a_larger_packet_passes_in_fragments(servers):
    first, second, _ = servers
    assert first.pings(second.address, "-M", "dont", "-s", "4000")


def test_the_forwarding_table_lists_the_other_hosts_servers_and_nothing_else(servers):
    first, second, third = servers
    assert first.pings(second.address)
    expected = [[FLOOD, other.host.address] for other in (second, third)]
    expected += [[other.mac, other.host.address] for other in (second, third)]
    assert first.host.ask("entries", device=DEVICE) == sorted(expected)


def test_what_arrives_teaches_the_device_nothing(servers):
    """Whoever can spoof a packet on the underlay must not redirect a server's traffic."""
    first, second, _ = servers
    second.ip("link", "set", "eth0", "address", "fa:16:3e:00:00:99")
    second.run("ping", "-c1", "-W1", first.address, check=False)
    assert not [
        entry for entry in first.host.ask("entries", device=DEVICE) if entry[0] == "fa:16:3e:00:00:99"
    ]


def test_a_server_that_is_gone_is_sent_nothing(servers):
    first, second, third = servers
    gone = {second.host.address: [EVERYBODY, [second.mac, second.address]]}
    first.host.ask("remove", vni=VNI, network=NETWORK, ports=gone)
    assert not first.pings(second.address)
    assert first.pings(third.address)


def test_a_server_that_moved_is_found_at_its_new_host(servers):
    first, second, third = servers
    first.host.ask("add", vni=VNI, network=NETWORK, ports={third.host.address: [[second.mac, second.address]]})
    moved = [host for mac, host in first.host.ask("entries", device=DEVICE) if mac == second.mac]
    assert moved == [third.host.address]


def test_a_server_that_moved_here_is_behind_no_other_host(servers):
    first, second, _ = servers
    first.host.ask("add", vni=VNI, network=NETWORK, ports={first.host.address: [[second.mac, second.address]]})
    assert second.mac not in [mac for mac, _ in first.host.ask("entries", device=DEVICE)]


def test_a_host_of_the_other_version_of_ip_keeps_no_other_from_being_known(servers):
    first, _, third = servers
    far, near = ["fa:16:3e:00:00:71", "192.168.35.113"], ["fa:16:3e:00:00:72", "192.168.35.114"]
    ports = {"fd00:99::4": [EVERYBODY, far], third.host.address: [near]}
    first.host.ask("add", vni=VNI, network=NETWORK, ports=ports)
    known = [mac for mac, _ in first.host.ask("entries", device=DEVICE)]
    assert near[0] in known
    assert far[0] not in known


def test_a_table_is_made_what_the_server_says(servers):
    first, second, third = servers
    truth = sorted(
        [[FLOOD, third.host.address], [third.mac, third.host.address], [second.mac, third.host.address]]
    )
    first.host.ask("replace", device=DEVICE, entries=truth)
    assert first.host.ask("entries", device=DEVICE) == truth


def test_frames_stay_in_their_network(servers):
    first, second, _ = servers
    other_network = "eeeeeeee-82ff-4962-8a51-98abd4946767"
    assert second.host.ask(
        "plug", network=other_network, device=second.tap, network_type="vxlan", segmentation_id=7
    )
    assert not first.pings(second.address)


def test_a_server_taken_out_of_its_bridge_is_put_back(servers):
    first, second, _ = servers
    first.host.ip("link", "set", first.tap, "nomaster")
    assert not first.pings(second.address)
    assert first.host.ask("misplaced") == [first.tap]
    assert first.host.ask("plug", network=NETWORK, device=first.tap, **VXLAN)
    assert first.host.ask("misplaced") == []
    eventually(lambda: first.pings(second.address), "the server reaches the others again")


def test_the_host_itself_is_out_of_the_servers_reach(servers):
    """Its devices in a server's network have no address that a server could talk to."""
    host = servers[0].host
    for device in (BRIDGE, DEVICE, servers[0].tap):
        assert "inet" not in host.ip("addr", "show", device)


def test_no_packet_is_lost_while_the_agent_is_replaced(servers):
    first, second, _ = servers
    flow = first.flow(second.address)
    for server in (first, second):
        server.host.kill_agent()
        server.host.start_agent()
    for server in (first, second):
        server.host.wait_for_agent()
        server.host.ask("protect", port=server.port, rules=ALLOW_ALL)
        assert server.host.ask("plug", network=NETWORK, device=server.tap, **VXLAN)
        server.host.ask("tidy")
    sent, lost = flow.end()
    assert sent
    assert lost == 0


def test_a_bridge_goes_with_its_last_port(underlay: list[Host]):
    host = underlay[0]
    server = Server("last", 9, host)
    assert host.ask("plug", network=NETWORK, device=server.tap, **VXLAN)
    assert host.has(BRIDGE)
    assert host.has(DEVICE)
    server.delete()
    host.ask("tidy")
    assert not host.has(BRIDGE)
    assert not host.has(DEVICE)


def test_a_new_device_is_noticed_at_once(underlay: list[Host]):
    host = underlay[0]
    assert host.ask("seconds_to_notice", device="noticed") < 0.5
    host.ip("link", "del", "noticed")
