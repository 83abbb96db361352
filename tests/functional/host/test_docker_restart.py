"""Docker writes its own rules anew whenever it starts; ours stay, and stay last."""

import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.unit.deploy.shell import Shell

START_SECONDS = 60


@pytest.fixture
def restart_docker(host: Shell, tmp_path: Path) -> Iterator[Callable[[], None]]:
    """Start a dockerd of the host's own, or start it again."""
    running: list[subprocess.Popen[bytes]] = []
    socket = tmp_path / "docker.sock"
    command = [
        *host.prefix, "dockerd", f"--host=unix://{socket}", f"--data-root={tmp_path}/data",
        f"--exec-root={tmp_path}/exec", f"--pidfile={tmp_path}/pid",
    ]  # fmt: skip

    def stop() -> None:
        for dockerd in running:
            dockerd.terminate()
            dockerd.wait()
        running.clear()

    def restart() -> None:
        stop()
        with (tmp_path / "log").open("ab") as log:
            running.append(subprocess.Popen(command, stdout=log, stderr=log))
        deadline = time.monotonic() + START_SECONDS
        asked = ["docker", f"--host=unix://{socket}", "version"]
        while subprocess.run(asked, capture_output=True, check=False).returncode != 0:
            assert running[0].poll() is None, (tmp_path / "log").read_text()
            assert time.monotonic() < deadline, (tmp_path / "log").read_text()
            time.sleep(0.2)

    yield restart
    stop()


def test_rules_survive(host: Shell, restart_docker: Callable[[], None]) -> None:
    host.output("iptables -F; iptables -X; iptables -P FORWARD ACCEPT; iptables -t nat -F")
    restart_docker()
    host.output("load_settings; save_settings; raise_network")
    before = host.output("iptables-save | grep -v ^[:#]")
    assert "-A FORWARD -j DIETSTACK-FORWARD" in before
    restart_docker()
    after = host.output("iptables-save | grep -v ^[:#]")
    assert sorted(after.splitlines()) == sorted(before.splitlines())
    forward = [line for line in after.splitlines() if line.startswith("-A FORWARD")]
    assert forward[-1] == "-A FORWARD -j DIETSTACK-FORWARD"
    assert "-P FORWARD DROP" in host.output("iptables -S FORWARD")
