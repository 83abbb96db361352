"""Seats of a class as projects of one cloud: one is set up anew while others work, and none harms another."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from time import monotonic

import pytest
from keystoneauth1.exceptions import Unauthorized
from openstack.exceptions import ForbiddenException, NotFoundException
from openstack.network.v2.network import Network

from lab.api import connect
from lab.classroom.plan import Quota
from lab.classroom.project_seat import opened, set_up
from lab.classroom.seat import Seat, new_password, new_seat
from lab.deadline import Deadline
from lab.labs import Lab
from lab.project import Project
from lab.reach import answers_ping
from lab.report import Report
from lab.tenancy import empty, remove_project

QUOTA = Quota(instances=2, cores=2, ram=512, volumes=2)
SECONDS_TO_RESET = 30
BEGINS_WITH = {"lan", "router", "reachable", "default", "key"}

Seats = tuple[Seat, Seat]


def make_ready(lab: Lab, seat: Seat) -> float:
    """Set SEAT up; the seconds that it took."""
    began = monotonic()
    with Report().stage(seat.name) as stage:
        set_up(lab, seat, QUOTA, stage)
    return monotonic() - began


def what_is_in(project: Project) -> set[str]:
    """The names of all that PROJECT has."""
    api, mine = project.api, {"project_id": project.id}
    things = [
        *api.compute.servers(),
        *api.compute.keypairs(),
        *api.block_storage.volumes(),
        *api.image.images(owner=project.id),
        *api.network.networks(**mine),
        *api.network.routers(**mine),
        *api.network.security_groups(**mine),
    ]
    return {thing.name for thing in things}


@pytest.fixture(scope="module")
def seats(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seats]:
    """Two seats, ready."""
    folder: Path = tmp_path_factory.mktemp("seats")
    # The seats of a class that may be in this cloud as well have low numbers.
    first, second = (
        new_seat(f"seat{number}", lab.name, folder / str(number), spare=False) for number in (901, 902)
    )
    try:
        make_ready(lab, first)
        make_ready(lab, second)
        yield first, second
    finally:
        for seat in (first, second):
            with opened(lab, seat) as (admin, project):
                empty(project)
                remove_project(admin, project)


@pytest.fixture
def projects(lab: Lab, seats: Seats) -> Iterator[tuple[Project, Project]]:
    """Their projects, as their learners see them; what was made in them goes."""
    with opened(lab, seats[0]) as (_, first), opened(lab, seats[1]) as (_, second):
        yield first, second
        first.leases.release_all()
        second.leases.release_all()


def lan_of(project: Project) -> Network:
    """The network that the seat begins with."""
    lan: Network = project.api.network.find_network("lan", ignore_missing=False, project_id=project.id)
    return lan


def server_in(project: Project, name: str = "mine") -> str:
    """The floating IP of a new server of PROJECT, made of what the seat begins with; it answers."""
    group = project.api.network.find_security_group("reachable", ignore_missing=False, project_id=project.id)
    server = project.start_server(name, networks=[lan_of(project)], groups=[group], key_name="key")
    address = project.floating_ip(project.server_is(server))
    project.guest_at(server, address).connect().close()
    return address


def test_a_seat_begins_with_a_network_a_group_and_the_key_of_its_handout(
    projects: tuple[Project, Project],
) -> None:
    for project in projects:
        assert what_is_in(project) == BEGINS_WITH
    server_in(projects[0])


def test_a_seat_cannot_delete_what_is_not_its_own(projects: tuple[Project, Project]) -> None:
    mine, other = projects
    network = lan_of(other)
    server = other.server("theirs", networks=[network], groups=[], key_name="key")
    volume = other.volume(name="theirs")
    with pytest.raises(NotFoundException):
        mine.api.compute.delete_server(server.id, ignore_missing=False)
    with pytest.raises(NotFoundException):
        mine.api.block_storage.delete_volume(volume.id, ignore_missing=False)
    with pytest.raises(NotFoundException):
        mine.api.network.delete_network(network.id, ignore_missing=False)
    with pytest.raises(ForbiddenException):
        mine.api.identity.delete_project(other.id, ignore_missing=False)
    assert other.server_is(server).id == server.id
    assert {"theirs", "lan"} <= what_is_in(other)


def test_a_seat_whose_quota_is_used_up_is_told_so_and_the_other_has_its_own(
    projects: tuple[Project, Project],
) -> None:
    mine, other = projects
    for number in range(QUOTA.instances):
        mine.start_server(f"server{number}", networks=[lan_of(mine)], groups=[], key_name="key")
    with pytest.raises(ForbiddenException, match="Quota exceeded for"):
        mine.start_server("too-many", networks=[lan_of(mine)], groups=[], key_name="key")
    other.start_server("theirs", networks=[lan_of(other)], groups=[], key_name="key")


def test_a_broken_seat_is_as_new_in_half_a_minute_and_the_other_goes_on(
    lab: Lab, seats: Seats, projects: tuple[Project, Project]
) -> None:
    broken, other = projects
    address = server_in(other)
    break_everything(broken)

    over = Event()
    with ThreadPoolExecutor() as pool:
        lost = pool.submit(pings_lost, address, over)
        try:
            seconds = make_ready(lab, seats[0])
        finally:
            over.set()
    assert lost.result() == 0
    assert seconds < Deadline(SECONDS_TO_RESET).seconds
    with opened(lab, seats[0]) as (_, project):
        assert what_is_in(project) == BEGINS_WITH
        (default,) = project.api.network.security_groups(project_id=project.id, name="default")
        assert len(default.security_group_rules) == 4


def break_everything(project: Project) -> None:
    """What learners do: things locked, protected, offered and half deleted, and the password changed."""
    api = project.api
    server = project.server("locked", networks=[lan_of(project)], groups=[], key_name="key")
    project.attach(project.volume(name="attached"), server)
    api.compute.lock_server(server)
    offered = project.volume(name="offered")
    api.block_storage.create_transfer(volume_id=offered.id, name="offer")
    project.image("protected", b"\0" * 512, is_protected=True)
    (default,) = api.network.security_groups(project_id=project.id, name="default")
    for rule in default.security_group_rules:
        api.network.delete_security_group_rule(rule["id"])
    change = {"user": {"original_password": project.password, "password": new_password()}}
    user = api.current_user_id
    api.identity.post(f"/users/{user}/password", json=change).raise_for_status()
    again = api.connect_as(username=project.user, password=project.password, project_name=project.name)
    with pytest.raises(Unauthorized):
        again.session.get_token()
    project.leases = type(project.leases)()  # all of it goes with the reset


def pings_lost(address: str, over: Event) -> int:
    """How many pings of ADDRESS were not answered until it is OVER."""
    lost = 0
    while not over.wait(0.5):
        lost += not answers_ping(address)
    return lost


def test_the_clouds_yaml_of_one_seat_gives_no_way_into_another(lab: Lab, seats: Seats) -> None:
    demo = connect("dietstack-demo", lab.clouds_yaml)
    first, second = seats
    api = demo.connect_as(username=first.user, password=first.password, project_name=second.user)
    with pytest.raises(Unauthorized):
        api.session.get_token()
    demo.close()
