"""Each of Neutron's processes has a configuration of its own, from the templates that its start renders."""

import subprocess
from configparser import ConfigParser
from pathlib import Path

import pytest
import yaml

from tests.unit.deploy.shell import DEPLOY

NEUTRON = DEPLOY / "services/neutron"

# What the start needs of the container; instead of being rendered, the templates are printed.
CONTAINER = f"""
set -euo pipefail
SERVICE_DIR={NEUTRON} COMMON={DEPLOY}/container/common.conf DATABASE={DEPLOY}/container/database.conf
render() {{ cat "${{@:2}}"; }}
source() {{ :; }}
RESOLVED_CONF=resolved
usable_resolv_conf() {{ echo "${{USABLE-}}"; }}
await_rpc() {{ :; }}
run_as() {{ :; }}
serve_wsgi() {{ :; }}
"""


def start(process: str, afterwards: str = "", **facts: str) -> str:
    """What the start of PROCESS on a control node prints, and the commands AFTERWARDS."""
    script = "\n".join([CONTAINER, (NEUTRON / "start").read_text(), afterwards])
    env = {"PATH": "/usr/bin:/bin", "PROCESS": process, "CONTROL_NODE": "true", **facts}
    return subprocess.run(["bash", "-c", script], env=env, capture_output=True, text=True, check=True).stdout


def configuration(process: str) -> ConfigParser:
    """What PROCESS runs with; as for oslo, the last word counts."""
    parser = ConfigParser(strict=False, interpolation=None)
    parser.read_string(start(process))
    return parser


# Each service plugin that takes something from a user has who does it in an agent.
DONE_BY: dict[str, dict[str, set[str]]] = {
    "router": {},
    "qos": {"linuxbridge": {"qos"}, "l3": {"fip_qos", "gateway_ip_qos"}},
    "port_forwarding": {"l3": {"port_forwarding"}},
}


def test_what_the_api_takes_the_agents_do() -> None:
    assert words(configuration("server")["DEFAULT"]["service_plugins"]) == set(DONE_BY)
    for process in ("linuxbridge", "l3"):
        expected = set[str]().union(*(extensions.get(process, set()) for extensions in DONE_BY.values()))
        assert words(configuration(process)["agent"]["extensions"]) == expected


def words(value: str) -> set[str]:
    return set(value.split(","))


@pytest.mark.parametrize("process", ["linuxbridge", "l3", "dhcp", "metadata"])
def test_what_all_agents_have_in_common(process: str) -> None:
    agent = configuration(process)
    assert agent["DEFAULT"]["interface_driver"] == "linuxbridge"
    assert agent["vxlan"]["local_ip"] == "${DS_IP}"
    assert agent["linux_bridge"]["bridge_mappings"] == "external:${EXTERNAL_BRIDGE}"


def test_the_api_refuses_routers_that_no_agent_would_serve() -> None:
    server = configuration("server")
    policies = server["oslo_policy"]["policy_file"].replace("/opt/dietstack", str(DEPLOY))
    refused = yaml.safe_load(Path(policies).read_text())
    actions = ("create", "update")
    assert set(refused) == {f"{action}_router:{kind}" for action in actions for kind in ("distributed", "ha")}


@pytest.mark.parametrize(("usable", "read"), [("resolv.conf", "/dev/null"), ("resolved", "dnsmasq.conf")])
def test_dnsmasq_asks_name_servers_that_it_can_reach(usable: str, read: str) -> None:
    assert configuration("dhcp")["DEFAULT"]["dnsmasq_config_file"] == "${DNSMASQ_CONF}"
    chosen = start("dhcp", 'echo "$DNSMASQ_CONF"', USABLE=usable).splitlines()[-1]
    assert Path(chosen) == NEUTRON / read
