"""Programs that an exercise brings along.

One whose runner was killed goes on until somebody is at work in its seat again, which ends it by its mark.
"""

import os
import signal
from collections.abc import Mapping, Sequence
from contextlib import suppress
from subprocess import DEVNULL, STDOUT, Popen, TimeoutExpired

from lab.paths import ROOT


def run(command: Sequence[str], output: int, seconds: float, environment: Mapping[str, str]) -> int | None:
    """The exit code of COMMAND, whose words go to OUTPUT; None when it did not end in SECONDS.

    ENVIRONMENT has that of its seat in it, and so the mark. Its session is its own: a Ctrl-C is for who runs
    it. Whatever ends it before ends all that it started.
    """
    process = Popen(
        command,
        cwd=ROOT,
        env=environment,
        stdin=DEVNULL,
        stdout=output,
        stderr=STDOUT,
        start_new_session=True,
    )
    try:
        return process.wait(seconds)
    except TimeoutExpired:
        return None
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
