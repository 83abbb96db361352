"""Which command shows a log of a machine."""

import re

from lab.errors import Refused
from lab.settings import STATE

SERVICE = re.compile(r"[a-z][a-z-]*")


def log_command(service: str = "", lines: int = 100, *, follow: bool = False) -> str:
    """The shell command that shows the last LINES of SERVICE's logs, or of the machine's journal without one.

    FOLLOW shows what is added until somebody interrupts it. Refused for what cannot be a service.
    """
    more = "--follow" if follow else ""
    if not service:
        return f"journalctl --no-pager --lines={lines} {more}".rstrip()
    if not SERVICE.fullmatch(service):
        raise Refused("service", service, "give the name of a folder in deploy/services")
    folder = STATE / "log" / service
    refusal = f"echo 'refused: no logs of {service} here; there are:' $(ls {folder.parent}) >&2; exit 2"
    return f"[ -d {folder} ] || {{ {refusal}; }}; tail --lines={lines} {more} {folder}/*.log"
