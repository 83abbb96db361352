"""What Vagrant writes down of the machines that it boots."""

from pathlib import Path

from lab.keys import new_key_pair
from lab.labs import Lab


def remember(lab: Lab, machine: str, provider: str, identifier: str) -> Path:
    """Let Vagrant know MACHINE of LAB by IDENTIFIER and have got into it; returns its folder."""
    folder = lab.directory / "vagrant/machines" / machine / provider
    folder.mkdir(parents=True)
    (folder / "id").write_text(f"{identifier}\n")
    (folder / "private_key").touch(mode=0o600)
    (folder / "private_key").write_text(new_key_pair().private)
    return folder
