"""A virtual machine under emulation that boots a disk, and ssh into it."""

import json
import re
import socket
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from tests.functional.guest.network import CloudNetwork, Port

T = TypeVar("T")
READY = re.compile(r"^dietguest ready: (\S+)((?: \S+)*)\s*$", re.MULTILINE)


def wait_for(what: str, look: Callable[[], T | None], within: float = 60) -> T:
    """What LOOK returns as soon as it is not None; fails when WITHIN seconds have passed."""
    end = time.monotonic() + within
    while (found := look()) is None:
        assert time.monotonic() < end, f"{what}: not within {within} s"
        time.sleep(0.05)
    return found


class Machine:
    """A machine with 192 MB and one processor without KVM, on NETWORK with PORTS and DISKS.

    A disk's format is its suffix; one that ends with .iso is in the CD-ROM drive. With BUILD, the image's
    directory, it starts the kernel there, as the cloud does; without it, the boot loader of the first disk.
    """

    def __init__(
        self,
        network: CloudNetwork,
        ports: Sequence[Port],
        disks: Sequence[Path],
        scratch: Path,
        build: Path | None = None,
    ) -> None:
        self._network = network
        self._address = ports[0].ipv4
        self._console = scratch / "console.log"
        self._monitor = scratch / "monitor"
        self._log = scratch / "qemu.log"
        self._command = self._hypervisor(ports, disks)
        if build:
            files = {"-kernel": build / "dietguest.vmlinuz", "-initrd": build / "dietguest.initrd"}
            self._command += [word for option, file in files.items() for word in (option, str(file))]
            self._command += ["-append", "console=ttyS0"]
        self.switch_on()

    def switch_on(self) -> None:
        """Start it, with an empty console."""
        self._console.write_text("")
        self._started = time.monotonic()
        self._process = self._network.start(self._command, self._log)

    def _hypervisor(self, ports: Sequence[Port], disks: Sequence[Path]) -> list[str]:
        command = ["qemu-system-x86_64", "-accel", "tcg", "-m", "192", "-display", "none", "-vga", "none"]
        command += ["-serial", f"file:{self._console}", "-qmp", f"unix:{self._monitor},server=on,wait=off"]
        for disk in disks:
            is_cdrom = disk.suffix == ".iso"
            kind = "format=raw,if=ide,media=cdrom" if is_cdrom else f"format={disk.suffix[1:]},if=virtio"
            command += ["-drive", f"file={disk},{kind},cache=unsafe"]
        for port in ports:
            command += ["-netdev", f"tap,id={port.tap},ifname={port.tap},script=no,downscript=no"]
            command += ["-device", f"virtio-net-pci,netdev={port.tap},mac={port.mac},romfile="]
        return command

    @property
    def console(self) -> str:
        """What the machine wrote to its serial console."""
        return self._console.read_text(errors="replace")

    @property
    def age(self) -> float:
        """Seconds since it was started."""
        return time.monotonic() - self._started

    def ready(self) -> tuple[str, list[str]]:
        """Wait for the guest's ready line; the hostname and the addresses in it."""

        def look() -> re.Match[str] | None:
            assert self._process.poll() is None, f"the machine ended: {self.console}"
            return READY.search(self.console)

        hostname, addresses = wait_for("ready line", look).groups()
        return hostname, addresses.split()

    def ssh(self, key: Path, command: str, user: str = "dietguest") -> str:
        """What COMMAND prints; raises CalledProcessError when it fails, with 255 when ssh itself does."""
        options = [
            "StrictHostKeyChecking=no",
            "UserKnownHostsFile=/dev/null",
            "LogLevel=ERROR",
            "BatchMode=yes",
        ]
        return self._network.run(
            "ssh", "-i", str(key), *[f"-o{option}" for option in options], f"{user}@{self._address}", command
        ).strip()

    def monitor(self, command: str, **arguments: Any) -> None:
        """Tell the hypervisor to do COMMAND of its QMP protocol."""
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(str(self._monitor))
            stream = connection.makefile("rw")
            stream.readline()
            for execute, values in (("qmp_capabilities", {}), (command, arguments)):
                stream.write(json.dumps({"execute": execute, "arguments": values}) + "\n")
                stream.flush()
                while "return" not in (answer := json.loads(stream.readline())):
                    assert "error" not in answer, answer

    def push_power_button(self) -> None:
        """Push it and wait until the guest has switched the machine off."""
        self.monitor("system_powerdown")
        assert self._process.wait(timeout=30) == 0

    def kill(self) -> None:
        """Pull the plug, if it is still running."""
        self._process.kill()
        self._process.wait()
