"""Nothing here needs root: the kernel and the server are played by fakes."""

import pytest
from agent_world import agent  # noqa: F401  a fixture
from neutron.agent import securitygroups_rpc  # noqa: F401  registers [securitygroup]
from neutron.agent.l2 import l2_agent_extensions_manager
from oslo_config import cfg
from oslo_config.fixture import Config

import networking_linuxbridge.cmd  # noqa: F401  chooses threads before anything imports oslo.service
from networking_linuxbridge import config


@pytest.fixture
def conf():
    fixture = Config(cfg.CONF)
    fixture.setUp()
    l2_agent_extensions_manager.register_opts(fixture.conf)
    config.register(fixture.conf)
    yield fixture
    fixture.cleanUp()
