"""A guest pings an address all the time, while something happens to the cloud."""

from dataclasses import dataclass
from itertools import pairwise

from lab.guest import Guest

# Another shell stops ping than the one that started it: FIFOs tell it whom to stop, and when all is said.
START = """
rm -f ping.pid ping.over && mkfifo ping.pid ping.over
{ ping -n -i 1 %s >ping.said 2>&1 & echo $! >ping.pid; wait; echo >ping.over; } >/dev/null 2>&1 &
"""
STOP = "kill -INT $(cat ping.pid); cat ping.over ping.said"


@dataclass(frozen=True)
class Pings:
    """How many were SENT, one a second, and the numbers, from 1 on, of those that were ANSWERED."""

    sent: int
    answered: list[int]

    @property
    def share(self) -> float:
        """The share that was answered."""
        return len(set(self.answered)) / self.sent

    @property
    def longest_silence(self) -> int:
        """The most in a row that were not answered, at the beginning and at the end too."""
        numbers = [0, *sorted(self.answered), self.sent + 1]
        return max(later - earlier - 1 for earlier, later in pairwise(numbers))


def start_pings(guest: Guest, address: str) -> None:
    """Let GUEST ping ADDRESS until `stop_pings`."""
    guest.run(START % address)


def stop_pings(guest: Guest) -> Pings:
    """What became of the pings."""
    return read_pings(guest.run(STOP))


def read_pings(text: str) -> Pings:
    """The pings in the TEXT that ping wrote."""
    lines = text.splitlines()
    closing = next((line for line in lines if "packets transmitted" in line), None)
    assert closing is not None, f"ping did not end as it should: {text}"
    answers = [line for line in lines if "bytes from" in line]
    return Pings(int(closing.split()[0]), [int(line.partition("seq=")[2].split()[0]) for line in answers])
