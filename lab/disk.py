"""An attached volume in its guest: a file system with random bytes in it, and their checksum."""

from dataclasses import dataclass

from openstack.block_storage.v3.volume import Volume
from openstack.compute.v2.server import Server

from lab.guest import Guest
from lab.project import Project

MOUNT_POINT = "/mnt"
FILE = f"{MOUNT_POINT}/random"


@dataclass(frozen=True)
class Disk:
    """The disk DEVICE of GUEST."""

    guest: Guest
    device: str

    def fill(self) -> str:
        """Make a file system with 8 MiB of random bytes in it; returns their sha256."""
        self.guest.run(f"sudo mkfs.ext4 -q {self.device}")
        self.mount()
        self.guest.run(f"sudo dd if=/dev/urandom of={FILE} bs=1M count=8")
        checksum = self.checksum()
        self.unmount()
        return checksum

    def read(self) -> str:
        """The sha256 of what `fill` wrote, read from the disk and not from memory."""
        self.mount()
        checksum = self.checksum()
        self.unmount()
        return checksum

    def mount(self) -> None:
        """Mount the file system."""
        self.guest.run(f"sudo mkdir -p {MOUNT_POINT} && sudo mount {self.device} {MOUNT_POINT}")

    def unmount(self) -> None:
        """Unmount the file system, which also writes what is still in memory."""
        self.guest.run(f"sudo umount {MOUNT_POINT}")

    def checksum(self) -> str:
        """The sha256 of the file in the mounted file system."""
        return self.guest.run(f"sudo sha256sum {FILE}").split()[0]

    def size(self) -> int:
        """Bytes that the guest sees."""
        return int(self.guest.run(f"lsblk --bytes --nodeps --noheadings --output SIZE {self.device}"))


def disk_of(volume: Volume, guest: Guest) -> Disk:
    """The disk that VOLUME, attached to GUEST's server, is in it."""
    return Disk(guest, guest.disk(volume.id))


def filled(
    project: Project, server: Server, guest: Guest, volume: Volume | None = None
) -> tuple[Volume, str]:
    """VOLUME or a new one of PROJECT, available, with random bytes in it, and their sha256."""
    volume = volume or project.volume()
    project.attach(volume, server)
    checksum = disk_of(volume, guest).fill()
    return project.detach(volume, server), checksum


def bytes_of(volume: Volume, project: Project, server: Server, guest: Guest) -> str:
    """The sha256 that a guest reads from VOLUME, which is available."""
    return seen_of(volume, project, server, guest)[1]


def seen_of(volume: Volume, project: Project, server: Server, guest: Guest) -> tuple[int, str]:
    """The size in bytes and the sha256 that a guest reads from VOLUME, which is available."""
    project.attach(volume, server)
    disk = disk_of(volume, guest)
    seen = disk.size(), disk.read()
    project.detach(volume, server)
    return seen
