"""destroyds.sh leaves the machine as it was."""

import re
from pathlib import Path

import pytest
from testinfra.host import Host

from lab.api import connect
from lab.cloud import Cloud
from lab.containers import containers
from lab.settings import STATE
from lab.tenancy import close_project, fresh_project
from lab.workload import start_workload
from tests.deployment import Deployment
from tests.unit.docs.markdown import Document
from tests.unit.docs.repository import ROOT

OUR_NAMES = re.compile(
    r"dietstack|neutron|linuxbridge|br-ex|\bbrq|\btap[0-9a-f]{8}|\bifb[0-9a-f]{8}|vxlan|qrouter|qdhcp|NIPv4"
)
OUR_FILES = re.compile(
    r"^/(etc|run|srv|usr/local|var/lib)/.*("
    # install_requirements.sh keeps what was there before it, and Vagrant the box of labs.
    r"(?<!before-)dietstack(?!-VAGRANTSLASH-)|qrouter|qdhcp)"
)
# There and not there from one moment to the next, by Docker, systemd and who is logged in.
PASSING = (
    *("/proc", "/sys", "/dev", "/tmp", "/var/lib/docker", "/var/lib/containerd"),  # noqa: S108
    *("/run/docker", "/run/containerd", "/run/systemd", "/run/udev", "/run/user"),
)
FILES = f"find / /run -xdev \\( -path {' -o -path '.join(PASSING)} \\) -prune -o -print"
VOLATILE_SYSCTLS = re.compile(
    r"random|quota\.syncs|nf_conntrack|\.nr_|-nr|inode|\.file-|dentry|ns_last_pid|\.usermodehelper|sched|epoch"
)

VIEWS = {
    "links": "ip -oneline link show | cut -d : -f 2",
    "addresses": "ip -oneline address show | awk '{ print $2, $4 }'",
    "routes": "ip route show table all | grep -v '^broadcast'",
    "rules": "ip rule show",
    "namespaces": "ip netns list",
    # Those of ip and ip6 that iptables shares with everybody are seen by what is in them.
    "tables of nftables": "nft list tables | sed -E '/ ip6? (filter|nat|mangle|raw|security)$/d'",
    "packet filter": "iptables-save | grep -v '^#' | sed 's/ *\\[[0-9:]*\\]//'",
    "packet filter of IPv6": "ip6tables-save | grep -v '^#' | sed 's/ *\\[[0-9:]*\\]//'",
    "ipsets": "ipset list -name",
    "mounts": "findmnt --noheadings --list --output TARGET,SOURCE",
    "sysctls": "sysctl --all 2>/dev/null | grep -v ^kernel.hostname",
    # Neither the kernel's own nor those that have ended, of which their parent has not taken notice yet.
    "processes": "ps --ppid 2 --pid 2 --deselect -o stat=,comm= | sed '/^Z/d; s/^[^ ]* *//' | sort -u",
    "containers": "docker ps --all --format '{{.Names}}'",
    "volumes": "docker volume ls --quiet | sed '/^dietstack-store-/d'",  # a lab's images stay
    "files": FILES,
}
View = dict[str, set[str]]


@pytest.fixture(scope="module")
def before(machine: Host, deployment: Deployment) -> View:
    """The machine without a cloud."""
    deployment.destroy()
    return look_at(machine)


def test_nothing_is_left(machine: Host, deployment: Deployment, before: View) -> None:
    deployment.deploy()
    start_workload(fresh_project(admin(), "doomed"))
    deployment.destroy()

    after = look_at(machine)
    assert {view: sorted(after[view] - before[view]) for view in VIEWS if after[view] - before[view]} == {}
    assert {view: sorted(before[view] - after[view]) for view in VIEWS if before[view] - after[view]} == {}


@pytest.mark.parametrize("view", sorted(set(VIEWS) - {"files"}))
def test_nothing_bears_our_name(before: View, view: str) -> None:
    assert [line for line in before[view] if OUR_NAMES.search(line)] == []


def test_no_file_bears_our_name(before: View) -> None:
    files = [file for file in before["files"] if not Path(file).is_relative_to(ROOT)]
    assert [file for file in files if OUR_FILES.search(file)] == []


def test_state_is_gone(before: View) -> None:
    assert before
    assert not STATE.exists()
    assert not containers()


@pytest.mark.time_limit(1800)
def test_kept_data_is_taken_up_again(deployment: Deployment, tmp_path: Path) -> None:
    deployment.deploy()
    project = fresh_project(admin(), "kept")
    workload = start_workload(project)
    deployment.destroy("--keep-data")
    assert not containers()
    assert not Path("/sys/class/net/br-ex").exists()

    deployment.deploy()
    workload.check()

    deployment.type(manual(0, tmp_path))
    workload.check()
    project.api.image.delete_image(workload.image.id)
    deployment.type(manual(1, tmp_path))
    workload.check()
    close_project(admin(), project)


def manual(number: int, folder: Path) -> str:
    """The commands of a backup, or of the way back, as the manual has them, with FOLDER for copies."""
    block = Document(ROOT / "docs/operate.md").blocks_below("Backup")[number]
    return block.script.replace("/backup/", f"{folder}/")


def admin() -> Cloud:
    """The cloud that there is now, as its administrator."""
    return Cloud(connect("dietstack-admin", STATE / "clouds.yaml"))


def look_at(machine: Host) -> View:
    """What of the machine a deployment could change, as sets of lines."""
    seen = {view: set(machine.check_output(command).splitlines()) for view, command in VIEWS.items()}
    seen["sysctls"] = {line for line in seen["sysctls"] if not VOLATILE_SYSCTLS.search(line)}
    return seen
