"""What the processes of Cinder's storage container have in common.

They report themselves as soon as they have started, not ten seconds later.
"""

import cinder.cmd.volume  # it replaces sockets and threads, and is the first for that
from cinder import objects, service

objects.register_all()

import cinder.backup.drivers.posix
import cinder.cmd.backup
import cinder.cmd.scheduler
import cinder.db.api
import cinder.volume.drivers.nfs
import pymysql

start = service.Service.start


def start_and_report(self: service.Service) -> None:
    start(self)
    self.report_state()


service.Service.start = start_and_report
