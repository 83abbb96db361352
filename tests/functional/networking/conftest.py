"""Three hosts on one underlay, with a server on each."""

import os
from collections import defaultdict
from collections.abc import Iterator

import pytest
from hosts import ALLOW_ALL, NETWORK, VXLAN, Host, Namespace, Server, announce, remove_leftovers


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--rounds", type=int, default=4, help="how often to kill agents")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if items and os.geteuid() != 0:
        pytest.exit("network namespaces need root", returncode=2)


_tally: dict[str, dict[str, int]] = defaultdict(dict)


@pytest.fixture
def tally() -> dict[str, dict[str, int]]:
    """What arrived, by kind of forged frame; the table of it ends the report."""
    return _tally


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if _tally:
        terminalreporter.section("frames that arrived")
        columns = list(dict.fromkeys(column for counts in _tally.values() for column in counts))
        terminalreporter.write_line(f"| kind | {' | '.join(columns)} |")
        for kind, counts in _tally.items():
            terminalreporter.write_line(f"| {kind} | {' | '.join(str(counts.get(c, '')) for c in columns)} |")


@pytest.fixture(scope="session")
def switch() -> Namespace:
    """What joins the hosts."""
    remove_leftovers()
    switch = Namespace("switch")
    switch.ip("link", "add", "switch", "type", "bridge")
    switch.ip("link", "set", "switch", "up")
    return switch


@pytest.fixture(scope="session")
def underlay(switch: Namespace) -> Iterator[list[Host]]:
    hosts = [Host(number, switch) for number in (1, 2, 3)]
    try:
        for host in hosts:
            host.start_agent()
        for host in hosts:
            host.wait_for_agent()
        yield hosts
    finally:
        for host in hosts:
            host.kill_agent()
        remove_leftovers()


@pytest.fixture
def servers(underlay: list[Host]) -> Iterator[list[Server]]:
    """A server on each host, all in one VXLAN network, with everything allowed."""
    made = [Server(f"server{number}", number, host) for number, host in enumerate(underlay, start=1)]
    for server in made:
        server.host.ask("protect", port=server.port, rules=ALLOW_ALL)
        assert server.host.ask("plug", network=NETWORK, device=server.tap, **VXLAN)
    for server in made:
        announce(server, underlay)
    yield made
    for server in made:
        server.delete()
    for host in underlay:
        host.ask("tidy")
