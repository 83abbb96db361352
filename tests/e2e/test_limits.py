"""Limits of floating IPs: the router lets no more through than a QoS policy says, and all without it."""

from collections.abc import Callable, Iterator
from time import monotonic

import pytest
from openstack.network.v2.qos_policy import QoSPolicy
from testinfra.host import Host

from lab.cloud import Cloud
from lab.deadline import Deadline, NotYet
from lab.errors import Layer
from lab.guest import Guest
from lab.project import Project

LIMIT = 1000  # kbit/s
SIZE = LIMIT * 1000 // 8 * 5  # bytes; with the limit it takes 5 s less the burst, which is 0.8 s
SECONDS_WITH_IT = 3.0
POLICED = "tc filter add dev lo parent ffff: u32 match u32 0 0 police rate 1mbit burst 100k drop flowid :1"

TRANSFERS: dict[str, Callable[[Guest], object]] = {
    "egress": lambda guest: guest.run(f"head -c {SIZE} /dev/zero | tr '\\0' x"),
    "ingress": lambda guest: guest.run("cat > /dev/null", stdin=b"x" * SIZE),
}


@pytest.fixture(scope="module", autouse=True)
def police(machine: Host) -> None:
    """Skip where the kernel lacks what Neutron limits floating IPs by."""
    if machine.run(f"unshare --net sh -c 'tc qdisc add dev lo ingress && {POLICED}'").rc:
        pytest.skip("the kernel of the control machine has no act_police")


@pytest.fixture
def policy(cloud: Cloud, shared_project: Project) -> Iterator[QoSPolicy]:
    """A policy of the project, without rules."""
    policy: QoSPolicy = cloud.api.network.create_qos_policy(name="slow", project_id=shared_project.id)
    yield policy
    cloud.api.network.delete_qos_policy(policy)


@pytest.mark.parametrize("direction", TRANSFERS)
def test_a_floating_ip_is_limited_until_its_policy_goes(
    cloud: Cloud, shared_project: Project, guest: Guest, policy: QoSPolicy, direction: str
) -> None:
    cloud.api.network.create_qos_bandwidth_limit_rule(policy, max_kbps=LIMIT, direction=direction)
    network = shared_project.api.network
    floating_ip = next(network.ips(floating_ip_address=guest.address))
    transfer = TRANSFERS[direction]

    network.update_ip(floating_ip, qos_policy_id=policy.id)
    try:
        wait_until_it_takes(lambda seconds: seconds > SECONDS_WITH_IT, transfer, guest)
    finally:
        network.update_ip(floating_ip, qos_policy_id=None)
    wait_until_it_takes(lambda seconds: seconds < SECONDS_WITH_IT, transfer, guest)


def wait_until_it_takes(
    as_long_as_it_should: Callable[[float], bool], transfer: Callable[[Guest], object], guest: Guest
) -> None:
    """Wait until TRANSFER takes AS_LONG_AS_IT_SHOULD; the agent hears of a change a moment later."""

    def look() -> None:
        began = monotonic()
        transfer(guest)
        seconds = monotonic() - began
        if not as_long_as_it_should(seconds):
            raise NotYet(f"{SIZE} bytes take {seconds:.1f} s")

    Deadline(60).until(Layer.NETWORK, f"another throughput of {guest.address}", look)
