"""Programs that a test puts in the place of real ones."""

from pathlib import Path

import pytest


class Programs:
    """A folder of fake programs that is searched before all others."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        folder.mkdir()
        monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")

    def put(self, name: str, script: str) -> None:
        """Let NAME be the bash SCRIPT; what it is called with is written to the file NAME.calls."""
        program = self.folder / name
        program.write_text(f'#!/bin/bash\necho "$*" >>{self.folder}/{name}.calls\n{script}\n')
        program.chmod(0o755)

    def calls(self, name: str) -> list[str]:
        """The arguments of each call of NAME."""
        file = self.folder / f"{name}.calls"
        return file.read_text().splitlines() if file.exists() else []
