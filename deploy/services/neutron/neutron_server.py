"""Neutron's API, its RPC server and its periodic workers in one process: all of them need the same 150 MB."""

import os

import uwsgi
from neutron import service
from neutron.wsgi import api
from one_process import run_services_here


def end() -> None:
    """End at once: the threads of the RPC server would keep Python from it for as long as Docker lets them.

    Whom they had no time to answer asks again, as after a crash.
    """
    os._exit(0)


run_services_here()
service.start_rpc_workers()
service.start_periodic_workers()
uwsgi.atexit = end
application = api.application
