"""Servers of the cloud ask the host's name servers, apart from those that only the host itself can ask."""

from pathlib import Path

import pytest

from tests.unit.deploy.shell import Shell

STUB = "# of systemd-resolved\nnameserver 127.0.0.53\noptions edns0\n"
OUTSIDE = "search lan\nnameserver 192.0.2.53\n"


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    """The host's file of name servers and that of systemd-resolved; neither is there."""
    return tmp_path / "resolv.conf", tmp_path / "resolved.conf"


def with_files(files: tuple[Path, Path], script: str) -> str:
    resolv_conf, resolved_conf = files
    return f"load_settings; RESOLV_CONF={resolv_conf} RESOLVED_CONF={resolved_conf}; {script}"


def usable(shell: Shell, files: tuple[Path, Path]) -> str:
    return shell.output(with_files(files, "usable_resolv_conf || true")).strip()


def notes(shell: Shell, files: tuple[Path, Path], **settings: str) -> str:
    checked = shell.run(with_files(files, "check_name_servers"), **settings)
    assert (checked.returncode, checked.stdout) == (0, "")
    return checked.stderr


@pytest.mark.parametrize("also", ["", STUB])
def test_the_hosts_own_servers_are_asked(shell: Shell, files: tuple[Path, Path], also: str) -> None:
    resolv_conf, resolved_conf = files
    resolv_conf.write_text(also + OUTSIDE)
    resolved_conf.write_text(OUTSIDE)
    assert usable(shell, files) == str(resolv_conf)
    assert notes(shell, files) == ""


@pytest.mark.parametrize("address", ["127.0.0.53", "127.0.0.1", "::1"])
def test_those_behind_systemd_resolved_are_asked_instead_of_it(
    shell: Shell, files: tuple[Path, Path], address: str
) -> None:
    resolv_conf, resolved_conf = files
    resolv_conf.write_text(f"nameserver {address}\n")
    resolved_conf.write_text(OUTSIDE)
    assert usable(shell, files) == str(resolved_conf)
    assert notes(shell, files) == ""


@pytest.mark.parametrize("resolved", [None, STUB, "nameserver fe80::1%eth0\n"])
def test_a_host_with_none_that_they_could_ask_is_told(
    shell: Shell, files: tuple[Path, Path], resolved: str | None
) -> None:
    resolv_conf, resolved_conf = files
    resolv_conf.write_text(STUB)
    if resolved:
        resolved_conf.write_text(resolved)
    assert usable(shell, files) == ""
    assert notes(shell, files).startswith(f"note: {resolv_conf} names only 127.0.0.53, ")
    assert notes(shell, files, CONTROL_NODE="false") == ""


def test_a_host_without_any_is_not(shell: Shell, files: tuple[Path, Path]) -> None:
    files[0].write_text("search lan\n")
    assert usable(shell, files) == ""
    assert notes(shell, files) == ""
