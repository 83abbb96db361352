"""IPv6: servers make their addresses from the router's announcements and reach each other."""

from lab.project import Project

NET = "fd00:35::/64"


def test_servers_reach_each_other_over_ipv6(project: Project) -> None:
    network = project.network()
    outside = project.subnet(network, "10.20.0.0/24")
    subnet = project.subnet(network, NET, ip_version=6, ipv6_ra_mode="slaac", ipv6_address_mode="slaac")
    project.router(outside, subnet)
    group = project.security_group(
        {"protocol": "ipv6-icmp", "ethertype": "IPv6"},
        {"protocol": "tcp", "port_range_min": 22, "port_range_max": 22},
        name="ipv6",
    )
    one = project.start_server("one", networks=[network], groups=[group])
    other = project.start_server("other", networks=[network], groups=[group])
    guest = project.guest(project.server_is(one))
    project.guest(project.server_is(other))

    promised = address_in(subnet.id, project, one.id)
    assert f"inet6 {promised}/64" in guest.run("ip -6 address show dev eth0 scope global")
    guest.run(f"ping -6 -c 2 -W 5 {address_in(subnet.id, project, other.id)}")
    guest.run(f"ping -6 -c 2 -W 5 {subnet.gateway_ip}")


def address_in(subnet_id: str, project: Project, server_id: str) -> str:
    """The fixed address in a subnet of a server."""
    ports = project.api.network.ports(device_id=server_id)
    fixed = [fixed for port in ports for fixed in port.fixed_ips if fixed["subnet_id"] == subnet_id]
    return str(fixed[0]["ip_address"])
