"""Ask the Linux bridge agents of other hosts, over the message broker that they all listen to."""

import threading
import time
from collections.abc import Mapping
from typing import Any

import oslo_messaging
from oslo_config import cfg

import networking_linuxbridge.cmd  # noqa: F401  chooses threads; oslo.messaging would choose eventlet
from networking_linuxbridge.explain.host import Facts
from networking_linuxbridge.explain.question import Question, RefusedError

TOPIC = "q-agent-notifier-port-update"  # importing its name from neutron_lib takes seconds


def ask(questions: Mapping[str, Question], config_files: list[str]) -> dict[str, Facts | str]:
    """Return the answer of every host, in the order of QUESTIONS; where none comes, why.

    RefusedError if CONFIG_FILES do not say where the message broker is.
    """
    transport = _transport(config_files)
    client = oslo_messaging.get_rpc_client(transport, oslo_messaging.Target(topic=TOPIC, version="1.0"))
    seconds = transport.conf.rpc_response_timeout
    nothing = f"none within {seconds} s over {_broker(transport)}"
    answers: dict[str, Facts | str] = dict.fromkeys(questions, nothing)
    # They are left behind when their time is over: a broker that is not there is waited for without end.
    threads = [
        threading.Thread(target=_ask, args=(client, host, question, answers), daemon=True)
        for host, question in questions.items()
    ]
    for thread in threads:
        thread.start()
    deadline = time.monotonic() + seconds + 1
    for thread in threads:
        thread.join(max(0, deadline - time.monotonic()))
    return dict(answers)


def _transport(config_files: list[str]) -> Any:
    conf = cfg.CONF  # oslo.messaging looks up part of its options nowhere else
    oslo_messaging.set_transport_defaults(control_exchange="neutron")
    try:
        conf([], project="neutron", default_config_files=config_files)
        return oslo_messaging.get_rpc_transport(conf)
    except (cfg.Error, oslo_messaging.InvalidTransportURL) as error:
        raise RefusedError(
            f"--config-file {' '.join(config_files)}: {' '.join(str(error).split())}; name neutron's"
        ) from error


def _broker(transport: Any) -> str:
    hosts = oslo_messaging.TransportURL.parse(transport.conf).hosts
    return ", ".join(f"{host.hostname}:{host.port}" for host in hosts)


def _ask(client: Any, host: str, question: Question, answers: dict[str, Facts | str]) -> None:
    try:
        answers[host] = client.prepare(server=host).call({}, "facts", question=question.as_dict())
    except oslo_messaging.MessagingTimeout:
        return
    except Exception as error:  # noqa: BLE001  whatever it is, it is why this host is silent
        answers[host] = f"none: {type(error).__name__}: {error}".splitlines()[0]
