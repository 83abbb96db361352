"""options_read_by.py MODULE PROCESS...: prints what reads which option while MODULE is imported.

Runs in the OpenStack image, in the folder of the service; a line "file option" for each.
"""

import importlib
import sys
import traceback
from typing import Any

from oslo_config import cfg

Group = cfg.ConfigOpts.GroupAttr
found: set[str] = set()


def watch(kind: Any) -> None:
    read = kind.__getattr__

    def read_and_note(self: Any, name: str) -> Any:
        value = read(self, name)
        of_the_service = self is cfg.CONF or getattr(self, "_conf", None) is cfg.CONF
        if of_the_service and not isinstance(value, Group):
            found.add(f"{reader()} {name}")
        return value

    kind.__getattr__ = read_and_note


def reader() -> str:
    """The file, in its package, whose code reads the option."""
    files = [frame.filename for frame in traceback.extract_stack()]
    outside = [file for file in files[:-2] if "oslo_config" not in file]
    return outside[-1].partition("site-packages/")[2]


watch(cfg.ConfigOpts)
watch(Group)
sys.path.insert(0, ".")
importlib.import_module(sys.argv[1])
sys.stdout.writelines(f"{line}\n" for line in sorted(found))
