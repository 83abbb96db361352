"""Nova's scheduler and its conductor in one process: both need the same 60 MB.

They report themselves as soon as they have started.
"""

import sys

from nova import config, objects, service
from nova.cmd import scheduler  # it chooses threads, and is the first for that
from nova.conductor import rpcapi as conductor
from nova.servicegroup import api as service_group
from oslo_log import log
from oslo_service import service as oslo_service


def main() -> None:
    config.parse_args(sys.argv)
    log.setup(scheduler.CONF, "nova")
    objects.register_all()
    objects.Service.enable_min_version_cache()
    service_group.INITIAL_REPORTING_DELAY = 0
    launcher = oslo_service.ProcessLauncher(scheduler.CONF)  # as one_process.py has it
    for binary, topic in (
        ("nova-scheduler", scheduler.rpcapi.RPC_TOPIC),
        ("nova-conductor", conductor.RPC_TOPIC),
    ):
        launcher.launch_service(service.Service.create(binary=binary, topic=topic))
    launcher.wait()
