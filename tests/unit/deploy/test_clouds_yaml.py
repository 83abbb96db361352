"""clouds.yaml: for root alone from its first byte on, and always the file that a container has mounted."""

from tests.unit.deploy.shell import DEPLOY, Shell

WRITE = f". {DEPLOY}/stages/state.sh; load_settings; make_state"


def test_it_is_for_root_only_whatever_it_was(shell: Shell) -> None:
    shell.output(f"umask 022; {WRITE}", PASSWORDS="of-the-cloud")
    clouds = shell.state / "clouds.yaml"
    assert "password: 'of-the-cloud'" in clouds.read_text()
    assert "auth_url: http://192.168.99.1:5000/v3" in clouds.read_text()
    assert clouds.stat().st_mode & 0o777 == 0o600
    clouds.chmod(0o644)
    shell.output(f"umask 022; {WRITE}", PASSWORDS="of-the-cloud")
    assert clouds.stat().st_mode & 0o777 == 0o600


def test_it_is_closed_before_anything_is_in_it(shell: Shell) -> None:
    shell.fake("cmp", f"stat --format '%a %s' {shell.state}/clouds.yaml >{shell.state}/seen; exit 1")
    shell.output(f"umask 022; {WRITE}", PASSWORDS="of-the-cloud")
    assert (shell.state / "seen").read_text() == "600 0\n"


def test_one_that_became_a_directory_is_made_anew(shell: Shell) -> None:
    (shell.state / "clouds.yaml").mkdir(parents=True)
    shell.output(WRITE, PASSWORDS="of-the-cloud")
    assert "of-the-cloud" in (shell.state / "clouds.yaml").read_text()


def test_what_cannot_be_replaced_leaves_no_password_behind(shell: Shell) -> None:
    (shell.state / "clouds.yaml/mine").mkdir(parents=True)
    assert shell.run(WRITE, PASSWORDS="of-the-cloud").returncode == 1
    assert not (shell.state / "clouds.yaml.new").exists()


def test_a_changed_password_changes_the_file_in_its_place(shell: Shell) -> None:
    shell.output(WRITE, PASSWORDS="of-the-cloud")
    before = (shell.state / "clouds.yaml").stat().st_ino
    shell.output(WRITE, PASSWORDS="of-tomorrow")
    assert (shell.state / "clouds.yaml").stat().st_ino == before
    assert "of-the-cloud" not in (shell.state / "clouds.yaml").read_text()
