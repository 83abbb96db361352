"""RPC servers are asked over one connection, and the first that does not answer is named."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.deploy.shell import DEPLOY

# Of py-amqp what rpc-ping uses. `silent` gives no answer, to `nobody` no queue leads, and to
# `late` one does from the third question on; nobody has declared the exchange `none`.
AMQP = """
class AMQPError(Exception):
    pass


class NotFound(AMQPError):
    pass


class Message:
    def __init__(self, body, **properties):
        self.body = body


class Channel:
    def __init__(self, connection):
        self.connection = connection
        self.events = {"basic_return": set()}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        print("channel closed")

    def queue_declare(self, exclusive, auto_delete):
        self.queue = "replies"
        return self

    def basic_consume(self, queue, callback, no_ack):
        self.callback = callback

    def basic_publish(self, message, exchange, routing_key, mandatory):
        print("asked", exchange, routing_key)
        self.connection.asked.append((self, exchange, routing_key))


connections = []


class Connection:
    def __init__(self, host, userid, password, connect_timeout, read_timeout, write_timeout):
        connections.append(self)
        print("connection to", host, "as", userid, password)
        self.host = host
        self.asked = []

    def __enter__(self):
        if self.host == "down:5672" or self.host == "starts:5672" and len(connections) < 3:
            raise ConnectionRefusedError("connection refused")
        return self

    def __exit__(self, *_):
        pass

    def channel(self):
        return Channel(self)

    def drain_events(self, timeout):
        channel, exchange, topic = self.asked[-1]
        if topic == "silent":
            raise TimeoutError(f"timed out after {timeout} s")
        if exchange == "none":
            raise NotFound("no exchange")
        if topic == "nobody" or topic == "late" and len(self.asked) < 3:
            for returned in channel.events["basic_return"]:
                returned()
        channel.callback("answer")
"""


# Whoever has answered is not asked again.
CALLED = ["conductor", "late", "late"]


@pytest.fixture
def amqp(tmp_path: Path) -> Path:
    """A folder to import amqp from."""
    (tmp_path / "amqp.py").write_text(AMQP)
    return tmp_path


def ping(amqp: Path, broker: str, *calls: str, within: int = 0) -> tuple[int, list[str]]:
    """The exit code of rpc-ping, and the lines that it prints."""
    done = subprocess.run(
        [sys.executable, DEPLOY / "container/rpc-ping", broker, str(within), *calls],
        env=os.environ | {"PYTHONPATH": str(amqp), "PATIENCE": "2"},
        input="hush\n",
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    return done.returncode, done.stdout.splitlines()


def test_all_are_asked_over_one_connection(amqp: Path) -> None:
    assert ping(amqp, "192.0.2.1", "neutron", "l3_agent", "openstack", "cinder-volume") == (
        0,
        [
            "connection to 192.0.2.1:5672 as dietstack hush",
            "asked neutron l3_agent",
            "channel closed",
            "asked openstack cinder-volume",
            "channel closed",
        ],
    )


@pytest.mark.parametrize(("topic", "why"), [("silent", "timed out after 16 s"), ("nobody", "nobody listens")])
def test_one_that_does_not_answer_is_named(amqp: Path, topic: str, why: str) -> None:
    code, lines = ping(amqp, "192.0.2.1", "nova", "conductor", "nova", topic, "nova", "scheduler")
    assert (code, lines[-1]) == (1, f"{topic} gave no answer over RabbitMQ: {why}")
    assert "asked nova conductor" in lines
    assert "asked nova scheduler" not in lines


def test_a_broker_that_is_down(amqp: Path) -> None:
    code, lines = ping(amqp, "down", "nova", "conductor", "nova", "scheduler")
    assert (code, lines[1:]) == (1, ["conductor gave no answer over RabbitMQ: connection refused"])


def test_for_so_many_seconds_it_asks_again(amqp: Path) -> None:
    code, lines = ping(amqp, "starts", "nova", "conductor", within=30)
    assert (code, lines[2:4]) == (0, ["connection to starts:5672 as dietstack hush", "asked nova conductor"])


def test_whoever_has_no_listener_yet_is_asked_again_over_the_same_connection(amqp: Path) -> None:
    code, lines = ping(amqp, "192.0.2.1", "nova", "conductor", "nova", "late", within=30)
    assert (code, lines[0]) == (0, "connection to 192.0.2.1:5672 as dietstack hush")
    assert lines[1:] == [line for topic in CALLED for line in (f"asked nova {topic}", "channel closed")]


def test_after_so_many_seconds_it_gives_up(amqp: Path) -> None:
    code, lines = ping(amqp, "192.0.2.1", "nova", "nobody", within=1)
    assert (code, lines[-1]) == (1, "nobody gave no answer over RabbitMQ: nobody listens")
    assert lines.count("asked nova nobody") > 1


def test_what_has_no_exchange_yet_has_no_listener(amqp: Path) -> None:
    assert ping(amqp, "192.0.2.1", "none", "conductor") == (
        1,
        [
            "connection to 192.0.2.1:5672 as dietstack hush",
            "asked none conductor",
            "channel closed",
            "conductor gave no answer over RabbitMQ: nobody listens",
        ],
    )
