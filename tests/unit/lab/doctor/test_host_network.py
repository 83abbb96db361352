import socket
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest

from lab.doctor import host_network
from lab.doctor.command import Answer
from lab.doctor.host_network import QUESTION, answers, check_default_route, check_dns


@pytest.fixture
def name_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of a name server that answers one question by repeating it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        server.settimeout(5)
        monkeypatch.setattr(host_network, "DNS_PORT", server.getsockname()[1])

        def answer() -> None:
            question, sender = server.recvfrom(512)
            server.sendto(question, sender)

        thread = Thread(target=answer)
        thread.start()
        yield "127.0.0.1"
        thread.join()


def test_a_name_server_that_answers(tmp_path: Path, name_server: str) -> None:
    (tmp_path / "resolv.conf").write_text(f"# a comment\nsearch lan\nnameserver {name_server}\n")
    finding = check_dns(tmp_path / "resolv.conf")
    assert (finding.ok, finding.found) == (True, "127.0.0.1 answers")


def test_a_name_server_that_is_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        monkeypatch.setattr(host_network, "DNS_PORT", silent.getsockname()[1])
        assert not answers("127.0.0.1", within=0.05)


@pytest.mark.parametrize("content", ["", "search lan\n"])
def test_no_name_server(tmp_path: Path, content: str) -> None:
    (tmp_path / "resolv.conf").write_text(content)
    finding = check_dns(tmp_path / "resolv.conf")
    assert not finding.ok
    assert "names no server" in finding.found
    assert not finding.blocks


def test_no_resolv_conf_at_all(tmp_path: Path) -> None:
    assert not check_dns(tmp_path / "resolv.conf").ok


def test_the_question_is_one_of_dns() -> None:
    assert len(QUESTION) == 12 + 1 + 2 + 2


@pytest.mark.parametrize(
    ("routes", "ok"),
    [('[{"dst":"default","gateway":"10.0.0.1","dev":"eth0"}]', True), ("[]", False), ("", False)],
)
def test_default_route(monkeypatch: pytest.MonkeyPatch, routes: str, ok: bool) -> None:
    monkeypatch.setattr(host_network, "ask", lambda *_command: Answer(0, routes))
    finding = check_default_route()
    assert finding.ok == ok
    assert not finding.blocks
