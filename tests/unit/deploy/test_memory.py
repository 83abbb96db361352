"""How much memory a machine has, of what its kernel shows, and how much of it Nova may give to servers."""

from pathlib import Path

import pytest

from tests.unit.deploy.shell import DEPLOY, Shell

MIB = 2**20
NO_LIMIT_IN_V1 = 9223372036854771712
LIMIT, USAGE = "memory.limit_in_bytes", "memory.usage_in_bytes"


class Host:
    """A kernel of 24,000 MiB, 20,000 of them available, whose cgroups are files below a folder."""

    def __init__(self, shell: Shell, folder: Path) -> None:
        self._shell = shell
        self._cgroups = folder / "cgroups"
        self.top = folder / "top"
        self._nodes = folder / "nodes"
        self._meminfo = folder / "meminfo"
        self._meminfo.write_text(f"MemTotal: 1 kB\nMemAvailable: {20_000 * 1024} kB\n")
        self.mounts = folder / "mounts"
        self.mounts.touch()
        self.has(24_000)
        shell.fake("unshare", '[[ $1 == --mount ]] && exec "${@:2}"')
        shell.fake("mount", f'echo "$*" >>{self.mounts}')
        self.is_in("0::/init.scope\n")

    def has(self, mib: int) -> None:
        """Let the kernel have so many MIB."""
        self._shell.fake("getconf", f"[[ $1 == PAGE_SIZE ]] && echo 4096 || echo {mib * MIB // 4096}")

    def has_nodes(self, *mib: int) -> None:
        """Let the kernel have NUMA nodes with so many MIB each."""
        for number, size in enumerate(mib):
            node = self._nodes / f"node{number}"
            node.mkdir(parents=True)
            lines = (f"Node {number} {kind}: {size * 1024} kB" for kind in ("MemTotal", "MemFree"))
            (node / "meminfo").write_text("\n".join(lines) + "\n")

    def is_in(self, cgroups: str) -> None:
        """CGROUPS: the /proc/1/cgroup of the machine."""
        self._cgroups.write_text(cgroups)

    def limits(self, cgroup: str, files: dict[str, object]) -> None:
        """Let CGROUP have FILES, by their names."""
        folder = self.top / cgroup
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            (folder / name).write_text(f"{content}\n")

    def script(self, command: str) -> str:
        places = f"MEMINFO={self._meminfo} CGROUPS={self._cgroups} CGROUP_TOP={self.top} NODES={self._nodes}"
        return f"{places}; load_settings; {command}"

    def mib(self, function: str) -> int:
        """What FUNCTION answers, in MiB."""
        return int(self._shell.output(self.script(function))) // MIB

    def reserved(self, *, control_node: bool) -> int:
        """MiB of what libvirt sees that Nova keeps from servers."""
        node = f"CONTROL_NODE={str(control_node).lower()} MEMORY_OF_OTHERS=$(memory_of_others)"
        script = f"{node}; . {DEPLOY}/services/nova/memory.sh; echo $RESERVED_MEMORY"
        return int(self._shell.output(self.script(script)))

    def memory(self) -> tuple[int, int, int]:
        """MiB in all, available, and of others."""
        return self.mib("memory_total"), self.mib("memory_available"), self.mib("memory_of_others")


@pytest.fixture
def host(shell: Shell, tmp_path: Path) -> Host:
    return Host(shell, tmp_path)


def v2(limit: object, usage: int, inactive: int = 0, active: int = 0) -> dict[str, object]:
    """The files of a cgroup of version 2."""
    stat = f"anon 5\nactive_anon 7\ninactive_anon 9\ninactive_file {inactive}\nactive_file {active}"
    return {"memory.max": limit, "memory.current": usage, "memory.stat": stat}


def v1(limit: int, usage: int, inactive: int = 0) -> dict[str, object]:
    """The files of a cgroup of version 1."""
    stat = f"inactive_file 1\nactive_file 1\ntotal_inactive_file {inactive}\ntotal_active_file 0"
    return {LIMIT: limit, USAGE: usage, "memory.stat": stat}


def test_of_several_numa_nodes_libvirt_sees_all(host: Host) -> None:
    host.has_nodes(14_000, 6_000)
    host.limits("init.scope", v2(1_064 * MIB, 100 * MIB))
    assert host.mib("memory_of_others") == 20_000 - 1_000
    assert host.mib("memory_total") == 1_000


def test_where_libvirt_sees_less_than_there_is_nothing_is_of_others(host: Host) -> None:
    host.has_nodes(14_000)
    assert host.memory() == (24_000, 20_000, 0)


def test_a_machine_with_a_kernel_of_its_own_has_what_that_shows(host: Host) -> None:
    assert host.memory() == (24_000, 20_000, 0)


def test_a_container_has_what_its_cgroup_leaves(host: Host) -> None:
    host.limits(".", v2(1024 * MIB, 300 * MIB, inactive=60 * MIB, active=40 * MIB))
    host.limits("init.scope", v2("max", 20 * MIB))
    assert host.memory() == (1024 - 64, 1024 - 200, 24_000 - 960)


def test_a_limit_of_more_than_there_is_counts_for_nothing(host: Host) -> None:
    host.limits(".", v2(48_000 * MIB, 300 * MIB))
    assert host.memory() == (24_000, 20_000, 0)


def test_the_narrowest_cgroup_on_the_way_up_counts(host: Host) -> None:
    host.is_in("0::/labs/mine/control\n")
    host.limits("labs", v2(3000 * MIB, 2500 * MIB))
    host.limits("labs/mine", v2(2000 * MIB, 100 * MIB))
    host.limits("labs/mine/control", v2(4000 * MIB, 100 * MIB))
    assert host.memory() == (2000 - 64, 500, 24_000 - 1936)


def test_a_cgroup_that_cannot_be_seen_leaves_those_above_it(host: Host) -> None:
    host.is_in("0::/docker/0123\n")
    host.limits(".", v2(1024 * MIB, 300 * MIB))
    assert host.memory() == (960, 724, 23_040)


@pytest.mark.parametrize(("cgroup", "folder"), [("/docker/0123", "docker/0123"), ("/", ".")])
def test_version_1_is_mounted_to_look_at(host: Host, cgroup: str, folder: str) -> None:
    host.is_in(f"9:name=systemd:/\n4:memory:{cgroup}\n3:cpu,cpuacct:{cgroup}\n0::/init.scope\n")
    host.limits(".", v1(NO_LIMIT_IN_V1, 9000 * MIB))
    host.limits(folder, v1(1024 * MIB, 300 * MIB, inactive=100 * MIB))
    host.limits("init.scope", v2(10 * MIB, MIB))
    assert host.memory() == (960, 824, 23_040)
    assert set(host.mounts.read_text().splitlines()) == {f"-t cgroup -o memory cgroup {host.top}"}


def test_no_limit_in_version_1(host: Host) -> None:
    host.is_in("4:cpu,memory:/docker/0123\n0::/\n")
    host.limits("docker/0123", v1(NO_LIMIT_IN_V1, 300 * MIB))
    assert host.memory() == (24_000, 20_000, 0)
    assert " -o cpu,memory " in host.mounts.read_text()


def test_version_1_that_cannot_be_mounted(host: Host, shell: Shell) -> None:
    host.is_in("4:memory:/docker/0123\n")
    shell.fake("mount", "echo mount: permission denied >&2; exit 32")
    refusal = shell.refusal(host.script("check_memory"))
    assert "memory: the limit of the cgroup /docker/0123 cannot be read; give this container all" in refusal


def test_a_deployment_wants_what_the_cgroup_leaves(host: Host, shell: Shell) -> None:
    compute = {"CONTROL_NODE": "false", "CONTROL_NODE_DS_IP": "127.0.5.1", "PASSWORDS": "control-nodes-own"}
    host.limits(".", v2(1024 * MIB, 400 * MIB))
    refusal = shell.refusal(host.script("check_memory"), **compute)
    assert "memory: 654 MB available, 700 MB needed (compute node); free some, or use a larger" in refusal
    host.limits(".", v2(1024 * MIB, 400 * MIB, inactive=100 * MIB, active=100 * MIB))
    shell.output(host.script("check_memory"), **compute)


@pytest.mark.parametrize(
    ("role", "seen", "limit", "servers"),
    [
        ("compute", 960, "max", 512),
        ("compute", 24_000, 1024 * MIB, 512),
        ("compute", 24_000, "max", 23_552),
        ("control", 24_000, 4096 * MIB, 1344),
        ("control", 24_000, "max", 21_312),
    ],
)
def test_servers_get_what_the_node_itself_does_not_need(
    host: Host, role: str, seen: int, limit: object, servers: int
) -> None:
    host.has(seen)
    host.limits(".", v2(limit, 300 * MIB))
    assert seen - host.reserved(control_node=role == "control") == servers
