"""What the processes of Cinder's storage container have in common."""

import cinder.cmd.volume  # it replaces sockets and threads, and is the first for that
from cinder import objects

objects.register_all()

import cinder.backup.drivers.posix
import cinder.cmd.backup
import cinder.cmd.scheduler
import cinder.db.api
import cinder.volume.drivers.nfs
