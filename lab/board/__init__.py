"""The class board: seats by exercises for the trainer, and for each learner their own seat."""

from lab.board.serving import serve

__all__ = ["serve"]
