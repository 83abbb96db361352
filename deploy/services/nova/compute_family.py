"""What nova-compute imports, but for its manager and driver: these read options when they are imported."""

import nova.cmd.compute  # it chooses threads, and is the first for that
import nova.network.neutron
import nova.scheduler.client.report
import nova.volume.cinder
