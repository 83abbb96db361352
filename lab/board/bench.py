"""What is under way at the seats: what takes a while is done beside the pages, one thing at a time a seat."""

from collections.abc import Callable
from contextlib import suppress

import anyio

from lab.board.pulse import Pulse
from lab.errors import LabError, Refused

AT_ONCE = 4


class Bench:
    """Jobs by seat; `busy` says what is done there, `notices` what the last one had to say."""

    def __init__(self, pulse: Pulse) -> None:
        self._pulse = pulse
        self._limit = anyio.CapacityLimiter(AT_ONCE)
        self.busy: dict[str, str] = {}
        self.notices: dict[str, str] = {}

    def take(self, seat: str, what: str) -> bool:
        """Let SEAT be busy with WHAT; False when it is with something else."""
        if seat in self.busy:
            return False
        self.busy[seat] = what
        self.notices.pop(seat, None)
        self._pulse.beat()
        return True

    async def run(self, seat: str, job: Callable[[], object]) -> None:
        """Do JOB, for which SEAT was taken."""
        try:
            await anyio.to_thread.run_sync(job, limiter=self._limit)
        except (LabError, Refused) as error:
            self.notices[seat] = str(error)
        except Exception:
            self.notices[seat] = "something failed that should not; the trainer's terminal tells what"
            raise
        finally:
            with suppress(KeyError):
                del self.busy[seat]
            self._pulse.beat()
