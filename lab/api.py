"""The openstacksdk connection, typed with the one version of each API that DietStack has."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from keystoneauth1.exceptions import ClientException
from keystoneauth1.session import Session
from openstack.config import OpenStackConfig
from openstack.connection import Connection
from openstack.exceptions import SDKException

from lab.deadline import Deadline
from lab.errors import LabError, Layer

if TYPE_CHECKING:
    import openstack.block_storage.v3._proxy
    import openstack.identity.v3._proxy
    import openstack.image.v2._proxy

# Machines that stand still take connections and say nothing; no API waits longer than a minute itself.
SECONDS_TO_ANSWER = 180
NO_ANSWER = (SDKException, ClientException)


class Api(Connection):
    """A connection to a cloud as one user of one project; `connect_as` makes one for another user."""

    if TYPE_CHECKING:
        block_storage: openstack.block_storage.v3._proxy.Proxy
        identity: openstack.identity.v3._proxy.Proxy
        image: openstack.image.v2._proxy.Proxy


def connect(
    cloud: str, clouds_yaml: Path, session: type[Session] = Session, within: float = SECONDS_TO_ANSWER
) -> Api:
    """A connection to CLOUD of the file CLOUDS_YAML; nothing is taken from the environment.

    Its requests go through a SESSION of that kind. One that is silent WITHIN so many seconds is an error.
    """
    config = OpenStackConfig(config_files=[str(clouds_yaml)], load_envvars=False, session_constructor=session)
    return Api(config=config.get_one(cloud, api_timeout=Deadline(within).seconds))


@contextmanager
def cloud_answers() -> Iterator[None]:
    """While the block runs, a cloud that does not answer, or refuses, is a LabError and no stack trace."""
    try:
        yield
    except NO_ANSWER as error:
        raise LabError(Layer.SERVICE, f"the cloud does not answer as it should: {error}") from None
