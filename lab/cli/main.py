"""The way in: runs a command, says in one line what was refused or failed, and gives the exit code."""

import sys
from collections.abc import Sequence
from errno import ENOSPC

from typer._click.exceptions import ClickException, NoArgsIsHelpError

from lab.cli import (  # each adds its commands to the app
    classes,  # noqa: F401
    exercise,  # noqa: F401
    keeping,  # noqa: F401
    look,  # noqa: F401
    machines,  # noqa: F401
    making,  # noqa: F401
    proving,  # noqa: F401
)
from lab.cli.app import app
from lab.errors import MORE_ROOM, LabError, Refused
from lab.labs import labs_directory

DONE, FAILED, REFUSED = 0, 1, 2
INTERRUPTED = 130  # what typer makes of Ctrl-C


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `dslab ARGUMENTS` (those of the process by default); 0 done, 1 failed, 2 refused."""
    try:
        code = int(app(arguments, prog_name="dslab", standalone_mode=False) or DONE)
    except Refused as refusal:
        return say("refused", str(refusal), REFUSED)
    except NoArgsIsHelpError as help_text:
        return say("", help_text.format_message(), REFUSED)
    except ClickException as error:
        return say("refused", f"{error.format_message()} `dslab --help` tells what there is", REFUSED)
    except LabError as error:
        return say("failed", "\n".join([str(error), *getattr(error, "__notes__", [])]), FAILED)
    except OSError as error:
        return say("failed", words_of(error), FAILED)
    if code == INTERRUPTED:
        return say("interrupted", "the same command goes on from here; `dslab down` removes the lab", FAILED)
    return code


def words_of(error: OSError) -> str:
    """What the operating system did not do for a lab, and where, in one line."""
    if error.errno == ENOSPC:
        return f"disk: it is full ({labs_directory()}); mend it with: {MORE_ROOM}"
    return f"{error.filename}: {error.strerror}" if error.filename else str(error)


def say(kind: str, text: str, code: int) -> int:
    """Print KIND and TEXT on standard error; returns CODE."""
    print(f"{kind}: {text}" if kind else text, file=sys.stderr)  # noqa: T201
    return code
