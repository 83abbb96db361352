"""The lab's command line: a door; what it does is done in the other rooms."""

from lab.cli.main import main

__all__ = ["main"]
