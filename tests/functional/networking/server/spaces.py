"""Nodes and the switch between them: network namespaces, each node with processes of its own."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import hosts
from hosts import eventually, sh

if TYPE_CHECKING:
    from server.cloud import Neutron

PREFIX = "lbcloud"
BIN = Path(sys.executable).parent
SECONDS_TO_END = 60
SECONDS_TO_START = 300
# What the agents keep is in /run, which each node has for itself.
_STATE = Path("/run/neutron")
_INIT = f"mount -t tmpfs tmpfs /run && mkdir /run/netns /run/lock {_STATE} && exec sleep infinity"


class Namespace(hosts.Namespace):
    """A network namespace under a name of these tests."""

    prefix = PREFIX


class Node(Namespace):
    """A node: its network, its processes and its /run are its own; what it runs ends with it."""

    def __init__(self, number: int, switch: Namespace, folder: Path) -> None:
        super().__init__(f"node{number}")
        self.address = f"10.99.0.{number}"
        self.folder = folder
        self._configure()
        self.agents: dict[str, subprocess.Popen[bytes]] = {}
        self._connect(switch, f"port{number}")
        # As Docker leaves it, and with bridged frames unfiltered unless the agent sees to it.
        for table in ("iptables", "ip6tables"):
            self.run(table, "-P", "FORWARD", "DROP")
            self.run("sysctl", "-qw", f"net.bridge.bridge-nf-call-{table}=0")
        self.ip("link", "add", "br-ex", "type", "bridge")
        self.ip("addr", "add", "192.0.2.1/24", "dev", "br-ex")
        self.ip("link", "set", "br-ex", "up")
        self._holder = subprocess.Popen(
            ["ip", "netns", "exec", self.name, "unshare", "--mount", "--pid", "--fork", "--kill-child",
             "--mount-proc", "sh", "-c", _INIT],
        )  # fmt: skip
        eventually(lambda: self._init() is not None, f"{self.name} is up", SECONDS_TO_START)

    def _configure(self) -> None:
        (self.folder / f"{self.name}.conf").write_text(
            f"[DEFAULT]\nhost = {self.name}\nstate_path = {_STATE}\n"
            f"[oslo_concurrency]\nlock_path = {_STATE}\n[vxlan]\nlocal_ip = {self.address}\n"
        )

    def _connect(self, switch: Namespace, port: str) -> None:
        switch.ip("link", "add", port, "type", "veth", "peer", "name", "eth0", "netns", self.name)
        switch.ip("link", "set", port, "master", "switch", "up")
        self.ip("addr", "add", f"{self.address}/24", "dev", "eth0")
        self.ip("link", "set", "eth0", "up")

    def _init(self) -> int | None:
        init = _child_of(self._holder.pid)
        return init if init and Path(f"/proc/{init}/root{_STATE}").exists() else None

    def inside(self, *command: str) -> list[str]:
        """Return the command line that runs a command among the processes of the node."""
        return ["nsenter", "--target", str(self._init()), "--net", "--mount", "--pid", *command]

    def start_agent(self, kind: str = "linuxbridge") -> None:
        """Start one of the agents; it is up once the server says so."""
        module = f"networking_linuxbridge.cmd.{kind}_agent"
        with (self.folder / f"{self.name}-{kind}.out").open("ab") as output:
            self.agents[kind] = subprocess.Popen(
                self.inside(sys.executable, "-W", "ignore", "-m", module,
                            "--config-file", str(self.folder / "agent.conf"),
                            "--config-file", str(self.folder / f"{self.name}.conf")),
                stdout=output, stderr=output, env=os.environ | {"MALLOC_ARENA_MAX": "1"},
            )  # fmt: skip

    def await_agent(self, neutron: "Neutron", kind: str = "Linux bridge agent") -> None:
        """Return once the server knows that an agent lives."""

        def alive() -> bool:
            return any(agent["alive"] for agent in neutron.list("agent", host=self.name, agent_type=kind))

        eventually(alive, f"{kind} of {self.name} is alive", SECONDS_TO_START)

    def pid_of(self, kind: str = "linuxbridge") -> int:
        """Return the process of a running agent; 0 while there is none."""
        return _child_of(self.agents[kind].pid)

    def end_agent(self, number: int = signal.SIGKILL, kind: str = "linuxbridge") -> None:
        """End an agent by a signal, as a power cut would unless told otherwise."""
        eventually(lambda: self.pid_of(kind) != 0, f"{kind} agent of {self.name} runs", SECONDS_TO_END)
        os.kill(self.pid_of(kind), number)
        self.agents.pop(kind).wait(SECONDS_TO_END)

    def delete(self) -> None:
        """End all processes of the node and remove its network."""
        self._holder.kill()
        self._holder.wait()
        super().delete()


def new_switch() -> Namespace:
    """Make the switch that joins the nodes."""
    switch = Namespace("switch")
    switch.ip("link", "add", "switch", "type", "bridge")
    switch.ip("link", "set", "switch", "up")
    return switch


def remove_leftovers() -> None:
    """Remove what an earlier run of these tests left behind."""
    for line in sh("ip", "netns", "list").stdout.splitlines():
        name = line.split()[0]
        if name.startswith(f"{PREFIX}-"):
            for pid in sh("ip", "netns", "pids", name).stdout.split():
                os.kill(int(pid), signal.SIGKILL)
            sh("ip", "netns", "del", name)


def _child_of(pid: int) -> int:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return int(children[0]) if children else 0
