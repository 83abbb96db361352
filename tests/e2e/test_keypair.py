"""Key pairs: who has the private key gets in, nobody else."""

import pytest
from openstack.compute.v2.server import Server

from lab.errors import TooLate
from lab.guest import Guest
from lab.keys import new_key_pair
from lab.project import Project


def test_own_key_opens_the_server(guest: Guest) -> None:
    assert guest.run("id -un") == "dietguest"


def test_key_of_the_metadata_is_the_registered_one(
    shared_project: Project, server: Server, guest: Guest
) -> None:
    assert server.key_name == shared_project.keypair_name
    assert shared_project.key.public in guest.run("cat ~/.ssh/authorized_keys")


def test_other_key_does_not_open_the_server(guest: Guest) -> None:
    stranger = Guest(guest.address, new_key_pair())
    with pytest.raises(TooLate, match="AuthenticationException"):
        stranger.connect(within=0)
