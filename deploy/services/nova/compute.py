"""nova-compute, which leaves the terminals of servers alone, and reports itself as soon as it has started.

When it is asked for a console log it reads the server's terminal too, though QEMU has written all that was
there to the log. A leader of a session, as the first process is of a container that has the host's processes,
gets the terminal that it opens for its own, and is told to end (SIGHUP) when the server ends.

When its work is done it ends, and waits for no thread: the one that hands on libvirt's events never does.
"""

import nova.cmd.compute  # it chooses threads, and is the first for that
import nova.privsep.libvirt
import nova.servicegroup.api
import nova.thread_pool_factory


def main() -> None:
    nova.servicegroup.api.INITIAL_REPORTING_DELAY = 0
    nova.privsep.libvirt.readpty = lambda _terminal: ""
    nova.thread_pool_factory.shutdown_all_executors = lambda: None
    nova.cmd.compute.main()
