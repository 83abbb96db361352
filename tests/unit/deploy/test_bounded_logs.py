"""Logs that others write stay bounded, also where the disk was full for a while."""

from pathlib import Path

from tests.unit.deploy.shell import DEPLOY, Shell

# Looks once; the next pause does not end well, and with it the loop.
LOOK_ONCE = f"""
. {DEPLOY}/container/log.sh
looks=0
sleep() {{ ((looks++ == 0)); }}
stat() {{ echo 999999999; }}
"""


def test_a_log_that_is_too_long_is_begun_anew_and_its_past_kept(shell: Shell, tmp_path: Path) -> None:
    log = tmp_path / "console.log"
    log.write_text("long ago")
    shell.output(f"{LOOK_ONCE}\nbound {log}")
    assert (log.read_text(), (tmp_path / "console.log.1").read_text()) == ("", "long ago")


def test_without_room_for_its_past_it_is_begun_anew_all_the_same(shell: Shell, tmp_path: Path) -> None:
    logs = [tmp_path / name for name in ("one.log", "two.log")]
    for log in logs:
        log.write_text("long ago")
    full = 'cp() { echo part >"$2"; return 1; }'
    shell.output(f"{LOOK_ONCE}\n{full}\nbound {tmp_path}/*.log")
    assert [log.read_text() for log in logs] == ["", ""]
    assert sorted(file.name for file in tmp_path.glob("*.log*")) == ["one.log", "two.log"]
