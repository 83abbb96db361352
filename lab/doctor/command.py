"""Programs of the host that the doctor asks."""

import os
import subprocess
from dataclasses import dataclass

PATH = os.pathsep.join(filter(None, (os.environ.get("PATH"), "/usr/sbin", "/sbin")))

DENIED = ("permission denied", "access denied", "authentication unavailable", "authentication failed")


@dataclass(frozen=True)
class Answer:
    """What a program returned, and what it said on both outputs, without white space around it."""

    status: int
    text: str

    @property
    def ok(self) -> bool:
        """Whether it returned 0."""
        return self.status == 0

    @property
    def denied(self) -> bool:
        """Whether it failed because this user may not."""
        return not self.ok and any(word in self.text.lower() for word in DENIED)

    @property
    def last_line(self) -> str:
        """The last thing it said."""
        return self.text.splitlines()[-1] if self.text else "nothing was said"


NOT_FOUND, TIMED_OUT = 127, 124


def ask(*command: str, within: float = 8) -> Answer:
    """What COMMAND answers; as in a shell, 127 means that it is not there, 124 that its seconds were over."""
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=os.environ | {"PATH": PATH, "LC_ALL": "C"},
            timeout=within,
            check=False,
        )
    except FileNotFoundError:
        return Answer(NOT_FOUND, f"{command[0]} is not installed")
    except subprocess.TimeoutExpired as error:
        said = (error.output or b"").decode(errors="replace").strip()
        return Answer(TIMED_OUT, said or f"{command[0]} did not answer within {within:g} s")
    return Answer(done.returncode, done.stdout.decode(errors="replace").strip())
