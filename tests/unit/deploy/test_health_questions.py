"""Each process of a container is asked; those that answer over RabbitMQ by one command for all of them."""

import subprocess

import pytest

from tests.unit.deploy.shell import DEPLOY

# Questions print themselves; the facts are those of a node called n1.
ASK = """
for question in ask_api ask_rpc expect_status expect_text ssh; do
    eval "$question() { echo $question \\"\\$@\\"; }"
done
DS_IP=192.0.2.1 EXTERNAL_ADDRESS=192.0.2.2 NODE_NAME=n1 PATIENCE=1
"""


def questions(service: str, family: str, **settings: str) -> list[str]:
    """What is asked of a container of FAMILY, or of one process of that name."""
    folder = DEPLOY / "services" / service
    processes = [family]
    if (folder / f"{family}.family").exists():
        list_them = f'. {folder / family}.family; echo "${{processes[@]}}"'
        processes = output(["bash", "-euc", list_them], settings).split()
    script = (folder / "health").read_text().replace("source /opt/dietstack/ask.sh", ASK)
    return output(["bash", "-c", script, "health", *processes], settings).splitlines()


def output(command: list[str], settings: dict[str, str]) -> str:
    env = {"PATH": "/usr/bin:/bin", **settings}
    return subprocess.run(command, env=env, capture_output=True, text=True, check=True).stdout


def test_agents_of_a_control_node() -> None:
    metadata, rpc = questions("neutron", "agents", CONTROL_NODE="true")
    assert metadata.startswith("expect_status 404 http://localhost/ --unix-socket ")
    assert rpc == (
        "ask_rpc neutron q-agent-notifier-port-update.n1 neutron l3_agent.n1 neutron dhcp_agent.n1"
    )


def test_agents_of_a_node_that_only_computes() -> None:
    assert questions("neutron", "agents", CONTROL_NODE="false") == [
        "ask_rpc neutron q-agent-notifier-port-update.n1"
    ]


@pytest.mark.parametrize(
    ("service", "family", "others", "rpc"),
    [
        ("nova", "control", 3, "nova scheduler.n1 nova conductor.n1"),
        ("nova", "compute", 0, "nova compute.n1"),
        ("nova", "ssh", 1, ""),
        ("neutron", "server", 1, "neutron q-plugin.n1"),
        ("cinder", "api", 1, ""),
        (
            "cinder",
            "storage",
            1,
            "openstack cinder-scheduler.n1 openstack cinder-volume.n1@nfs openstack cinder-backup.n1",
        ),
    ],
)
def test_one_command_for_all_over_rabbitmq(service: str, family: str, others: int, rpc: str) -> None:
    lines = questions(service, family)
    assert len(lines) == others + 1
    assert lines[-1] == f"ask_rpc {rpc}".strip()


def test_heat_answers_from_its_database_for_a_token() -> None:
    assert questions("heat", "heat") == [
        "ask_rpc heat engine.n1",
        "ask_api http://192.0.2.1:8004/v1/service/services",
        "expect_status 300 http://192.0.2.1:8000/",
    ]
