"""A guest of one program, which numbers the blocks of its disk one after the other."""

from pathlib import Path

BLOCK_BYTES = 4096

INIT = """#!/bin/sh
mount -t devtmpfs dev /dev
for module in /modules/*.ko; do
    insmod $module
done
block=0
while printf '%04095d\\n' $block | dd of=/dev/vda bs=4096 seek=$block conv=notrunc,fsync 2>/dev/null; do
    echo "block $block is written" >/dev/ttyS0
    block=$((block + 1))
    usleep 20000
done
echo "block $block failed" >/dev/ttyS0
sleep 3600
"""

DOMAIN = """
<domain type='qemu'>
  <name>writer</name>
  <memory unit='MiB'>128</memory>
  <os>
    <type arch='x86_64'>hvm</type>
    <kernel>/var/lib/nova/instances/vmlinuz</kernel>
    <initrd>/var/lib/nova/instances/initrd</initrd>
    <cmdline>console=ttyS0 quiet</cmdline>
  </os>
  <features><acpi/></features>
  <devices>
    <disk type='file' device='disk'>
      <driver name='qemu' type='raw' cache='none' io='native'/>
      <source file='{disk}'/>
      <target dev='vda' bus='virtio'/>
    </disk>
    <serial type='file'>
      <source path='/var/lib/nova/instances/console.log'/>
    </serial>
  </devices>
</domain>
"""


def prepare_guest(build: Path, instances: Path) -> None:
    """Put kernel and initial RAM disk, those of dietguest with another first program, into INSTANCES."""
    (instances / "vmlinuz").write_bytes((build / "dietguest.vmlinuz").read_bytes())
    initrd = (build / "dietguest.initrd").read_bytes()
    (instances / "initrd").write_bytes(initrd + bytes(-len(initrd) % 4) + archive_with("init", INIT.encode()))


def archive_with(name: str, content: bytes) -> bytes:
    """A cpio archive with one program, as the kernel unpacks it over what came before."""
    return cpio_entry(name, 0o100755, content) + cpio_entry("TRAILER!!!", 0, b"")


def cpio_entry(name: str, mode: int, content: bytes) -> bytes:
    fields = [0, mode, 0, 0, 1, 0, len(content), 0, 0, 0, 0, len(name) + 1, 0]
    header = b"070701" + b"".join(b"%08x" % field for field in fields) + name.encode() + b"\0"
    return header + bytes(-len(header) % 4) + content + bytes(-len(content) % 4)


def last_block(console: Path) -> int:
    """The number of the last block that the guest has written; -1 if there is none."""
    lines = console.read_text(errors="replace").splitlines() if console.exists() else []
    assert not [line for line in lines if "failed" in line], lines[-3:]
    written = [line for line in lines if line.endswith(" is written")]
    return int(written[-1].split()[1]) if written else -1


def expected_block(number: int) -> bytes:
    """What the guest writes into the block NUMBER."""
    return b"%04095d\n" % number
