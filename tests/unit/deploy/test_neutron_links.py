"""Of VXLAN links, those are ours that the agent names, and that nobody else has put into a bridge."""

from tests.unit.deploy.shell import DEPLOY, Shell

LINKS = "\n".join(
    f"{number}: {name}: <UP> mtu 1450 qdisc noqueue{master} state UNKNOWN mode DEFAULT"
    f"\\    link/ether 02:00:00:00:00:01 brd ff\\    vxlan id {vni} dstport 8472 {learning} ttl auto "
    for number, (name, vni, learning, master) in enumerate(
        [
            ("vxlan-1", 1, "nolearning", " master brq5f6a7b8c-9d"),
            ("vxlan-2", 2, "nolearning", ""),  # the agent was killed before it went on
            ("vxlan-3", 3, "nolearning", " master br3"),
            ("vxlan-4", 4, "nolearning", " master brqlan"),
            ("vxlan-5", 5, "", " master brq5f6a7b8c-9d"),
            ("vxlan-6", 7, "nolearning", ""),
        ]
    )
)


def test_links_that_are_ours(shell: Shell) -> None:
    shell.fake("ip", f"cat <<'END'\n{LINKS}\nEND")
    assert shell.output(f". {DEPLOY}/destroy/neutron.sh; our_vxlan_links") == "vxlan-1\nvxlan-2\n"
