"""The commands that a person types to have and to remove a cloud, typed on this very machine."""

import os
import subprocess
from pathlib import Path

from lab.errors import LabError, Layer
from lab.machine import last_lines


class Deployment:
    """DietStack on this very machine, from the checkout in the directory CHECKOUT; for root."""

    def __init__(self, checkout: Path) -> None:
        self.checkout = checkout

    def deploy(self, **settings: str) -> None:
        """Run runds.sh with SETTINGS in its environment."""
        self._run(["./runds.sh"], settings)

    def destroy(self, *options: str) -> None:
        """Run destroyds.sh with OPTIONS."""
        self._run(["./destroyds.sh", *options], {})

    def type(self, script: str) -> None:
        """Type the lines of SCRIPT as the manual has them, until one fails."""
        self._run(["bash", "-euc", script], {})

    def _run(self, command: list[str], settings: dict[str, str]) -> None:
        done = subprocess.run(
            command,
            cwd=self.checkout,
            env=os.environ | settings,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
        )
        if done.returncode:
            message = f"{' '.join(command)} returned {done.returncode}:\n{last_lines(done.stdout)}"
            raise LabError(Layer.DEPLOYMENT, message)
