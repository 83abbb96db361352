"""Cinder's NFS driver, able to extend a volume while a server uses it, and to change its type.

Upstream refuses the first (https://bugs.launchpad.net/cinder/+bug/1870367) because the file may be
a qcow2 that QEMU has open. Our volumes are raw files: making a sparse file longer under QEMU is
safe, and Nova then tells QEMU, and with it the guest, about the new size.
"""

import os
from pathlib import Path

from cinder import exception, interface, objects
from cinder.volume.drivers import nfs
from oslo_utils import units


@interface.volumedriver
class NfsDriver(nfs.NfsDriver):
    """Raw volumes in files on one NFS share."""

    def extend_volume(self, volume: "objects.Volume", new_size: int) -> None:
        """Makes the volume ``new_size`` GiB large.

        Raises:
            cinder.exception.ExtendVolumeError: the share is full, or the volume is attached and has
                snapshots, so that its newest part is a qcow2 file in use.

        """
        if not self._is_volume_attached(volume):
            super().extend_volume(volume, new_size)
            return
        active_file = self.get_active_image_from_info(volume)
        if active_file != volume.name:
            raise exception.ExtendVolumeError(
                reason=f"volume {volume.id} is attached and has snapshots: detach it first"
            )
        if not self._is_share_eligible(volume.provider_location, int(new_size) - volume.size):
            raise exception.ExtendVolumeError(
                reason=f"no space on the share to extend volume {volume.id} to {new_size} GiB"
            )
        path = Path(self._local_volume_dir(volume)) / active_file
        os.truncate(path, int(new_size) * units.Gi)

    def retype(self, *_change: object) -> bool:
        """Whether the volume is now of another type: yes, a type changes nothing in its file.

        Cinder does not ask where the volume would have to be encrypted or to move to another backend.
        """
        return True
