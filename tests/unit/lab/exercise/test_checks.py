"""What the checks of the checkout make of what learners do, in clouds that are only told of."""

import importlib.util
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from lab.exercise.files import EXERCISES


def check_of(exercise: str) -> Any:
    """The check of EXERCISE."""
    spec = importlib.util.spec_from_file_location(f"check_of_{exercise}", EXERCISES / exercise / "check.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


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


def made(*kinds: str) -> dict[str, Any]:
    """What the stack has made, of these KINDS."""
    return {kind: SimpleNamespace(resource_type=kind, physical_resource_id="r1") for kind in kinds}


@pytest.mark.parametrize(
    ("asked", "size", "said"),
    [("1", 1, ""), ("2", 2, "another size than is asked for"), ("2", 1, "another size than was said")],
)
def test_size_in_stack(asked: str, size: int, said: str) -> None:
    storage = SimpleNamespace(get_volume=lambda _id: SimpleNamespace(size=size))
    project = SimpleNamespace(api=SimpleNamespace(block_storage=storage))
    with tells(said):
        check_of("stack").test_size(project, garden(asked, ""), made("OS::Cinder::Volume"))


@pytest.mark.parametrize(
    ("told", "kinds", "said"),
    [
        ("10.80.0.7", ["OS::Neutron::Port"], ""),
        ("10.80.0.1", ["OS::Neutron::Port"], "not the address of its port"),
        ("written by hand", ["OS::Neutron::Port"], "not the address of its port"),
        ("10.80.0.7", [], "has no port"),
        ("", ["OS::Neutron::Port"], "does not tell the address"),
    ],
)
def test_output_of_stack(told: str, kinds: list[str], said: str) -> None:
    port = SimpleNamespace(fixed_ips=[{"ip_address": "10.80.0.7", "subnet_id": "s1"}])
    project = SimpleNamespace(api=SimpleNamespace(network=SimpleNamespace(get_port=lambda _id: port)))
    with tells(said):
        check_of("stack").test_output(project, garden("1", told), made(*kinds))


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


@pytest.mark.parametrize(
    ("roles", "said"),
    [
        ([("member", "library")], ""),
        ([("member", "library"), ("reader", "library")], ""),
        ([("member", "library"), ("manager", "library")], "that nothing which is asked for needs"),
        ([("member", "library"), ("admin", "library")], "not for one project only"),
        ([("member", "library"), ("reader", "demo")], "rights outside of library"),
        ([("member", "library"), ("reader", None)], "rights outside of library"),
    ],
)
def test_mira_in_identity(roles: list[tuple[str, str | None]], said: str) -> None:
    names = {role for role, _ in roles}
    identity = SimpleNamespace(
        users=lambda **_: [SimpleNamespace(id="u1")],
        roles=lambda: [SimpleNamespace(id=f"id of {name}", name=name) for name in names],
        role_assignments=lambda **_: [
            SimpleNamespace(role={"id": f"id of {role}"}, scope={"project": {"id": where}} if where else {})
            for role, where in roles
        ],
    )
    cloud = SimpleNamespace(api=SimpleNamespace(identity=identity))
    check, library = check_of("identity"), SimpleNamespace(id="library")
    with tells(said):
        check.test_mira(cloud, library)
        check.test_mira_has_no_more(cloud, library)
