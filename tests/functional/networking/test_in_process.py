"""What neutron's agents do in other namespaces, in a process that handles signals itself."""

import subprocess
import sys

import pytest
from hosts import Namespace

# The handler plays oslo.service, whose graceful shutdown would keep a child for a minute.
PROGRAM = """
import signal, sys, time
import networking_linuxbridge.cmd
from networking_linuxbridge import in_process
from neutron.agent.linux import ip_lib
in_process.do_privileged_work_here()
in_process.stay_one_process()
signal.signal(signal.SIGTERM, lambda *_: time.sleep(60))
began = time.monotonic()
for _ in range(30):  # whether the child is still there when it is told to end is a matter of luck
    names = [device.name for device in ip_lib.IPWrapper(sys.argv[1]).get_devices(exclude_loopback=False)]
print(names)
print(time.monotonic() - began < 30)
"""


@pytest.mark.usefixtures("underlay")
def test_looking_into_a_namespace_takes_no_shutdown():
    namespace = Namespace("peek")
    try:
        program = [sys.executable, "-W", "ignore", "-c", PROGRAM, namespace.name]
        done = subprocess.run(program, capture_output=True, text=True, timeout=50, check=True)
        assert done.stdout.splitlines() == ["['lo']", "True"]
    finally:
        namespace.delete()
