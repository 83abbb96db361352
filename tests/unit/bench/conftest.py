"""The fixtures of the lab's unit tests that are needed here, too."""

from tests.unit.lab.conftest import clock

__all__ = ["clock"]
