"""Files with secrets: their owner alone reads them, and whoever looks sees the old ones or the new ones.

So it is after a power cut, too: what was written is on the disk before anything else is done.
"""

import os
import tempfile
from pathlib import Path


def write_private(file: Path, content: str | bytes) -> None:
    """Let FILE, for its owner alone, have CONTENT: all of it, or what it had before."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor, name = tempfile.mkstemp(dir=file.parent, prefix=".")  # 0600
    new = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as opened:
            opened.write(content.encode() if isinstance(content, str) else content)
            opened.flush()
            os.fsync(opened.fileno())
        new.replace(file)
    except BaseException:
        new.unlink(missing_ok=True)
        raise
    flush(file.parent)


def flush(path: Path) -> None:
    """See that what the file PATH has, or the folder PATH lists, is on the disk."""
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
