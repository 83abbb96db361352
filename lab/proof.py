"""pytest as a process of its own, which ends in its own time: there is a lab to remove, or to leave tidy."""

import subprocess
import sys

from lab.paths import ROOT


def install_browser() -> None:
    """Install the browser that looks at Horizon, if there is none. Who cannot is told so, and goes on."""
    subprocess.run([ROOT / "tests/install_browser.sh"], check=False)


def run_pytest(*arguments: str) -> int:
    """The exit code of `pytest ARGUMENTS` in the checkout; KeyboardInterrupt once that has ended as well."""
    interrupted: KeyboardInterrupt | None = None
    with subprocess.Popen([sys.executable, "-m", "pytest", *arguments], cwd=ROOT) as process:
        while process.poll() is None:
            try:
                process.wait()
            except KeyboardInterrupt as interrupt:  # Ctrl-C reaches pytest, too
                interrupted = interrupt
    if interrupted:
        raise interrupted
    return process.returncode
