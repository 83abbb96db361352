"""What Heat's processes have in common."""

import heat.cmd.engine  # it chooses threads, and is the first for that
import heat.api.cfn.v1
import heat.api.cfn.wsgi
import heat.api.openstack.v1
import heat.api.openstack.wsgi
import heat.db.api
import keystonemiddleware.auth_token
import pymysql
