"""apt is told of an offline bundle's packages wherever it was unpacked, and of none that it cannot read."""

from pathlib import Path

from tests.unit.deploy.shell import DEPLOY, Shell

USE = DEPLOY.parent / "images/offline/use"


def call(function: str, tmp_path: Path) -> str:
    """A call of a function of it, in a folder whose name has a blank."""
    folder = tmp_path / "a b"
    folder.mkdir()
    known = f"eval \"$(sed -n '/^{function}/,/^}}/p' {USE})\""
    return f"cd '{folder}'; OFFLINE=build APT_SOURCE={tmp_path}/source.list; {known}; {function}"


def offer(tmp_path: Path) -> str:
    return call("offer_packages", tmp_path)


def test_a_folder_with_a_blank(shell: Shell, tmp_path: Path) -> None:
    shell.fake("apt-get", "exit 0")
    shell.output(offer(tmp_path))
    source = f"deb [trusted=yes] file:{tmp_path}/a%20b/build/packages ./\n"
    assert (tmp_path / "source.list").read_text() == source


def test_what_apt_cannot_read_does_not_stay(shell: Shell, tmp_path: Path) -> None:
    shell.fake("apt-get", "exit 100")
    assert shell.run(offer(tmp_path)).returncode == 1
    assert not (tmp_path / "source.list").exists()


def test_a_bundle_where_apt_may_not_read_is_refused(shell: Shell, tmp_path: Path) -> None:
    shell.fake("id", "echo 65534")
    asked = "--reuid _apt --regid 65534 --clear-groups test -r build/SHA256SUMS"
    shell.fake("setpriv", f'[[ "$*" == "{asked}" ]] && exit 1')
    done = shell.run(f"source {DEPLOY}/messages.sh; {call('check_place', tmp_path)}")
    assert done.returncode == 2
    assert f"lies in {tmp_path}/a b, which the user _apt may not read: unpack it" in done.stderr
