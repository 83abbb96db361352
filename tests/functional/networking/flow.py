"""Steady pings of which every answer counts."""

import re
import signal
import subprocess
import time

LOOKS, SECONDS_BETWEEN_LOOKS = 20, 0.05
_LOOK = re.compile(r"(?P<answered>\d+)/(?P<sent>\d+) packets")
_END = re.compile(r"(?P<sent>\d+) packets transmitted, (?P<answered>\d+) received")


class Flow:
    """What PING, of iputils, quiet and with its output kept, sends and gets back until the end."""

    def __init__(self, ping: subprocess.Popen[str]) -> None:
        self._ping = ping

    def end(self) -> tuple[int, int]:
        """End it. Returns how many packets were sent, and how many of those before this had no answer.

        Ping ends at once and calls lost what is on its way. What is lost indeed is missing at every look.
        """
        missing = []
        for _ in range(LOOKS):
            missing.append(self._look())
            time.sleep(SECONDS_BETWEEN_LOOKS)
        self._ping.send_signal(signal.SIGINT)
        output, error = self._ping.communicate(timeout=10)
        ended = _END.search(output)
        assert ended, output + error
        sent, answered = int(ended["sent"]), int(ended["answered"])
        return sent, min(*missing, sent - answered)

    def _look(self) -> int:
        assert self._ping.stderr is not None
        self._ping.send_signal(signal.SIGQUIT)  # it tells how it stands
        for line in self._ping.stderr:
            if told := _LOOK.search(line):
                return int(told["sent"]) - int(told["answered"])
        raise AssertionError(f"ping has ended: {self._ping.communicate()[0]}")
