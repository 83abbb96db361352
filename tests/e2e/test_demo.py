"""What a new cloud promises to have: a demo project to begin in, flavors, an image, the commands."""

import json
from ipaddress import ip_network
from pathlib import Path

import pytest
from testinfra.host import Host

from lab.api import Api, connect
from lab.cloud import Cloud
from lab.keys import new_key_pair
from lab.labs import Lab
from lab.machine import Machine
from lab.project import EXTERNAL, IMAGE
from lab.settings import STATE, Settings


@pytest.fixture(scope="module")
def demo(lab: Lab) -> Api:
    """The cloud as the demo user sees it."""
    return connect("dietstack-demo", lab.clouds_yaml)


def test_clouds_yaml_is_for_root_only(machine: Host) -> None:
    clouds = machine.file(str(STATE / "clouds.yaml"))
    assert (clouds.user, clouds.mode) == ("root", 0o600)


def test_flavors(demo: Api) -> None:
    flavors = {flavor.name: (flavor.vcpus, flavor.ram, flavor.disk) for flavor in demo.compute.flavors()}
    assert flavors == {"m1.nano": (1, 192, 1), "m1.tiny": (1, 512, 1)}


def test_guest_image_is_public(demo: Api) -> None:
    image = demo.image.find_image(IMAGE, ignore_missing=False)
    assert (image.visibility, image.status) == ("public", "active")


def test_external_network_is_the_one_of_the_settings(cloud: Cloud, settings: Settings) -> None:
    network = cloud.api.network.find_network(EXTERNAL, ignore_missing=False)
    subnet = cloud.api.network.get_subnet(network.subnet_ids[0])
    assert network.is_router_external
    assert ip_network(subnet.cidr) == settings.external_ip.network
    assert subnet.gateway_ip == settings.external_address


def test_demo_project_has_network_and_router(demo: Api) -> None:
    subnet = next(subnet for subnet in demo.network.subnets(project_id=demo.current_project_id))
    assert subnet.cidr == "192.168.35.0/24"
    router = next(demo.network.routers(project_id=demo.current_project_id))
    interfaces = demo.network.ports(device_id=router.id, network_id=subnet.network_id)
    assert subnet.gateway_ip in {fixed["ip_address"] for port in interfaces for fixed in port.fixed_ips}
    assert router.external_gateway_info


@pytest.mark.parametrize("command", ["server list --all-projects", "stack list", "resource provider list"])
def test_dscli_runs_a_command_without_a_terminal(control: Machine, command: str) -> None:
    dscli = control.result(f"cd %s && ./dscli.sh {command} -f json < /dev/null", str(control.checkout))
    assert dscli.succeeded, dscli
    assert isinstance(json.loads(dscli.stdout), list)


def test_dscli_reads_and_writes_files_where_it_is_typed(control: Machine) -> None:
    folder = control.run("mktemp -d")
    name = Path(folder).name.replace(".", "-")
    typed = f"cd %s && {control.checkout}/dscli.sh keypair"
    try:
        control.run("printf '%%s\n' %s > %s/stranger.pub", new_key_pair().public, folder)
        control.run(f"{typed} create --public-key stranger.pub {name}-a < /dev/null", folder)
        control.run(f"{typed} create --public-key {folder}/stranger.pub {name}-b < /dev/null", folder)
        control.run(f"{typed} create --private-key made.pem {name}-c < /dev/null", folder)
        made = control.host.file(f"{folder}/made.pem")
        assert (made.user, made.mode) == ("root", 0o600)
        assert "PRIVATE KEY" in made.content_string
    finally:
        control.result(f"{typed} delete {name}-a {name}-b {name}-c < /dev/null; rm -r %s", folder, folder)


def test_dscli_passes_on_exit_codes(control: Machine) -> None:
    dscli = control.result(
        "cd %s && ./dscli.sh server show no-such-server < /dev/null", str(control.checkout)
    )
    assert dscli.rc == 1
    assert "no-such-server" in dscli.stderr


def test_dscli_speaks_of_the_command_that_was_typed(control: Machine) -> None:
    dscli = control.result("cd %s && ./dscli.sh no-such-command < /dev/null", str(control.checkout))
    assert dscli.rc != 0
    assert "openstack: 'no-such-command' is not an openstack command" in dscli.stdout + dscli.stderr
