import oslo_messaging
import pytest
from futurist._thread import ThreadWorker
from oslo_messaging import conffixture

from networking_linuxbridge import workers


@pytest.fixture(autouse=True)
def as_before(monkeypatch):
    """Let no thread of another test sleep so long."""
    monkeypatch.setattr(ThreadWorker, "MAX_IDLE_FOR", 1)


def test_threads_are_few_unless_the_settings_say_otherwise(conf):
    workers.limit(conf.conf)
    assert conf.conf.executor_thread_pool_size == 4
    conf.config(executor_thread_pool_size=16)
    assert conf.conf.executor_thread_pool_size == 16


def test_idle_threads_sleep(conf):
    workers.limit(conf.conf)
    assert ThreadWorker.MAX_IDLE_FOR == 60


def test_oslo_messaging_takes_the_limit(conf):
    workers.limit(conf.conf)
    with conffixture.ConfFixture(conf.conf) as fixture:
        fixture.transport_url = "fake:/"
        transport = oslo_messaging.get_rpc_transport(conf.conf)
        target = oslo_messaging.Target(topic="topic", server="host1")
        server = oslo_messaging.get_rpc_server(transport, target, [])
        server.start()
        assert server._work_executor._max_workers == 4
        server.stop()
        server.wait()
