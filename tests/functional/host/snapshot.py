"""What there is on a host, to be compared: links, addresses, routes, rules, mounts, switches, files."""

from tests.unit.deploy.shell import Shell

LOOK = r"""
ip -brief link | sed -E '/^br-ex/s/([0-9a-f]{2}:){5}[0-9a-f]{2}/random/'
ip -brief -4 address; ip route; ip netns list
nft list ruleset 2>/dev/null | sed -E 's/packets [0-9]+ bytes [0-9]+//'
ipset list -name
cut -d ' ' -f 4- /proc/self/mountinfo | grep -v ' /var/lib/docker' | sed -E 's/(shared|master|peer):[0-9]+//'
grep -r . /proc/sys/net/ipv4/ip_forward /proc/sys/net/bridge
find /run /srv -xdev -printf '%p %m\n' | grep -v /run/xtables.lock | sort
"""


def snapshot(host: Shell) -> list[str]:
    """All of it, a line each."""
    return host.output(LOOK).splitlines()
