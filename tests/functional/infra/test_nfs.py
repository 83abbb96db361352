"""NFS: the server on the DS address only, and a mount that survives it and the container that mounted."""

import fcntl
import os
import subprocess
from pathlib import Path

import pytest

from tests.functional.infra.services import Container, Services, wait_for
from tests.functional.infra.volume import OPTIONS, Writer, mount_volumes, sha256_of


@pytest.fixture
def nfs(services: Services) -> Container:
    return services.start("nfs")


@pytest.fixture
def user(services: Services) -> Container:
    return services.create_storage_user()


@pytest.fixture
def volumes(nfs: Container, services: Services, user: Container) -> Path:  # noqa: ARG001
    return mount_volumes(services, user, "volumes")


@pytest.mark.usefixtures("nfs")
def test_it_listens_on_the_ds_address_only(services: Services) -> None:
    assert set(services.listeners()) == {"127.0.0.1:2049", "127.0.0.1:20048"}


def test_mount_has_the_name_by_which_cinder_and_nova_find_it(services: Services, volumes: Path) -> None:
    mounts = [line.split()[:3] for line in Path("/proc/mounts").read_text().splitlines()]
    export = f"127.0.0.1:{services.state}/volumes"
    assert [export, str(volumes)] in [mount[:2] for mount in mounts]
    assert next(mount[2] for mount in mounts if mount[1] == str(volumes)) in {"nfs", "fuse.nfs"}


@pytest.mark.usefixtures("nfs")
def test_a_mount_that_is_not_possible_fails_in_one_line(services: Services, user: Container) -> None:
    directory = services.state / "mnt/nothing"
    directory.mkdir()
    mount = ["mount", "-t", "nfs", "-o", OPTIONS, "127.0.0.1:/nothing", str(directory)]
    refused = subprocess.run(
        ["docker", "exec", user.name, *mount], capture_output=True, text=True, check=False
    )
    assert refused.returncode == 32
    assert len(refused.stderr.splitlines()) == 1
    assert "/nothing" in refused.stderr
    assert not directory.is_mount()


def test_files(volumes: Path) -> None:
    file, other = volumes / "file", volumes / "other"
    file.write_bytes(b"abc")
    os.truncate(file, 10)
    assert file.read_bytes() == b"abc" + bytes(7)
    with file.open("ab") as appended:
        appended.write(b"end")
    file.rename(other)
    other.chmod(0o640)
    os.chown(other, 42, 43)
    os.utime(other, (1, 2))
    status = other.stat()
    assert (status.st_size, status.st_mode & 0o777, status.st_uid, status.st_gid) == (13, 0o640, 42, 43)
    assert (status.st_atime, status.st_mtime) == (1, 2)
    with other.open("r+b") as locked:
        fcntl.flock(locked, fcntl.LOCK_EX | fcntl.LOCK_NB)
        fcntl.lockf(locked, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.fsync(locked.fileno())
    (volumes / "folder").mkdir()
    (volumes / "folder/symlink").symlink_to("../other")
    (volumes / "folder/link").hardlink_to(other)
    assert {entry.name for entry in (volumes / "folder").iterdir()} == {"link", "symlink"}
    assert (volumes / "folder/symlink").read_bytes() == (volumes / "folder/link").read_bytes()
    with pytest.raises(FileExistsError):
        other.open("x")
    with pytest.raises(OSError, match="not empty"):
        (volumes / "folder").rmdir()
    assert os.statvfs(volumes).f_bavail > 0


def test_two_mounts_show_the_same_bytes_at_once(services: Services, user: Container, volumes: Path) -> None:
    elsewhere = mount_volumes(services, user, "elsewhere")
    (volumes / "volume").write_bytes(b"1234")
    assert (elsewhere / "volume").read_bytes() == b"1234"
    os.truncate(elsewhere / "volume", 1 << 20)
    assert (volumes / "volume").stat().st_size == 1 << 20


def test_io_goes_on_after_the_server_was_killed(nfs: Container, services: Services, volumes: Path) -> None:
    writer = Writer(volumes / "volume")
    writer.start()
    for outage_seconds in (0.5, 5):
        writer.await_progress()
        nfs.kill()
        writer.await_stall(outage_seconds)
        nfs.start()
    writer.await_progress()
    written = writer.finish()
    assert sha256_of(volumes / "volume") == written
    assert sha256_of(services.state / "volumes/volume") == written


def test_mount_outlives_the_container_that_mounted(
    services: Services, user: Container, volumes: Path
) -> None:
    writer = Writer(volumes / "volume")
    writer.start()
    writer.await_progress()
    user.kill()
    writer.await_progress()
    user.remove()
    writer.await_progress()
    written = writer.finish()
    assert sha256_of(services.state / "volumes/volume") == written
    # The next container finds it mounted, and can unmount it.
    again = services.create_storage_user()
    assert sha256_of(volumes / "volume") == written
    again.run("umount", str(volumes))
    assert not volumes.is_mount()
    wait_for("the client ends", lambda: str(volumes) not in fuse_clients())


def fuse_clients() -> str:
    """The command lines of the FUSE clients of this host."""
    lines = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            lines.append((process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace"))
        except (FileNotFoundError, ProcessLookupError):
            continue
    return "\n".join(line for line in lines if "nfs-fuse" in line)
