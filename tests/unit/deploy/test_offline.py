"""apt is told of an offline bundle's packages wherever it was unpacked, and of none that it cannot read."""

from pathlib import Path

from tests.unit.deploy.shell import DEPLOY, Shell

USE = DEPLOY.parent / "images/offline/use"


def offer(tmp_path: Path) -> str:
    """What gives apt the packages, in a folder whose name has a blank."""
    folder = tmp_path / "a b"
    folder.mkdir()
    function = f"eval \"$(sed -n '/^offer_packages/,/^}}/p' {USE})\""
    return f"cd '{folder}'; OFFLINE=build APT_SOURCE={tmp_path}/source.list; {function}; offer_packages"


def test_a_folder_with_a_blank(shell: Shell, tmp_path: Path) -> None:
    shell.fake("apt-get", "exit 0")
    shell.output(offer(tmp_path))
    source = f"deb [trusted=yes] file:{tmp_path}/a%20b/build/packages ./\n"
    assert (tmp_path / "source.list").read_text() == source


def test_what_apt_cannot_read_does_not_stay(shell: Shell, tmp_path: Path) -> None:
    shell.fake("apt-get", "exit 100")
    assert shell.run(offer(tmp_path)).returncode == 1
    assert not (tmp_path / "source.list").exists()
