"""Checkpoints: a lab as it was at one moment, to come back to.

For other rooms: `save`, `restore`, `forget`, `checkpoints_of` and `find_checkpoint`. Whoever calls the first
three holds the lab (lab/holding.py).
"""

from lab.checkpoint.kept import Checkpoint, checkpoints_of, find_checkpoint, forget
from lab.checkpoint.restoring import recover, restore
from lab.checkpoint.saving import save

__all__ = ["Checkpoint", "checkpoints_of", "find_checkpoint", "forget", "recover", "restore", "save"]
