"""What the checks of the checkout make of what learners do, in clouds that are only told of."""

import subprocess
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from lab.exercise.files import EXERCISES
from tests.unit.modules import module_of


def check_of(exercise: str) -> Any:
    """The check of EXERCISE."""
    return module_of(EXERCISES / exercise / "check.py")


def tells(said: str) -> Any:
    """The learner is told what is SAID; without that, all is done."""
    return pytest.raises(AssertionError, match=said) if said else nullcontext()


# security groups

Rule = dict[str, Any]
ANY = {"ether_type": "IPv4", "protocol": None, "port_range_min": None, "port_range_max": None}
FROM = {"remote_ip_prefix": None, "remote_group_id": None, "remote_address_group_id": None}
SSH: Rule = ANY | FROM | {"protocol": "tcp", "port_range_min": 22, "port_range_max": 22}
ICMP: Rule = ANY | FROM | {"protocol": "icmp"}
ECHO = ICMP | {"port_range_min": 8}
ECHO_WITH_CODE = ECHO | {"port_range_max": 0}
REDIRECT = ICMP | {"port_range_min": 5}
WEB = SSH | {"port_range_min": 80, "port_range_max": 80}
NEAR = {"remote_ip_prefix": "192.0.2.0/24"}
MEMBERS = {"remote_group_id": "office"}
ALL_OF_IPV6 = ANY | FROM | {"ether_type": "IPv6"}
ICMP_OF_IPV6 = ALL_OF_IPV6 | {"protocol": "ipv6-icmp"}
WEB_OF_IPV6 = WEB | {"ether_type": "IPv6"}

ENOUGH = [(SSH, ICMP), (SSH, ECHO), (SSH, ECHO_WITH_CODE), (SSH, ICMP, ICMP_OF_IPV6)]
TOO_MUCH = [
    (SSH, ICMP, WEB),
    (SSH, ICMP, ALL_OF_IPV6),
    (SSH, ICMP, WEB_OF_IPV6),
    (SSH, ICMP, ANY | FROM),
    (SSH, ECHO, REDIRECT),
]
TOO_LITTLE = [(SSH,), (ECHO,), (SSH | NEAR, ICMP), (SSH, ECHO | NEAR), (SSH | MEMBERS, ICMP)]
VERDICTS = [
    *((rules, "") for rules in ENOUGH),
    *((rules, "more than ping and ssh") for rules in TOO_MUCH),
    *((rules, "does not let in") for rules in TOO_LITTLE),
]


def project_with(*rules: Rule) -> Any:
    """A project with one group that has RULES."""
    network = SimpleNamespace(
        security_groups=lambda **_: [SimpleNamespace(id="g1")],
        security_group_rules=lambda **_: [SimpleNamespace(**rule) for rule in rules],
    )
    return SimpleNamespace(id="p1", api=SimpleNamespace(network=network))


@pytest.mark.parametrize(("rules", "said"), VERDICTS)
def test_firewall(rules: tuple[Rule, ...], said: str) -> None:
    check, project, group = check_of("firewall"), project_with(*rules), SimpleNamespace(id="g1")
    with tells(said):
        check.test_no_more(project, group)
        check.test_rules(project, group)


@pytest.mark.parametrize(("rules", "said"), VERDICTS)
def test_lockout(rules: tuple[Rule, ...], said: str) -> None:
    port = SimpleNamespace(security_group_ids=["g1"])
    with tells(said):
        check_of("lockout").test_no_more(project_with(*rules), port)


# a stack


def garden(size: str, address: str) -> Any:
    """A stack that was made with SIZE and tells ADDRESS."""
    return SimpleNamespace(
        parameters={"size": size}, outputs=[{"output_key": "address", "output_value": address}]
    )


def things(**fields: Any) -> Any:
    """What an API lists: one thing that has FIELDS."""
    return lambda **_: [SimpleNamespace(**fields)]


def test_stack_may_have_more_than_a_garden_gets() -> None:
    check = check_of("stack")
    there = [(check.VOLUME, "v1"), (check.VOLUME, "v2"), (check.PORT, None), ("OS::Heat::Value", "x")]
    resources = [SimpleNamespace(resource_type=kind, physical_resource_id=id_) for kind, id_ in there]
    orchestration = SimpleNamespace(resources=lambda _stack: resources)
    project = SimpleNamespace(api=SimpleNamespace(orchestration=orchestration))
    made = check.made.__wrapped__(project, garden("1", ""))
    assert made == {check.VOLUME: {"v1", "v2"}, "OS::Heat::Value": {"x"}}
    with tells("does not have all"):
        check.test_resources(made)


@pytest.mark.parametrize(
    ("asked", "sizes", "said"),
    [
        ("1", [1], ""),
        ("1", [5, 1], ""),
        ("2", [2], "another size than is asked for"),
        ("2", [1], "another size than was said"),
        ("1", [], "has no volume"),
    ],
)
def test_size_in_stack(asked: str, sizes: list[int], said: str) -> None:
    check = check_of("stack")
    volumes = [SimpleNamespace(id=f"v{number}", size=size) for number, size in enumerate(sizes)]
    of_others = SimpleNamespace(id="by hand", size=int(asked))
    storage = SimpleNamespace(volumes=lambda: [*volumes, of_others])
    project = SimpleNamespace(api=SimpleNamespace(block_storage=storage))
    made = {check.VOLUME: {volume.id for volume in volumes}}
    with tells(said):
        check.test_size(project, garden(asked, ""), made)


@pytest.mark.parametrize(
    ("network", "cidr", "said"),
    [
        ("n1", "10.80.0.0/24", ""),
        ("n1", "10.81.0.0/24", "other addresses"),
        ("by hand", "10.80.0.0/24", "no addresses"),
    ],
)
def test_subnet_of_stack(network: str, cidr: str, said: str) -> None:
    check = check_of("stack")
    neutron = SimpleNamespace(subnets=things(id="s1", network_id=network, cidr=cidr))
    project = SimpleNamespace(id="p1", api=SimpleNamespace(network=neutron))
    subnets = check.subnets.__wrapped__(project, {check.NETWORK: {"n1"}, check.SUBNET: {"s1"}})
    with tells(said):
        check.test_subnet(subnets)


@pytest.mark.parametrize(
    ("told", "ids", "subnet", "said"),
    [
        ("10.80.0.7", {"r1", "r2"}, "s1", ""),
        ("10.80.0.1", {"r1"}, "s1", "not the address of its port"),
        ("written by hand", {"r1"}, "s1", "not the address of its port"),
        ("10.80.0.7", set(), "s1", "has no port"),
        ("10.80.0.7", {"r1"}, "by hand", "has no port in its network"),
        ("", {"r1"}, "s1", "does not tell the address"),
    ],
)
def test_output_of_stack(told: str, ids: set[str], subnet: str, said: str) -> None:
    check = check_of("stack")
    neutron = SimpleNamespace(
        ports=things(id="r1", fixed_ips=[{"ip_address": "10.80.0.7", "subnet_id": subnet}])
    )
    project = SimpleNamespace(id="p1", api=SimpleNamespace(network=neutron))
    ports = check.ports.__wrapped__(project, {check.PORT: ids}, [SimpleNamespace(id="s1")])
    with tells(said):
        check.test_output(garden("1", told), ports)


# interfaces and images


@pytest.mark.parametrize(("exercise", "server"), [("firewall", "gate"), ("lockout", "office")])
@pytest.mark.parametrize("ports", [[], [1, 2]])
def test_a_server_with_another_number_of_interfaces_is_the_learners(
    exercise: str, server: str, ports: list[int]
) -> None:
    neutron = SimpleNamespace(ports=lambda **_: ports)
    project = SimpleNamespace(id="p1", api=SimpleNamespace(network=neutron))
    with tells(f"The server {server} has {len(ports)} interfaces instead of the one"):
        check_of(exercise).port.__wrapped__(project, SimpleNamespace(id="s1", name=server))


def test_an_image_of_the_learner_may_be_called_like_that_of_the_cloud() -> None:
    def images(**query: Any) -> list[Any]:
        everybodys, own = SimpleNamespace(id="i1"), SimpleNamespace(id="i2")
        return [everybodys] if query == {"name": "dietguest", "visibility": "public"} else [everybodys, own]

    image = SimpleNamespace(images=images)
    project = SimpleNamespace(id="p1", api=SimpleNamespace(image=image))
    flavor = SimpleNamespace(name="m1.nano")
    check_of("server").test_made_of(project, SimpleNamespace(image=SimpleNamespace(id="i1"), flavor=flavor))


@pytest.mark.parametrize(("size", "said"), [(1, ""), (5, "not of the size")])
def test_sizes_in_bootable(size: int, said: str) -> None:
    check = check_of("bootable")
    image = {"image_name": "dietguest"}
    fields = {"id": "v1", "name": "pictures", "size": size, "status": "in-use"}
    volume = SimpleNamespace(**fields, is_bootable=True, volume_image_metadata=image)
    storage = SimpleNamespace(volumes=lambda: [volume])
    with tells(said):
        check.test_disk(volume)
    with tells(said):
        check.test_pictures(SimpleNamespace(api=SimpleNamespace(block_storage=storage)), {"v1": None})


# an agent


@pytest.mark.parametrize(("states", "said"), [("Ssl\nS", ""), ("Tsl", "does nothing"), ("", "does not run")])
def test_agent_in_address(tmp_path: Path, states: str, said: str) -> None:
    ps = tmp_path / "ps"
    ps.write_text(f"#!/bin/sh\nprintf '{states}'\n[ '{states}' ]\n")
    ps.chmod(0o755)

    def run(command: str) -> str:
        path = {"PATH": f"{tmp_path}:/usr/bin:/bin"}
        return subprocess.run(
            ["sh", "-c", command], env=path, capture_output=True, check=True, text=True
        ).stdout

    agent = SimpleNamespace(is_admin_state_up=True, is_alive=True)
    cloud = SimpleNamespace(api=SimpleNamespace(network=SimpleNamespace(agents=lambda **_: [agent])))
    with tells(said):
        check_of("address").test_alive(cloud, SimpleNamespace(run=run))


# volumes on a disk


@pytest.mark.parametrize(
    ("there", "said"),
    [
        (["volume-1", "volume-2", "volume-3"], ""),
        (["volume-2"], "not where it was: /srv/dietstack/volumes/volume-1"),
        ([], "not where it was"),
    ],
)
def test_volumes_in_space(tmp_path: Path, there: list[str], said: str) -> None:
    def files(names: list[str]) -> str:
        return "\n".join(f"/srv/dietstack/volumes/{name}" for name in names)

    (tmp_path / "volumes").write_text(files(["volume-1", "volume-2"]) + "\n")
    control = SimpleNamespace(run=lambda _command: files(there))
    with tells(said):
        check_of("space").test_volumes_that_were_there(control, tmp_path)


# roles


Roles = list[tuple[str, str | None]]


def cloud_with(given: Roles, follows: Roles) -> Any:
    """A cloud in which a user has the roles GIVEN, and what FOLLOWS from those and from groups."""
    names = {role for role, _ in given + follows}
    identity = SimpleNamespace(
        users=lambda **_: [SimpleNamespace(id="u1")],
        roles=lambda: [SimpleNamespace(id=f"id of {name}", name=name) for name in names],
        role_assignments=lambda effective=False, **_: [
            SimpleNamespace(role={"id": f"id of {role}"}, scope={"project": {"id": where}} if where else {})
            for role, where in (follows if effective else given)
        ],
    )
    return SimpleNamespace(api=SimpleNamespace(identity=identity))


MEMBER, READER, ADMIN = (("member", "library"), ("reader", "library"), ("admin", "library"))


@pytest.mark.parametrize(
    ("given", "follows", "said"),
    [
        ([MEMBER], [MEMBER, READER], ""),
        ([], [MEMBER, READER], ""),
        ([MEMBER, READER], [MEMBER, READER], ""),
        ([MEMBER], [MEMBER, READER, ADMIN], "not for one project only"),
        ([MEMBER, ("manager", "library")], [], "that nothing which is asked for needs"),
        ([MEMBER, ADMIN], [], "not for one project only"),
        ([MEMBER, ("reader", "demo")], [], "rights outside of library"),
        ([MEMBER, ("reader", None)], [], "rights outside of library"),
    ],
)
def test_mira_in_identity(given: Roles, follows: Roles, said: str) -> None:
    cloud = cloud_with(given, follows)
    check, library = check_of("identity"), SimpleNamespace(id="library")
    with tells(said):
        check.test_mira(cloud, library)
        check.test_mira_has_no_more(cloud, library)


@pytest.mark.parametrize(
    ("given", "follows", "said"),
    [
        ([READER], [READER], ""),
        ([], [READER], ""),
        ([READER], [READER, READER], ""),
        ([], [], "cannot look"),
        ([MEMBER], [MEMBER, READER], "more than look"),
        ([READER], [READER, ("reader", "demo")], "more than look"),
    ],
)
def test_otto_in_identity(given: Roles, follows: Roles, said: str) -> None:
    with tells(said):
        check_of("identity").test_otto(cloud_with(given, follows), SimpleNamespace(id="library"))
