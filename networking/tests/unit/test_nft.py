import pytest

from networking_linuxbridge import nft


@pytest.fixture
def program(monkeypatch, tmp_path):
    """Play nft by a shell script."""

    def plays(script):
        path = tmp_path / "nft"
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
        monkeypatch.setattr(nft, "_PROGRAM", str(path))

    return plays


def test_rules_go_in_by_one_call(program, tmp_path):
    program(f'echo "$@" >>{tmp_path}/calls; cat >>{tmp_path}/calls')
    nft.apply("add table\nadd chain\n")
    assert (tmp_path / "calls").read_text() == "--file -\nadd table\nadd chain\n"


def test_a_refusal_says_why(program):
    program("echo 'Error: syntax error' >&2; exit 1")
    with pytest.raises(nft.RefusedError, match="syntax error"):
        nft.apply("nonsense")


def test_a_missing_program_is_said(monkeypatch):
    monkeypatch.setattr(nft, "_PROGRAM", "/nowhere/nft")
    with pytest.raises(nft.RefusedError, match="install nftables"):
        nft.apply("")


@pytest.mark.parametrize(
    ("kind", "elements", "found"),
    [
        ("map", '"elem": [["tap1", {"goto": {"target": "tap1"}}], ["tap2", {}]]', {"tap1", "tap2"}),
        ("set", '"elem": ["tap1", "tap2"]', {"tap1", "tap2"}),
        ("set", '"type": "ifname"', set()),
    ],
)
def test_elements_are_read(program, kind, elements, found):
    program(f"""echo '{{"nftables": [{{"metainfo": {{}}}}, {{"{kind}": {{{elements}}}}}]}}'""")
    assert nft.devices_in(kind, "bridge", "linuxbridge", "senders") == found


def test_a_map_that_is_not_there_is_none(program):
    program("echo 'Error: No such file or directory' >&2; exit 1")
    assert nft.devices_in("map", "bridge", "linuxbridge", "senders") is None


def test_another_failure_to_read_is_no_empty_map(program):
    program("echo 'Error: Operation not permitted' >&2; exit 1")
    with pytest.raises(nft.RefusedError):
        nft.devices_in("map", "bridge", "linuxbridge", "senders")
