"""How long a person waits for a server, its first answer, and a volume in it."""

import subprocess
import time
from collections.abc import Callable

from openstack.block_storage.v3.volume import Volume
from openstack.compute.v2.server import Server

from lab.deadline import Deadline, NotYet
from lab.errors import Broken, Layer
from lab.project import Project
from tests.bench.measurement import Budget, Measurement, seconds

REPETITIONS = 5
LOOK_EVERY = 0.1  # seconds; it bounds the error of each value
LONGEST = 120


def servers(project: Project) -> list[Measurement]:
    """Create servers in PROJECT, each when ssh answers in the one before; with floating IPs when ACTIVE."""
    active, ping = [], []
    prepare(project)
    for number in range(REPETITIONS):
        start = time.monotonic()
        server = project.start_server(f"bench-{number}")
        wait_until_active(project, server)
        active.append(time.monotonic() - start)
        address = project.floating_ip(server)
        wait_for_first_ping(address)
        ping.append(time.monotonic() - start)
        # What it still does must not slow the next one.
        project.guest_at(server, address).connect().close()
    return [Measurement(Budget.ACTIVE, active), Measurement(Budget.PING, ping)]


def prepare(project: Project) -> None:
    """Make what a server stands on, so that only the server is measured."""
    _ = project.lan, project.reachable, project.keypair_name


def wait_until_active(project: Project, server: Server) -> None:
    """Wait for SERVER to run; Broken if it cannot."""

    def look() -> None:
        now = project.api.compute.get_server(server.id)
        if now.status == "ERROR":
            raise Broken(Layer.SERVICE, f"server {server.name}: {now.fault}")
        if now.status != "ACTIVE":
            raise NotYet(f"it is {now.status}")

    wait(Layer.SERVICE, f"server {server.name} ACTIVE", look)


def wait_for_first_ping(address: str) -> None:
    """Wait until ADDRESS answers one of five pings a second."""
    command = ["ping", "-n", "-q", "-c", "1", "-i", "0.2", "-w", "5", address]

    def look() -> None:
        if subprocess.run(command, capture_output=True, check=False).returncode != 0:
            raise NotYet("no answer")

    wait(Layer.NETWORK, f"ping of {address}", look)


def attachments(project: Project) -> Measurement:
    """Attach a volume to a server again and again."""
    server, volume = project.server("bench-volume"), project.volume()
    values = []
    for _ in range(REPETITIONS):
        values.append(seconds(lambda: attach(project, volume, server)))
        project.detach(volume, server)
    return Measurement(Budget.ATTACH, values)


def attach(project: Project, volume: Volume, server: Server) -> None:
    """Attach VOLUME to SERVER and wait until it is in use; Broken if it cannot be."""
    project.api.compute.create_volume_attachment(server, volume_id=volume.id)

    def look() -> None:
        status = project.api.block_storage.get_volume(volume.id).status
        if status not in {"available", "reserved", "attaching", "in-use"}:
            raise Broken(Layer.NFS, f"volume {volume.name} is {status}")
        if status != "in-use":
            raise NotYet(f"it is {status}")

    wait(Layer.NFS, f"volume {volume.name} in use", look)


def wait(layer: Layer, what: str, look: Callable[[], None]) -> None:
    """Wait for what LOOK awaits, looking often."""
    Deadline(LONGEST).until(layer, what, look, every=LOOK_EVERY)
