"""The commands that a person types to have and to remove a cloud on a machine."""

from pathlib import Path

from testinfra.host import Host

from lab.errors import LabError, Layer

LAST_LINES = 30


class Deployment:
    """DietStack on MACHINE, from the checkout in the directory CHECKOUT there."""

    def __init__(self, machine: Host, checkout: Path) -> None:
        self._machine = machine
        self.checkout = checkout

    def deploy(self, **settings: str) -> None:
        """Run runds.sh with SETTINGS in its environment."""
        self._run("runds.sh", settings)

    def destroy(self, *options: str) -> None:
        """Run destroyds.sh with OPTIONS."""
        self._run(" ".join(["destroyds.sh", *options]), {})

    def _run(self, command: str, settings: dict[str, str]) -> None:
        environment = " ".join(f"{name}='{value}'" for name, value in settings.items())
        result = self._machine.run(f"cd {self.checkout} && {environment} ./{command} </dev/null")
        if result.failed:
            last = "\n".join((result.stdout + result.stderr).splitlines()[-LAST_LINES:])
            raise LabError(Layer.DEPLOYMENT, f"{command} returned {result.rc}:\n{last}")
