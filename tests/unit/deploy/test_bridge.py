"""An interface that is taken out of a bridge of ours gets back the state that it had before."""

from tests.unit.deploy.shell import Shell

LINKS = """
case "$*" in
"-o link show type bridge") echo '9: br-ex: <UP>\\    link/ether 02:00:00:00:00:01\\    alias dietstack' ;;
"-o link show dev eth3") echo '4: eth3: <UP> master br-ex state UP\\    link/ether 02:00:00:00:00:03' ;;
"-o link show dev eth2") echo '3: eth2: <UP> state UP\\    link/ether 02:00:00:00:00:02' ;;
"link show dev "*) ;;
*) echo "$*" >>"$CALLS" ;;
esac
"""


def test_an_interface_that_was_given_up_is_left_as_it_is(shell: Shell) -> None:
    shell.fake("ip", LINKS)
    calls = shell.state / "calls"
    shell.env = {"CALLS": str(calls)}
    shell.output("remember link.eth2 down; remember link.eth3 down; lower_bridges")
    assert calls.read_text().splitlines() == ["link set dev eth3 down", "link delete dev br-ex"]
