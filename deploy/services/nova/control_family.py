"""What the processes of Nova's control container have in common."""

import nova.cmd.scheduler  # it chooses threads, and is the first for that
import nova.cmd.conductor
import nova.api.metadata.handler
import nova.api.openstack.compute.routes
import nova.api.openstack.wsgi_app
import nova.conductor.manager
import nova.db.api.api
import nova.db.main.api
import nova.network.neutron
import nova.servicegroup.drivers.db
import nova.volume.cinder
import keystonemiddleware.auth_token
import pymysql
