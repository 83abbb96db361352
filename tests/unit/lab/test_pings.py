"""What is read from the words of ping."""

import pytest

from tests.e2e.multinode.pings import Pings, read_pings

ANSWER = "64 bytes from 10.20.0.1: icmp_seq={} ttl=64 time=0.4 ms"


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
