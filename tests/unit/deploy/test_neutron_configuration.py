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
await_rpc() {{ :; }}
run_as() {{ :; }}
serve_wsgi() {{ :; }}
"""


def configuration(process: str) -> ConfigParser:
    """What PROCESS of a control node runs with; as for oslo, the last word counts."""
    script = f"PROCESS={process} CONTROL_NODE=true\n{CONTAINER}\n{(NEUTRON / 'start').read_text()}"
    printed = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True).stdout
    parser = ConfigParser(strict=False, interpolation=None)
    parser.read_string(printed)
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
    assert not server["DEFAULT"].getboolean("enable_dvr")
    policies = server["oslo_policy"]["policy_file"].replace("/opt/dietstack", str(DEPLOY))
    refused = yaml.safe_load(Path(policies).read_text())
    assert set(refused) == {"create_router:ha", "update_router:ha"}
