"""The smallest guest there is: a boot sector that says a word on the serial port and powers off."""

SAYS = "dslab guest runs"

ORIGIN = 0x7C00
SIZE = 512
SIGNATURE = b"\x55\xaa"

CODE = bytes.fromhex(
    "fc"  # cld
    "31c0"  # xor ax, ax
    "8ed8"  # mov ds, ax
    "be0000"  # mov si, the words (their address is put in below)
    "baf803"  # mov dx, 0x3f8: the serial port
    "ac"  # lodsb
    "84c0"  # test al, al
    "7403"  # jz: out of the loop
    "ee"  # out dx, al
    "ebf8"  # jmp: to lodsb
    "baf400"  # mov dx, 0xf4: QEMU's way out
    "ee"  # out dx, al
    "f4"  # hlt
    "ebfd"  # jmp: to hlt
)
ADDRESS_IN_CODE = 6


def boot_sector() -> bytes:
    """Its 512 bytes."""
    address = (ORIGIN + len(CODE)).to_bytes(2, "little")
    code = CODE[:ADDRESS_IN_CODE] + address + CODE[ADDRESS_IN_CODE + 2 :]
    words = SAYS.encode() + b"\r\n\0"
    return (code + words).ljust(SIZE - len(SIGNATURE), b"\0") + SIGNATURE
