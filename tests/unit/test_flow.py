"""Of a flow of pings what is on its way is not lost, and what is lost is."""

import subprocess

import pytest

from tests.functional.networking.flow import Flow

# It answers SIGQUIT as ping does: with what it has sent by then, the last of it answered every other time.
PING = """
sent=100
trap 'echo "$((sent - LOST - sent % 2))/$sent packets, 0% loss" >&2; sent=$((sent + 1))' QUIT
trap 'echo "$sent packets transmitted, $((sent - LOST - 1)) received, 1% packet loss"; exit' INT
echo ready
while true; do read -rt 0.01 <> <(:); done
"""


@pytest.mark.parametrize("lost", [0, 1, 100])
def test_what_is_lost_is_lost_and_nothing_else(lost: int) -> None:
    script = PING.replace("LOST", str(lost))
    ping = subprocess.Popen(["bash", "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert ping.stdout is not None
    assert ping.stdout.readline() == "ready\n"
    sent, found = Flow(ping).end()
    assert sent > 100
    assert found == lost
