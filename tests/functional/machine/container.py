"""A machine that is a container: booted, looked into, rebooted."""

import json
import subprocess

import testinfra
from testinfra.host import Host

from tests.functional.infra.services import ROOT, docker, wait_for


class Network:
    """A Docker network without addresses that anybody chose."""

    def __init__(self, name: str) -> None:
        self.name = name
        docker("network", "create", name)
        self.subnet = str(json.loads(docker("network", "inspect", name))[0]["IPAM"]["Config"][0]["Subnet"])


class ContainerMachine:
    """A machine called NAME with the images of STORE, booted and with NETWORKS connected.

    SUBNETS are those that it is told of, by the names that their interfaces get.
    """

    def __init__(self, name: str, store: str, networks: list[Network], subnets: dict[str, str]) -> None:
        self.name = name
        options = ["--volume", f"{store}:/store:ro", "--volume", f"{ROOT}:/dietstack:ro"]
        for interface, subnet in subnets.items():
            options += ["--env", f"{interface.upper()}_NETWORK={subnet}"]
        subprocess.run([ROOT / "images/machine/run", name, *options], check=True, stdout=subprocess.DEVNULL)
        for network in networks:
            docker("network", "connect", network.name, name)
        self.host: Host = testinfra.get_host(f"docker://{name}")
        self.await_boot()

    def await_boot(self) -> None:
        """Wait until systemd has started, or given up, all that belongs to the boot."""
        wait_for("the machine's boot", lambda: self.state() in {"running", "degraded"}, within=120)

    def state(self) -> str:
        """What systemd says of the machine: starting, running, degraded..."""
        return str(self.host.run("systemctl is-system-running").stdout).strip()

    def address_in(self, network: Network) -> str:
        """The address that Docker gave to the machine in NETWORK."""
        (inspected,) = json.loads(docker("inspect", self.name))
        return str(inspected["NetworkSettings"]["Networks"][network.name]["IPAddress"])

    def console(self) -> str:
        """What the machine wrote to its console since it was made."""
        return docker("logs", self.name)

    def reboot(self) -> None:
        """Switch it off as an operator does, and on again."""
        docker("stop", "--time", "60", self.name)
        docker("start", self.name)
        self.await_boot()

    def remove(self) -> None:
        """Remove it with its volumes."""
        docker("rm", "--force", "--volumes", self.name)
