"""What is looked at in one machine: each file of the evidence and the shell command that fills it."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Protocol

from lab.deadline import Deadline
from lab.errors import LabError
from lab.evidence.window import Window
from lab.settings import STATE

LONGEST = 4_000_000  # bytes of one file
SECONDS_FOR_A_COMMAND = 30
MOST_SILENCES = 2
HEADING = re.compile(r"^==> (.+) <==$", re.MULTILINE)
NOT_A_NAME = re.compile(r"[^\w.-]+")

COMMANDS = {
    "containers.txt": "docker ps --all --filter label=dietstack --format '{{.Names}}\t{{.Status}}'",
    "links.txt": "ip -details address; ip rule; ip route show table all; ip neighbour",
    "bridges.txt": "for type in bridge vxlan; do ip -details link show type $type; done; bridge link",
    "fdb.txt": "bridge fdb show",
    "rules.txt": "iptables-save; ip6tables-save; ipset list",
    "mounts.txt": "findmnt --types nfs,nfs4,fuse,fuse.nfs; df -h; df -i",
    "memory.txt": "free -m; ps --sort=-rss -eo rss,etimes,args | head -n 40",
    "services.txt": "systemctl --failed --no-pager; docker info",
}

# Lines without a time belong to the line before.
CUT = """
FNR == 1 { print "==> " FILENAME " <=="; inside = 0 }
/^[0-9][0-9][0-9][0-9]-/ {
    time = substr($0, 1, 10) " " substr($0, 12, 8)
    inside = time >= from && time <= to
}
inside
"""


class Looked(Protocol):
    """What is needed of a machine."""

    @property
    def name(self) -> str: ...  # noqa: D102
    def output(self, command: str) -> str: ...  # noqa: D102
    def console(self) -> str: ...  # noqa: D102


def commands(window: Window, namespaces: Iterable[str] | None) -> dict[str, str]:
    """The command for each file; NAMESPACES are those of the ports involved, all if None."""
    journal = (
        f"journalctl --no-pager --utc --output=short-iso --since=@{window.since} --until=@{window.until}"
    )
    return COMMANDS | {
        "journal.txt": f"if command -v journalctl; then {journal}; else dmesg --ctime; fi",
        "namespaces.txt": namespace_command(namespaces),
        "logs.txt": f"{log_command(window)}; {container_log_command(window)}",
    }


def log_command(window: Window) -> str:
    """The command that prints what the services logged in WINDOW, each log under its path."""
    return f"awk -v from='{window.from_text}' -v to='{window.to_text}' '{CUT}' {STATE}/log/*/*.log"


def container_log_command(window: Window) -> str:
    """The command that prints what containers wrote besides their logs in WINDOW."""
    return (
        "for name in $(docker ps --all --filter label=dietstack --format '{{.Names}}'); do"
        f' echo "==> $name <=="; docker logs --since {window.since} --until {window.until} $name 2>&1; done'
    )


def namespace_command(namespaces: Iterable[str] | None) -> str:
    """The command that shows the network in NAMESPACES, or in all of them."""
    names = "$(ip netns list | cut -d' ' -f1)" if namespaces is None else " ".join(sorted(namespaces))
    return (
        f'for name in {names}; do [ -e /run/netns/$name ] || continue; echo "==> $name <==";'
        " ip -n $name -details address; ip -n $name route; ip -n $name neighbour;"
        " ip netns exec $name iptables-save; ip netns exec $name ss -anptu; done"
    )


def collect_machine(
    machine: Looked, directory: Path, window: Window, namespaces: Iterable[str] | None = None
) -> list[str]:
    """Fill DIRECTORY with what MACHINE tells of WINDOW; returns what could not be had, in words.

    A machine that has not answered twice is asked no more: each time costs all that ssh takes to give up.
    """
    directory.mkdir(parents=True, exist_ok=True)
    failures = []
    wanted = {"console.txt": machine.console}
    for file, command in commands(window, namespaces).items():
        wanted[file] = lambda command=command: machine.output(limited(command))  # type: ignore[misc]
    for file, ask in wanted.items():
        try:
            text = ask()
        except (LabError, OSError, RuntimeError) as error:
            failures.append(f"{machine.name}: {file}: {error}")
            if len(failures) == MOST_SILENCES:
                failures.append(f"{machine.name}: it was not asked for the rest")
                break
            continue
        write(directory, file, text)
    return failures


def limited(command: str, within: float = SECONDS_FOR_A_COMMAND) -> str:
    """COMMAND within so many seconds, and the end of what it says in a size that can be read."""
    quoted = command.replace("'", "'\\''")
    seconds = Deadline(within).seconds
    return f"timeout {seconds:g} sh -c '{quoted}' 2>&1 | tail --bytes={LONGEST}"


def write(directory: Path, file: str, text: str) -> None:
    """Write TEXT to FILE of DIRECTORY; logs go into one file each, those that say nothing into none."""
    if file != "logs.txt":
        (directory / file).write_text(text)
        return
    for name, lines in split(text):
        if lines.strip():
            (directory / f"log-{NOT_A_NAME.sub('-', name)}.txt").write_text(lines)


def split(text: str) -> Iterator[tuple[str, str]]:
    """Each heading in TEXT and what stands below it."""
    _before, *parts = HEADING.split(text)
    for heading, below in zip(parts[::2], parts[1::2], strict=True):
        yield heading.removeprefix(f"{STATE}/log/"), below.lstrip("\n")
