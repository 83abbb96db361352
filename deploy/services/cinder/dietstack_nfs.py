"""Cinder's NFS driver, for volumes that are raw files, and qcow2 files only where snapshots stand on them.

What upstream lacks:

* It extends no volume that a server uses (https://bugs.launchpad.net/cinder/+bug/1870367), because the file
  may be a qcow2 that QEMU has open. Making a sparse raw file longer under QEMU is safe, and Nova then tells
  QEMU, and with it the guest, about the new size.
* A volume that is made larger than its snapshot stays as small inside.
* A clone of a volume with snapshots is taken for a qcow2 file.
* The file that snapshots stand on is taken for the volume: by backups, and by a return to a snapshot.
"""

import os
from pathlib import Path

from cinder import context, coordination, exception, interface, objects
from cinder.objects import fields
from cinder.volume.drivers import nfs, remotefs
from oslo_utils import units


@interface.volumedriver
class NfsDriver(remotefs.RevertToSnapshotMixin, nfs.NfsDriver):
    """Raw volumes in files on one NFS share."""

    def extend_volume(self, volume: "objects.Volume", new_size: int) -> None:
        """Makes the volume ``new_size`` GiB large.

        Raises:
            cinder.exception.ExtendVolumeError: the share is full, or the volume is attached and its
                newest part is a qcow2 file in use, because it has or had snapshots.

        """
        if not self._is_volume_attached(volume):
            super().extend_volume(volume, new_size)
            return
        if self._stands_on_snapshots(volume):
            raise exception.ExtendVolumeError(
                reason=f"volume {volume.id} is attached, and has or had snapshots meanwhile: detach it first"
            )
        if not self._is_share_eligible(volume.provider_location, int(new_size) - volume.size):
            raise exception.ExtendVolumeError(
                reason=f"no space on the share to extend volume {volume.id} to {new_size} GiB"
            )
        os.truncate(self._file_of(volume), int(new_size) * units.Gi)

    def retype(self, *_change: object) -> bool:
        """Whether the volume is now of another type: yes, a type changes nothing in its file.

        Cinder does not ask where the volume would have to be encrypted or to move to another backend.
        """
        return True

    @coordination.synchronized("{self.driver_prefix}-{volume.id}")
    def revert_to_snapshot(
        self, context: "context.RequestContext", volume: "objects.Volume", snapshot: "objects.Snapshot"
    ) -> None:
        """Lets the volume be as it was at its latest snapshot."""
        self._revert_to_snapshot(context, volume, snapshot)

    def initialize_connection(
        self, volume: "objects.Volume", connector: dict[str, object]
    ) -> dict[str, object]:
        """Tells where the file of the volume is.

        Raises:
            cinder.exception.InvalidVolume: a backup would be written over the file that snapshots stand on.

        """
        if volume.status == fields.VolumeStatus.RESTORING_BACKUP and self._stands_on_snapshots(volume):
            raise exception.InvalidVolume(
                reason=f"volume {volume.id} has snapshots: restore the backup to another one"
            )
        connection: dict[str, object] = super().initialize_connection(volume, connector)
        return connection

    def _copy_volume_from_snapshot(
        self,
        snapshot: "objects.Snapshot",
        volume: "objects.Volume",
        volume_size: int,
        *keys: str | None,
        **named_keys: str | None,
    ) -> None:
        super()._copy_volume_from_snapshot(snapshot, volume, volume_size, *keys, **named_keys)
        os.truncate(self._file_of(volume), volume_size * units.Gi)

    def _create_cloned_volume(
        self, volume: "objects.Volume", source: "objects.Volume", context: "context.RequestContext"
    ) -> dict[str, object]:
        update: dict[str, object] = super()._create_cloned_volume(volume, source, context)
        with volume.obj_as_admin():
            volume.admin_metadata["format"] = "raw"
            volume.save()
        return update

    def _get_backup_volume_temp_volume(
        self, context: "context.RequestContext", backup: "objects.Backup"
    ) -> "objects.Volume":
        device = super()._get_backup_volume_temp_volume(context, backup)
        if not self._stands_on_snapshots(device):
            return device
        copy = self._create_temp_cloned_volume(context, device, status=fields.VolumeStatus.BACKING_UP)
        backup.temp_volume_id = copy.id
        backup.save()
        return copy

    def _stands_on_snapshots(self, volume: "objects.Volume") -> bool:
        """Whether the newest part of the volume is a qcow2 file; it may be all that is left of them."""
        return bool(self.get_active_image_from_info(volume) != volume.name)

    def _file_of(self, volume: "objects.Volume") -> Path:
        return Path(self._local_volume_dir(volume)) / volume.name
