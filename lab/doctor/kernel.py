"""What the host's kernel can do; system containers have no other."""

import os
from pathlib import Path

from lab.doctor.command import NOT_FOUND, ask
from lab.doctor.finding import ALL, Finding, bad, good

DOCKER = frozenset({"docker"})
VXLAN, NFS, CGROUPS = "VXLAN", "NFS client", "control groups"

VXLAN_IN_A_NAMESPACE = "ip link add probe type vxlan id 1 dstport 4789"


def check_vxlan() -> Finding:
    """Make a VXLAN in a network namespace that is thrown away."""
    namespace = (
        ("unshare", "--net") if os.geteuid() == 0 else ("unshare", "--user", "--map-root-user", "--net")
    )
    answer = ask(*namespace, "sh", "-c", VXLAN_IN_A_NAMESPACE)
    if answer.ok:
        return good(VXLAN, "a VXLAN was made in a network namespace")
    if answer.status == NOT_FOUND:
        return bad(VXLAN, answer.text, "sudo apt-get install iproute2 util-linux", ALL)
    return bad(VXLAN, f"none can be made: {answer.last_line}", "sudo modprobe vxlan", DOCKER)


def check_nfs(filesystems: Path = Path("/proc/filesystems"), fuse: Path = Path("/dev/fuse")) -> Finding:
    """Whether volumes are mounted by the kernel, or in system containers by a FUSE client."""
    known = filesystems.read_text().split()
    if "nfs" in known or ask("modprobe", "--dry-run", "--quiet", "nfs").ok:
        return good(NFS, "the kernel has one")
    if fuse.exists() and os.access(fuse, os.R_OK | os.W_OK):
        return good(NFS, "the kernel has none; system containers mount volumes through FUSE (libnfs)")
    return bad(NFS, f"the kernel has none, and {fuse} cannot be opened either", "sudo modprobe nfs", DOCKER)


def check_cgroups(mounts: Path = Path("/proc/self/mounts")) -> Finding:
    """Which version of control groups the host mounts; systemd in a container needs one of them."""
    kinds = {fields[2] for line in mounts.read_text().splitlines() if len(fields := line.split()) > 2}
    if "cgroup2" in kinds and "cgroup" not in kinds:
        return good(CGROUPS, "version 2")
    if "cgroup" in kinds:
        return good(CGROUPS, "version 1" + (" and 2 (hybrid)" if "cgroup2" in kinds else ""))
    mend = "sudo mount -t cgroup2 cgroup2 /sys/fs/cgroup"
    return bad(CGROUPS, "none are mounted: systemd does not start in a container", mend, DOCKER)
