"""A server and its disk go on, whichever of the containers behind them is killed or replaced."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.functional.infra.guest import (
    BLOCK_BYTES,
    DOMAIN,
    expected_block,
    last_block,
    prepare_guest,
)
from tests.functional.infra.services import ROOT, Container, Services, wait_for
from tests.functional.infra.volume import mount_volumes

DISK_BYTES = 64 << 20


class Stack:
    """A server that writes to a volume, and the containers that it depends on."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._console = services.state / "instances/console.log"
        (services.state / "instances").mkdir()
        prepare_guest(ROOT / "build", services.state / "instances")
        self.nfs = services.start("nfs")
        self.user = services.create_storage_user()
        self.libvirt = services.start("libvirt")
        self.volume = mount_volumes(services, self.user, "nova") / "volume"
        self.volume.touch()
        with self.volume.open("r+b") as volume:
            volume.truncate(DISK_BYTES)
        self.virsh("define", "/dev/stdin", stdin=DOMAIN.format(disk=self.volume))
        self.virsh("start", "writer")
        self.await_progress()

    def virsh(self, *arguments: str, stdin: str | None = None) -> str:
        return self.libvirt.run("virsh", "--quiet", *arguments, stdin=stdin)

    def await_progress(self) -> None:
        """Return when the server has written some blocks more."""
        enough = last_block(self._console) + 5
        wait_for("the server writes", lambda: last_block(self._console) >= enough, within=60)

    def replace_libvirt(self) -> None:
        self.libvirt.remove()
        self.libvirt = self._services.start("libvirt")

    def replace_user(self) -> None:
        self.user.remove()
        self.user = self._services.create_storage_user()

    def attach_a_volume_mounted_now(self) -> None:
        """QEMU has to see mounts that are made after the container in which it was started has gone."""
        disk = mount_volumes(self._services, self.user, "later") / "second"
        with disk.open("wb") as file:
            file.truncate(DISK_BYTES)
        self.virsh("attach-disk", "writer", str(disk), "vdb", "--live")
        assert str(disk) in self.virsh("domblklist", "writer")

    def check_bytes(self) -> None:
        last = last_block(self._console)
        content = (self._services.state / "volumes/volume").read_bytes()
        for number in range(last + 1):
            block = content[number * BLOCK_BYTES : (number + 1) * BLOCK_BYTES]
            assert block == expected_block(number), f"block {number}: {block[-16:]!r}"


@pytest.fixture
def stack(services: Services) -> Iterator[Stack]:
    stack = Stack(services)
    yield stack
    stack.nfs.start()
    stack.libvirt.start()
    stack.libvirt.await_health()
    stack.virsh("destroy", "writer")


def kill_and_start(container: Container) -> None:
    container.kill()
    container.start()


def test_a_server_outlives_the_containers_behind_it(stack: Stack) -> None:
    blows: list[Callable[[], None]] = [
        lambda: kill_and_start(stack.libvirt),
        lambda: kill_and_start(stack.nfs),
        lambda: kill_and_start(stack.user),
        stack.replace_libvirt,
        stack.replace_user,
    ]
    for blow in blows:
        blow()
        stack.await_progress()
    stack.libvirt.await_health()
    assert stack.virsh("domstate", "writer") == "running"
    stack.attach_a_volume_mounted_now()
    stack.check_bytes()


def test_a_destroyed_server_leaves_no_process(services: Services, stack: Stack) -> None:
    kill_and_start(stack.libvirt)
    stack.libvirt.await_health()
    pid = (services.state / "run/libvirt/qemu/writer.pid").read_text().strip()
    assert Path(f"/proc/{pid}").exists()
    stack.virsh("destroy", "writer")
    wait_for("QEMU ends", lambda: not Path(f"/proc/{pid}").exists())
    stack.virsh("start", "writer")


def test_servers_can_have_uefi(services: Services) -> None:
    assert "<value>efi</value>" in services.start("libvirt").run("virsh", "domcapabilities")
