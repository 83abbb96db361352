"""A project without networks gets one by itself, as `openstack server create --network auto` asks for it."""

from lab.project import Project


def test_a_server_on_a_network_that_was_made_for_it_is_reached(project: Project) -> None:
    network = project.api.network
    assert not list(network.networks(project_id=project.id))
    made = network.get_auto_allocated_topology()
    project.leases.hold("automatic network", network.delete_auto_allocated_topology)
    server = project.server(networks=[network.get_network(made.id)])
    project.guest(server).close()


def test_it_is_made_once_and_goes_with_its_router(project: Project) -> None:
    network = project.api.network
    made = network.get_auto_allocated_topology()
    assert network.get_auto_allocated_topology().id == made.id
    network.delete_auto_allocated_topology()
    for things in (network.networks, network.routers):
        assert not list(things(project_id=project.id))
