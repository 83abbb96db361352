"""Containers of single services, as their service.sh declares them, beside whatever else the host runs.

They share a network namespace of their own, in which the DS address is 127.0.0.1, and a state directory.
"""

import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")

ROOT = Path(__file__).parents[3]
RELEASE = (ROOT / "images/release").read_text().strip()
POLL_SECONDS = 0.1

DECLARATION = """
set -euo pipefail
GOES_FIRST=(--cap-add SYS_NICE --env PRIORITY=-10)
on() { shift; "$@"; }
container() {
    local option
    [[ $1 == "$PROCESS" ]] || return 0
    for option in "${@:2}"; do echo "$option"; done
}
source "deploy/services/$SERVICE/service.sh"
containers
"""


def wait_for(what: str, look: Callable[[], T | None], within: float = 30) -> T:
    """What LOOK returns as soon as it is neither None nor False; fails after WITHIN seconds."""
    end = time.monotonic() + within
    while not (found := look()):
        assert time.monotonic() < end, f"{what}: not within {within} s"
        time.sleep(POLL_SECONDS)
    return found


def docker(*arguments: str, stdin: str | None = None) -> str:
    """The output of the docker command."""
    done = subprocess.run(["docker", *arguments], input=stdin, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"docker {' '.join(arguments)}: {done.stderr}{done.stdout}"
    return done.stdout.strip()


class Container:
    """A running container of the image of SERVICE."""

    def __init__(self, name: str, service: str) -> None:
        self.name = name
        self._service = service

    def run(self, *command: str, stdin: str | None = None) -> str:
        """The output of a command in the container."""
        return docker("exec", "--interactive", self.name, *command, stdin=stdin)

    def health(self) -> subprocess.CompletedProcess[str]:
        """The result of the service's own health question."""
        question = f"/opt/dietstack/services/{self._service}/health"
        return subprocess.run(
            ["docker", "exec", self.name, question, self._service],
            capture_output=True,
            text=True,
            check=False,
        )

    def await_health(self, within: float = 30) -> None:
        wait_for(f"{self._service} is healthy", lambda: self.health().returncode == 0, within)

    def kill(self) -> None:
        docker("kill", self.name)

    def start(self) -> None:
        docker("start", self.name)

    def restart(self) -> None:
        docker("restart", self.name)

    def remove(self) -> None:
        docker("rm", "--force", self.name)


class Services:
    """Starts containers that share one network namespace, whose settings and data are in STATE."""

    def __init__(self, state: Path, name: str) -> None:
        self.state = state
        self.name = name
        self._started: list[str] = []
        self.set_password("one")
        docker(
            "run", "--detach", "--name", name, "--entrypoint", "sleep",
            f"dietstack/memcached:{RELEASE}", "infinity",
        )  # fmt: skip
        self._started.append(name)

    def set_password(self, password: str) -> None:
        """Write the settings, for containers that start from now on."""
        (self.state / "settings.sh").write_text(f"PASSWORDS='{password}'\n")

    def start(self, service: str) -> Container:
        """A healthy container of SERVICE."""
        container = self.create(service)
        container.await_health()
        return container

    def create(self, service: str) -> Container:
        """A container of SERVICE with the options that it declares."""
        return self._run(service, self.options(service, service), service, [service, service])

    def create_storage_user(self) -> Container:
        """A container with the options and the mount.nfs of cinder-storage, in which nothing runs."""
        options = [*self.options("cinder", "storage"), "--entrypoint", "sleep"]
        return self._run("storage-user", options, "openstack", ["infinity"])

    def options(self, service: str, process: str) -> list[str]:
        """What service.sh declares, with places on the host moved below the state directory."""
        variables = {
            "STATE_DIR": str(self.state),
            "SERVICE": service,
            "PROCESS": process,
            "VIRT_TYPE": "qemu",
        }
        declared = subprocess.run(
            ["bash", "-c", DECLARATION],
            env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", **variables},
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        ).stdout.splitlines()
        return [option.replace("/run/dietstack/", f"{self.state}/run/") for option in declared]

    def ask_with_password(self, service: str, password: str) -> bool:
        """Whether a container with another password in its settings finds SERVICE healthy."""
        settings = self.state / f"settings-{password}.sh"
        settings.write_text(f"PASSWORDS='{password}'\n")
        asked = subprocess.run(
            [
                "docker", "run", "--rm", "--network", f"container:{self.name}",
                "--env", "DS_IP=127.0.0.1", "--env", "PATIENCE=1",
                "--volume", f"{settings}:/etc/dietstack/settings.sh:ro",
                "--entrypoint", f"/opt/dietstack/services/{service}/health",
                f"dietstack/{service}:{RELEASE}", service,
            ],
            capture_output=True,
            check=False,
        )  # fmt: skip
        return asked.returncode == 0

    def listeners(self) -> list[str]:
        """Local addresses of all listening TCP and UDP sockets, ADDRESS:PORT."""
        sockets = docker("exec", self.name, "ss", "--listening", "--tcp", "--udp", "--numeric", "--no-header")
        return [line.split()[4] for line in sockets.splitlines()]

    def close(self) -> None:
        """Remove the containers."""
        docker("rm", "--force", "--volumes", *reversed(self._started))

    def _run(self, label: str, options: list[str], image: str, command: list[str]) -> Container:
        name = f"{self.name}-{label}"
        (self.state / "config" / label).mkdir(parents=True, exist_ok=True)
        (self.state / "log" / label).mkdir(parents=True, exist_ok=True)
        facts = {
            "DS_IP": "127.0.0.1", "CONTROL_IP": "127.0.0.1", "NODE_NAME": "test-node", "VIRT_TYPE": "qemu",
            "RELEASE": RELEASE, "STATE_DIR": str(self.state), "PATIENCE": "1",
        }  # fmt: skip
        docker(
            "run", "--detach", "--name", name, "--network", f"container:{self.name}", "--init",
            *(f"--env={fact}={value}" for fact, value in facts.items()),
            "--volume", f"{self.state}/settings.sh:/etc/dietstack/settings.sh:ro",
            "--volume", f"{self.state}/config/{label}:/etc/dietstack/config:ro",
            "--volume", f"{self.state}/log/{label}:/var/log/dietstack",
            *options, f"dietstack/{image}:{RELEASE}", *command,
        )  # fmt: skip
        if name not in self._started:
            self._started.append(name)
        return Container(name, label)
