#!/opt/openstack/bin/python3
"""one_process.py MODULE PROGRAM [ARGUMENT...]: runs MODULE.main() without child processes of oslo.

A container is supervised by Docker. The supervisor that oslo.service puts above each service, a
fork of it with all its memory, would do the same once more, for 70 to 150 MB each. And what runs as root
does its privileged work itself: the helpers of oslo.privsep take another 40 MB each.
"""

import importlib
import logging
import os
import signal
import sys
import threading
from typing import Any, ClassVar


class OneProcess:
    """Takes the place of oslo.service's launchers: every service runs in this process."""

    _services: ClassVar[list[Any]] = []

    def __init__(self, *_arguments: Any, **_options: Any) -> None:
        self._end = threading.Event()

    def launch_service(self, service: Any, workers: int | None = 1) -> None:  # noqa: ARG002
        self._services.append(service)
        service.start()

    def wait(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda _number, _frame: self._end.set())
        while not self._end.wait(timeout=1):
            pass  # a signal's handler runs between two waits
        self.stop()

    def stop(self) -> None:
        for service in self._services:
            service.stop()
        logging.shutdown()
        # As upstream's launchers do: the interpreter would wait for threads that wait for work.
        os._exit(0)


def launch(_conf: Any, service: Any, *_arguments: Any, **_options: Any) -> OneProcess:
    launcher = OneProcess()
    launcher.launch_service(service)
    return launcher


def run_services_here() -> None:
    """Take the place of oslo.service's launchers."""
    service = importlib.import_module("oslo_service.service")
    vars(service).update(launch=launch, ProcessLauncher=OneProcess, ServiceLauncher=OneProcess)


def do_privileged_work_here() -> None:
    """Make privileged functions plain calls: those of modules that are there, and of those to come."""
    context = importlib.import_module("oslo_privsep.priv_context").PrivContext
    context.client_mode = property(lambda _: False, lambda _, __: None)


def main() -> None:
    module_name, program, *arguments = sys.argv[1:]
    sys.argv = [program, *arguments]
    # It chooses between threads and eventlet, and has to come before oslo.service.
    module = importlib.import_module(module_name)
    run_services_here()
    do_privileged_work_here()
    sys.exit(module.main())


if __name__ == "__main__":
    main()
