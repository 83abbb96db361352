"""Ask the Linux bridge agents of other hosts, over the message broker that they all listen to."""

import threading
from collections.abc import Mapping
from typing import Any

import oslo_messaging
from neutron_lib.agent import topics
from oslo_config import cfg

from networking_linuxbridge.explain.host import Facts
from networking_linuxbridge.explain.question import Question, RefusedError

SECONDS = 15
_TOPIC = topics.get_topic_name(topics.AGENT, topics.PORT, topics.UPDATE)


def ask(questions: Mapping[str, Question], config_files: list[str]) -> dict[str, Facts | str]:
    """Return the answer of every host, in the order of QUESTIONS; where none comes, why.

    RefusedError if CONFIG_FILES do not say where the message broker is.
    """
    transport = _transport(config_files)
    answers: dict[str, Facts | str] = dict.fromkeys(questions, f"none within {SECONDS} s")
    # They are left behind when their time is over: a broker that is not there is waited for without end.
    threads = [
        threading.Thread(target=_ask, args=(transport, host, question, answers), daemon=True)
        for host, question in questions.items()
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(SECONDS + 1)
    return dict(answers)


def _transport(config_files: list[str]) -> Any:
    conf = cfg.ConfigOpts()
    oslo_messaging.set_transport_defaults(control_exchange="neutron")
    try:
        conf([], project="neutron", default_config_files=config_files)
        return oslo_messaging.get_rpc_transport(conf)
    except (cfg.Error, oslo_messaging.InvalidTransportURL) as error:
        raise RefusedError(
            f"--config-file {' '.join(config_files)}: {' '.join(str(error).split())}; name neutron's"
        ) from error


def _ask(transport: Any, host: str, question: Question, answers: dict[str, Facts | str]) -> None:
    client = oslo_messaging.get_rpc_client(
        transport, oslo_messaging.Target(topic=_TOPIC, server=host, version="1.0"), timeout=SECONDS
    )
    try:
        answers[host] = client.call({}, "facts", question=question.as_dict())
    except oslo_messaging.MessagingTimeout:
        return
    except Exception as error:  # noqa: BLE001  whatever it is, it is why this host is silent
        answers[host] = f"none: {type(error).__name__}: {error}".splitlines()[0]
