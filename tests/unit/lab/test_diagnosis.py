import pytest

from lab.diagnosis import complaints, diagnose
from lab.errors import Layer, layer_of_fault

KERNEL = "[    0.000000] Linux version 6.12.0\n"


@pytest.mark.parametrize(
    ("console", "layer"),
    [
        ("", Layer.GUEST),
        (KERNEL + "[    1.0] virtio_blk\n", Layer.GUEST),
        (KERNEL + "dietguest failed: no disk has the root file system\n", Layer.IMAGE),
        (KERNEL + "dietguest warning: no network interface\ndietguest ready: a \n", Layer.NETWORK),
        (KERNEL + "dietguest warning: neither config drive nor metadata\ndietguest ready: a \n", Layer.DHCP),
        (
            KERNEL + "dietguest warning: neither config drive nor metadata\ndietguest ready: a 10.0.0.5 \n",
            Layer.METADATA,
        ),
        (
            KERNEL + "dietguest warning: fewer than the 2 addresses\ndietguest ready: a 10.0.0.5 \n",
            Layer.DHCP,
        ),
        (KERNEL + "dietguest ready: a 10.0.0.5 \n", Layer.NETWORK),
    ],
)
def test_console_tells_which_layer_failed(console: str, layer: Layer) -> None:
    assert diagnose(console).layer == layer


def test_only_the_last_boot_counts() -> None:
    console = KERNEL + "dietguest ready: a 10.0.0.5\n" + KERNEL + "dietguest failed: no root disk\n"
    assert diagnose(console).reason == "dietguest failed: no root disk"


def test_a_guest_that_still_boots_is_quoted() -> None:
    assert diagnose(KERNEL + "[    1.0] virtio_blk\n").reason.endswith("[    1.0] virtio_blk")


@pytest.mark.parametrize(
    ("fault", "layer"),
    [
        ("Quota exceeded for instances", Layer.QUOTA),
        ("Failed to allocate the network(s), not rescheduling.", Layer.NETWORK),
        ("Build of instance aborted: Volume did not finish being created", Layer.NFS),
        ("Image is corrupt", Layer.IMAGE),
        ("No valid host was found.", Layer.SERVICE),
    ],
)
def test_fault_tells_which_layer_failed(fault: str, layer: Layer) -> None:
    assert layer_of_fault(fault) == layer


def test_only_complaints_of_the_last_boot_count() -> None:
    before = KERNEL + "dietguest warning: no network interface\n"
    console = before + KERNEL + "dietguest failed: no disk\r\ndietguest ready: a \n"
    assert complaints(console) == ["dietguest failed: no disk"]
