import os
import signal
import sys
from types import SimpleNamespace

import pytest
from neutron import privileged
from neutron.conf.agent import common as agent_config
from oslo_config import cfg
from oslo_privsep.priv_context import PrivContext
from oslo_service import service

from networking_linuxbridge import in_process


@pytest.fixture
def contexts():
    found = [context for context in vars(privileged).values() if isinstance(context, PrivContext)]
    modes = [context.client_mode for context in found]
    yield found
    for context, mode in zip(found, modes, strict=True):
        context.set_client_mode(mode)


def test_privileged_functions_become_plain_calls(contexts, conf):
    assert len(contexts) >= 6
    in_process.do_privileged_work_here()
    assert not any(context.client_mode for context in contexts)
    assert agent_config.get_root_helper(cfg.CONF) == ""


def test_who_is_not_root_is_refused(monkeypatch, capsys):
    monkeypatch.setattr(os, "geteuid", lambda: 42424)
    with pytest.raises(SystemExit) as refused:
        in_process.run("agent", pytest.fail)
    assert refused.value.code == 2
    assert capsys.readouterr().err == "agent: uid 42424 may not configure the network: run it as root\n"


def test_read_only_sysctls_are_refused(monkeypatch, capsys):
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(os, "statvfs", lambda _: SimpleNamespace(f_flag=os.ST_RDONLY))
    with pytest.raises(SystemExit) as refused:
        in_process.run("agent", pytest.fail)
    assert refused.value.code == 2
    assert "systempaths=unconfined" in capsys.readouterr().err


def test_an_agent_runs_under_its_own_name_in_one_process(monkeypatch, contexts, conf):
    ran = []
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(os, "statvfs", lambda _: SimpleNamespace(f_flag=os.ST_RDONLY))
    monkeypatch.setattr(sys, "argv", ["/usr/lib/python3/metadata_agent.py", "--config-file", "x"])
    monkeypatch.setattr(in_process.service, "launch", lambda *_, **options: options)
    monkeypatch.setattr(os, "register_at_fork", lambda **_: None)
    in_process.run("agent", lambda: ran.append(in_process.service.launch()), sets_sysctls=False)
    assert ran == [{"no_fork": True}]
    assert sys.argv == ["agent", "--config-file", "x"]


@pytest.fixture
def last_words(monkeypatch, contexts, conf):
    """Run a main function that ends like this, and return the status that the process ends with."""
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(sys, "argv", ["agent"])
    monkeypatch.setattr(in_process, "stay_one_process", lambda: None)
    monkeypatch.setattr(in_process.logging, "shutdown", lambda: None)
    ended = []
    monkeypatch.setattr(os, "_exit", ended.append)

    def run(end):
        def main():
            raise end

        in_process.run("agent", main, sets_sysctls=False)
        return ended.pop()

    return run


@pytest.mark.parametrize(
    ("end", "status", "said"),
    [
        (RuntimeError("broken"), 1, "agent ends"),
        (service.SignalExit(signal.SIGHUP), 1, f"agent ends: signal {signal.SIGHUP}"),
        (SystemExit(2), 2, ""),
        (SystemExit(), 0, ""),
    ],
    ids=repr,
)
def test_the_process_ends_with_its_main_thread_whatever_other_threads_do(
    last_words, caplog, end, status, said
):
    assert last_words(end) == status
    assert said in caplog.text
    assert bool(said) is bool(caplog.text)


def test_why_an_agent_ends_is_said(last_words, capsys):
    assert last_words(SystemExit("no settings")) == 1
    assert capsys.readouterr().err == "no settings\n"


def test_children_end_at_a_signal(monkeypatch):
    registered = {}
    monkeypatch.setattr(in_process.service, "launch", print)
    monkeypatch.setattr(os, "register_at_fork", lambda **hooks: registered.update(hooks))
    in_process.stay_one_process()
    handled = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGALRM)
    before = {number: signal.getsignal(number) for number in handled}
    try:
        signal.signal(signal.SIGTERM, lambda *_: None)
        registered["after_in_child"]()
        assert {signal.getsignal(number) for number in before} == {signal.SIG_DFL}
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
