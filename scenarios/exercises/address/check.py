"""The agent of DHCP at work."""

from lab.cloud import Cloud
from lab.exercise.looking import one
from lab.machine import Machine
from lab.project import Project


def test_alive(cloud: Cloud, control: Machine) -> None:
    """What serves addresses is alive."""
    agent = one(cloud.api.network.agents(agent_type="DHCP agent"), "Nobody serves addresses in this cloud.")
    assert agent.is_admin_state_up, "What serves addresses is switched off."
    assert agent.is_alive, "What serves addresses has not been heard of for a while."
    states = control.run("ps -C dhcp -o stat= || true").split()
    assert states, "What serves addresses does not run."
    assert not any(state.startswith("T") for state in states), (
        "What serves addresses is there and does nothing."
    )


def test_serves(project: Project, cloud: Cloud) -> None:
    """The ward is served."""
    networks = project.api.network.networks(name="ward", project_id=project.id)
    ward = one(networks, "The network ward is gone; only a reset brings it back.")
    ports = list(cloud.api.network.ports(network_id=ward.id, device_owner="network:dhcp"))
    assert ports, "Nobody serves addresses in the network ward."
    assert ports[0].status == "ACTIVE", "Who serves addresses in the network ward is not connected to it."
