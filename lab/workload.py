"""Somebody's work in a cloud: what has to be there, unharmed, whatever happened to the cloud meanwhile."""

from dataclasses import dataclass

from openstack.block_storage.v3.volume import Volume
from openstack.compute.v2.server import Server
from openstack.image.v2.image import Image

from lab.disk import disk_of
from lab.guest import Guest
from lab.project import Project
from lab.reach import wait_for_ping

NOTE = "written before anything happened"


@dataclass(frozen=True)
class Workload:
    """A server with a note on its own disk, an attached volume with random bytes, and an image."""

    project: Project
    server: Server
    guest: Guest
    volume: Volume
    checksum: str
    image: Image

    def check(self) -> None:
        """Raise unless the server runs and answers, and everything has the bytes that it had."""
        __tracebackhide__ = True
        self.project.server_is(self.server)
        wait_for_ping(self.guest.address)
        assert self.guest.connect().run("cat ~/note") == NOTE  # noqa: S101
        self.guest.run("echo 3 | sudo tee /proc/sys/vm/drop_caches")
        assert disk_of(self.volume, self.guest).read() == self.checksum  # noqa: S101
        assert self.project.api.image.get_image(self.image.id).status == "active"  # noqa: S101


def start_workload(project: Project) -> Workload:
    """Put a workload into PROJECT."""
    server = project.server("worker")
    guest = project.guest(server)
    guest.run(f"echo '{NOTE}' > ~/note && sync")
    volume = project.attach(project.volume(name="data"), server)
    return Workload(
        project=project,
        server=server,
        guest=guest,
        volume=volume,
        checksum=disk_of(volume, guest).fill(),
        image=project.image("bytes", b"\0" * 512),
    )
