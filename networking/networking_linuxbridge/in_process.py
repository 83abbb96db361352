"""Run one of neutron's agents as a single process.

Neutron's agents do their privileged work in helper processes (privsep, rootwrap) and fork once more to be
supervised: three processes of about 120 MB each where one does. Who runs an agent as root, in a container
that is supervised anyway, gains nothing from either.
"""

import functools
import logging
import os
import signal
import sys
from collections.abc import Callable
from typing import NoReturn

from neutron import privileged
from neutron.conf.agent import common as agent_config
from oslo_config import cfg
from oslo_log import log
from oslo_privsep import priv_context
from oslo_service import service

LOG = log.getLogger(__name__)

REFUSED = 2
_SYSCTLS = "/proc/sys"


def run(binary: str, main: Callable[[], object], *, sets_sysctls: bool = True) -> None:
    """Run MAIN, an agent's main function, as the process BINARY, with all its privileged work in it.

    The process ends with MAIN's thread, also by SIGHUP: who supervises it starts it with changed settings.
    Refuses (exit code 2, one line on stderr) unless the process is root and, if the agent sets sysctls of
    the network, may write them.
    """
    if os.geteuid() != 0:
        refuse(f"{binary}: uid {os.geteuid()} may not configure the network: run it as root")
    if sets_sysctls and os.statvfs(_SYSCTLS).f_flag & os.ST_RDONLY:
        refuse(f"{binary}: {_SYSCTLS} is read-only: give the container --security-opt systempaths=unconfined")
    # After it oslo names the log file. Neutron's chains have the name that stood here when it was imported.
    sys.argv[0] = binary
    do_privileged_work_here()
    stay_one_process()
    try:
        main()
    except BaseException as end:  # noqa: BLE001  whatever it is, the process ends
        leave(binary, end)


def leave(binary: str, end: BaseException) -> NoReturn:
    """End the process because of END: threads of neutron's would keep it, and go on reporting it alive."""
    status = 1
    if isinstance(end, service.SignalExit):
        LOG.warning("%s ends: signal %s", binary, end.signo)
    elif not isinstance(end, SystemExit):
        LOG.critical("%s ends", binary, exc_info=end)
    elif isinstance(end.code, str):
        print(end.code, file=sys.stderr)  # noqa: T201
    else:
        status = end.code or 0
    logging.shutdown()
    sys.stdout.flush()
    os._exit(status)


def refuse(reason: str) -> NoReturn:
    """End the process before it changed anything: REASON is the one line that says why."""
    print(reason, file=sys.stderr)  # noqa: T201
    sys.exit(REFUSED)


def do_privileged_work_here() -> None:
    """Make neutron's privileged functions plain function calls, and its root helper none."""
    for context in vars(privileged).values():
        if isinstance(context, priv_context.PrivContext):
            context.set_client_mode(False)
    agent_config.register_root_helper(cfg.CONF)
    cfg.CONF.set_default("root_helper", "", group="AGENT")
    cfg.CONF.set_default("use_helper_for_ns_read", False, group="AGENT")


def stay_one_process() -> None:
    """Make oslo.service run a service in the process that launches it instead of in a child."""
    service.launch = functools.partial(service.launch, no_fork=True)
    # Netlink sockets in other namespaces are opened by short-lived children, which are told by signal to
    # end. They must not take that for the agent's own graceful shutdown.
    os.register_at_fork(after_in_child=_end_at_a_signal)


def _end_at_a_signal() -> None:
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGALRM):
        signal.signal(number, signal.SIG_DFL)
