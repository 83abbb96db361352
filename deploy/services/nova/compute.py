"""nova-compute, which leaves the terminals of servers alone, and reports itself as soon as it has started.

When it is asked for a console log it reads the server's terminal too, though QEMU has written all that was
there to the log. A leader of a session, as the first process is of a container that has the host's processes,
gets the terminal that it opens for its own, and is told to end (SIGHUP) when the server ends.
"""

from nova.cmd import compute  # it chooses threads, and is the first for that
from nova.privsep import libvirt
from nova.servicegroup import api as service_group


def main() -> None:
    service_group.INITIAL_REPORTING_DELAY = 0
    libvirt.readpty = lambda _terminal: ""
    compute.main()
