"""What docs/networking.md shows of two servers on two hosts is what the commands print here."""

import re
import subprocess
from pathlib import Path

DOCUMENT = Path(__file__).parents[3] / "docs/networking.md"
CONSOLE = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def shown() -> list[tuple[str, list[str]]]:
    """Return each command of the document, and the lines that it shows of what is printed."""
    commands: list[tuple[str, list[str]]] = []
    for block in CONSOLE.findall(DOCUMENT.read_text()):
        for line in block.splitlines():
            if line.startswith("$ "):
                commands.append((line.removeprefix("$ "), []))
            else:
                commands[-1][1].append(line)
    return commands


def test_commands_print_what_is_shown(servers):
    first, second, _ = servers
    assert first.pings(second.address)
    assert len(shown()) > 5
    for command, lines in shown():
        done = subprocess.run(
            ["ip", "netns", "exec", first.host.name, "sh", "-c", command],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{command}: {done.stderr}"
        for line in lines:
            pattern = ".*".join(map(re.escape, line.split("...")))
            assert re.search(f"^{pattern} *$", done.stdout, re.MULTILINE), (
                f"{command}: no {line}\n{done.stdout}"
            )
