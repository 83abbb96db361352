"""A bash with the functions of deploy/ in it, and a state directory of its own."""

import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

DEPLOY = Path(__file__).parents[3] / "deploy"
SOURCES = [
    *(DEPLOY / name for name in ("messages.sh", "settings.sh", "memory.sh")),
    *(DEPLOY / "container" / name for name in ("secret.sh", "name_servers.sh")),
    *sorted((DEPLOY / "network").glob("*.sh")),
    *sorted((DEPLOY / "checks").glob("*.sh")),
]


@dataclass
class Shell:
    """Runs lines of bash as runds.sh would, but with STATE as STATE_DIR and FAKES first on the PATH."""

    state: Path
    fakes: Path
    prefix: Sequence[str] = ()
    env: dict[str, str] = field(default_factory=dict)

    def run(self, script: str, **settings: str) -> subprocess.CompletedProcess[str]:
        """Run SCRIPT with SETTINGS in the environment; whatever its exit code."""
        lines = [
            "set -euo pipefail",
            *(f". {source}" for source in SOURCES),
            f"STATE_DIR={self.state}",
            script,
        ]
        return subprocess.run(
            [*self.prefix, "bash", "-c", "\n".join(lines)],
            env=self.environment(settings),
            capture_output=True,
            text=True,
            check=False,
        )

    def output(self, script: str, **settings: str) -> str:
        """What SCRIPT prints; it has to succeed, silently on stderr."""
        result = self.run(script, **settings)
        assert (result.returncode, result.stderr) == (0, ""), result
        return result.stdout

    def refusal(self, script: str, **settings: str) -> str:
        """The one line with which SCRIPT refuses; it must not have changed the state directory."""
        before = self.files()
        result = self.run(script, **settings)
        assert result.returncode == 2, result
        assert result.stdout == "", result
        assert result.stderr.count("\n") == 1, result
        assert result.stderr.startswith("refused: "), result
        assert self.files() == before
        return result.stderr

    def files(self) -> str:
        """The state directory's files and their sums, as the bash sees them."""
        look = f"test ! -d {self.state} || find {self.state} -type f -exec sha256sum {{}} +"
        return subprocess.run(
            [*self.prefix, "sh", "-c", look], capture_output=True, text=True, check=True
        ).stdout

    def fake(self, command: str, script: str) -> None:
        """Put a COMMAND that runs the bash SCRIPT before the real one."""
        self.fakes.mkdir(exist_ok=True)
        program = self.fakes / command
        program.write_text(f"#!/usr/bin/env bash\n{script}\n")
        program.chmod(0o755)

    def environment(self, settings: Mapping[str, str]) -> dict[str, str]:
        """The environment of what runs: SETTINGS, and nothing else that could be one."""
        path = f"{self.fakes}:{os.environ['PATH']}:/usr/sbin:/sbin"
        return {"PATH": path, "HOME": "/root", **self.env, **settings}
