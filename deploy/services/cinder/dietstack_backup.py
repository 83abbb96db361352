"""Cinder's backups in files, of volumes that are files: upstream means devices, whose size is a given.

A volume that is restored is opened as a new, empty file, and blocks of zeros are not written to it.
"""

from typing import IO

from cinder import interface, objects
from cinder.backup.drivers import posix
from oslo_utils import units


@interface.backupdriver
class BackupDriver(posix.PosixBackupDriver):
    """Backups in the folder `backup_posix_path`."""

    def restore(
        self, backup: "objects.Backup", volume_id: str, volume_file: IO[bytes], volume_is_new: bool
    ) -> None:
        """Lets the volume have what is in BACKUP, and zeros up to its own size, which may be larger."""
        volume = objects.Volume.get_by_id(self.context, volume_id)
        volume_file.truncate(volume.size * units.Gi)
        super().restore(backup, volume_id, volume_file, volume_is_new)
