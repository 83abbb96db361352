"""A host of its own for each test: a network and a mount namespace, with Docker's packet filter in it."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.unit.deploy.shell import Shell

# The mounts of the machine that runs the tests would show through /proc/self/mountinfo.
PREPARE = """
awk '$5 ~ "^/(run|srv)/" { print $5 }' /proc/self/mountinfo | sort -r | xargs -r umount --lazy
mount -t tmpfs tmpfs /run
mount -t tmpfs tmpfs /srv
mount -t sysfs sysfs /sys
ip link set dev lo up
echo 0 > /proc/sys/net/ipv4/ip_forward
iptables -P FORWARD DROP
iptables -N DOCKER-USER
iptables -A DOCKER-USER -j RETURN
iptables -A FORWARD -j DOCKER-USER
iptables -t nat -A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE
"""


@pytest.fixture
def host(tmp_path: Path) -> Iterator[Shell]:
    """A bash with the functions of deploy/, on a host of its own whose state directory is /srv/dietstack."""
    with new_host(tmp_path) as host:
        yield host


@pytest.fixture(scope="module")
def measured_host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shell]:
    """Such a host on which commands are counted, before other hosts have something killed at one of them."""
    with new_host(tmp_path_factory.mktemp("measured")) as host:
        yield host


@contextmanager
def new_host(folder: Path) -> Iterator[Shell]:
    """Such a host; the programs that are faked are in FOLDER."""
    with subprocess.Popen(
        ["unshare", "--net", "--mount", "--propagation", "private", "sh", "-c", "echo; exec sleep infinity"],
        stdout=subprocess.PIPE,
    ) as holder:
        try:
            assert holder.stdout is not None
            holder.stdout.readline()
            enter = ["nsenter", f"--target={holder.pid}", "--net", "--mount"]
            shell = Shell(state=Path("/srv/dietstack"), fakes=folder / "fakes", prefix=enter)
            shell.output(PREPARE)
            yield shell
        finally:
            holder.kill()
