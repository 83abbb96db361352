"""pytest as a process of its own, which ends in its own time: there is a lab to remove, or to leave tidy."""

import subprocess
import sys

from lab.errors import ToldToEnd
from lab.paths import ROOT
from lab.sigterm import told_to_end

REFUSED = 4  # pytest's exit code for options and paths that it does not take


def install_browser() -> None:
    """Install the browser that looks at Horizon, if there is none. Who cannot is told so, and goes on."""
    subprocess.run([ROOT / "tests/install_browser.sh"], check=False)


def run_pytest(*arguments: str) -> int:
    """The exit code of `pytest ARGUMENTS` in the checkout.

    Who is interrupted or told to end meanwhile gets KeyboardInterrupt or ToldToEnd once that has ended, too.
    """
    end: BaseException | None = None
    with told_to_end(), subprocess.Popen([sys.executable, "-m", "pytest", *arguments], cwd=ROOT) as process:
        while process.poll() is None:
            try:
                process.wait()
            except KeyboardInterrupt as interrupt:  # Ctrl-C reaches pytest, too
                end = interrupt
            except ToldToEnd as told:
                end = told
                process.terminate()
    if end:
        raise end
    return process.returncode
