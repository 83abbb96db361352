"""A ping that is started and stopped, and what is read from its words."""

import subprocess
from pathlib import Path

import pytest

from lab.deadline import Deadline, NotYet
from lab.errors import Layer
from tests.e2e.multinode.pings import START, STOP, Pings, read_pings
from tests.unit.lab.programs import Programs

ANSWER = "64 bytes from 10.20.0.1: icmp_seq={} ttl=64 time=0.4 ms"
# Like ping it hears SIGINT though it was started in the background, and takes its time to say its last.
PING = """
exec python3 -c '
import signal, time
def stop(*_):
    time.sleep(0.3)
    print("--- statistics ---\\n1 packets transmitted, 1 received", flush=True)
    raise SystemExit
signal.signal(signal.SIGINT, stop)
print("64 bytes from 10.20.0.1: icmp_seq=1 ttl=64", flush=True)
time.sleep(60)
'"""


def words(sent: int, *answered: int) -> str:
    lines = [
        "PING 10.20.0.1 (10.20.0.1) 56(84) bytes of data.",
        *map(ANSWER.format, answered),
        "From 10.20.0.7 icmp_seq=3 Destination Host Unreachable",
        "",
        "--- 10.20.0.1 ping statistics ---",
        f"{sent} packets transmitted, {len(answered)} received, 50% packet loss, time 1ms",
    ]
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("sent", "answered", "silence"),
    [
        (4, [1, 2, 3, 4], 0),
        (6, [1, 2, 5, 6], 2),
        (9, [1, 2], 7),
        (9, [8, 9], 7),
        (9, [], 9),
    ],
)
def test_silence_counts_to_the_end(sent: int, answered: list[int], silence: int) -> None:
    pings = read_pings(words(sent, *answered))
    assert pings == Pings(sent, answered)
    assert pings.longest_silence == silence
    assert pings.share == len(answered) / sent


def test_a_ping_that_says_nothing_of_its_end_is_no_answer() -> None:
    with pytest.raises(AssertionError, match="did not end"):
        read_pings(ANSWER.format(1))


def typed(script: str, folder: Path) -> str:
    """What a shell of its own prints that runs SCRIPT in FOLDER."""
    return subprocess.run(["sh", "-c", script], cwd=folder, capture_output=True, text=True, check=True).stdout


def test_ping_is_stopped_from_another_shell_when_it_has_said_its_last(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    programs = Programs(tmp_path / "bin", monkeypatch)
    programs.put("ping", PING)
    assert typed(START % "10.20.0.1", tmp_path) == ""
    Deadline(10).until(Layer.GUEST, "the first answer", lambda: see_an_answer(tmp_path / "ping.said"))
    assert read_pings(typed(STOP, tmp_path)) == Pings(1, [1])
    assert programs.calls("ping") == ["-n -i 1 10.20.0.1"]


def see_an_answer(said: Path) -> None:
    """Raise NotYet unless there is one in what ping SAID."""
    if not said.exists() or "icmp_seq=1" not in said.read_text():
        raise NotYet("ping is silent")


def test_a_ping_that_died_is_not_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Programs(tmp_path / "bin", monkeypatch).put("ping", "echo 'network is unreachable'; exit 2")
    typed(START % "10.20.0.1", tmp_path)
    with pytest.raises(AssertionError, match=r"did not end as it should: \snetwork is unreachable"):
        read_pings(typed(STOP, tmp_path))
