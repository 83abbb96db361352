"""Neutron's API, its RPC server and its periodic workers in one process: all of them need the same 150 MB."""

import os

import uwsgi
from neutron import service
from neutron.notifiers.nova import Notifier
from neutron.wsgi import api
from one_process import run_services_here


def end() -> None:
    """End at once: the threads of the RPC server would keep Python from it for as long as Docker lets them.

    Whom they had no time to answer asks again, as after a crash.
    """
    os._exit(0)


run_services_here()
# A server's start waits for its events; batches are at least a second apart.
Notifier.get_instance().batch_notifier.batch_interval = 0
service.start_rpc_workers()
service.start_periodic_workers()
uwsgi.atexit = end
application = api.application
