"""The openstacksdk connection, typed with the one version of each API that DietStack has."""

from pathlib import Path
from typing import TYPE_CHECKING

from keystoneauth1.exceptions import ClientException
from openstack.config import OpenStackConfig
from openstack.connection import Connection
from openstack.exceptions import SDKException

if TYPE_CHECKING:
    import openstack.block_storage.v3._proxy
    import openstack.identity.v3._proxy
    import openstack.image.v2._proxy

NO_ANSWER = (SDKException, ClientException)


class Api(Connection):
    """A connection to a cloud as one user of one project; `connect_as` makes one for another user."""

    if TYPE_CHECKING:
        block_storage: openstack.block_storage.v3._proxy.Proxy
        identity: openstack.identity.v3._proxy.Proxy
        image: openstack.image.v2._proxy.Proxy


def connect(cloud: str, clouds_yaml: Path) -> Api:
    """A connection to CLOUD of the file CLOUDS_YAML; nothing is taken from the environment."""
    config = OpenStackConfig(config_files=[str(clouds_yaml)], load_envvars=False)
    return Api(config=config.get_one(cloud))
