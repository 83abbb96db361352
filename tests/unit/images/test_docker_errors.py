"""The build of images takes no error of Docker for an image or a store that is not there yet."""

from pathlib import Path

import pytest

from tests.unit.deploy.shell import DEPLOY, Shell

ROOT = DEPLOY.parent
STORE, OTHER = "dietstack-store-1-aaa", "dietstack-store-1-bbb"
FUNCTIONS = f"""
. {ROOT}/images/inputs.sh
. {ROOT}/images/machine/store.sh
RELEASE=1 BUILD_DIR=. SERVICE_IMAGES=(mariadb)
cd {ROOT}
"""
IMPATIENT = "sleep() { SECONDS=$((SECONDS + 60)); }"

# Volumes are the lines of a file, images have the label `made-of-this`; $FAILS is a command that fails.
DOCKER = """
[[ -z $FAILS || $* != $FAILS* ]] || { echo "Error response from daemon: no space left" >&2; exit ${WITH:-1}; }
echo "$*" >>"$HAS/calls"
case "$*" in
"image ls"*) [[ ! -e $HAS/image ]] || echo 5f2 ;;
"image inspect"*) echo made-of-this ;;
"volume ls"*) cat "$HAS/volumes" ;;
"volume rm "*) sed -i "/^$3\\$/d" "$HAS/volumes" ;;
"ps "*) [[ ! -e $HAS/used ]] || echo 1c7 ;;
"container inspect "*) echo "${RUNNING:-true}" ;;
esac
"""


@pytest.fixture
def build(tmp_path: Path) -> Shell:
    """A shell for the functions of the build, and a Docker that HAS nothing yet."""
    shell = Shell(
        state=tmp_path / "dietstack", fakes=tmp_path / "fakes", env={"HAS": str(tmp_path), "FAILS": ""}
    )
    shell.fake("docker", DOCKER)
    (tmp_path / "volumes").touch()
    return shell


def calls(tmp_path: Path) -> list[str]:
    file = tmp_path / "calls"
    return file.read_text().splitlines() if file.exists() else []


@pytest.mark.parametrize(("there", "answer"), [(False, "no"), (True, "yes")])
def test_an_image_is_made_of_its_label(build: Shell, tmp_path: Path, there: bool, answer: str) -> None:
    if there:
        (tmp_path / "image").touch()
    say = "is_made_of mariadb made-of-this && echo yes || echo no"
    assert build.output(f"{FUNCTIONS}\n{say}") == f"{answer}\n"


@pytest.mark.parametrize("fails", ["image ls", "image inspect"])
def test_a_docker_that_cannot_tell_ends_the_build(build: Shell, tmp_path: Path, fails: str) -> None:
    (tmp_path / "image").touch()
    for script in (
        "is_made_of mariadb made-of-this || echo built",
        "inputs=$(inputs_of mariadb); echo built",
    ):
        done = build.run(f"{FUNCTIONS}\n{script}", FAILS=fails)
        assert done.returncode != 0
        assert "built" not in done.stdout
        assert "no space left" in done.stderr


def test_a_store_is_complete_when_its_mark_is_there(build: Shell, tmp_path: Path) -> None:
    say = f"is_complete {STORE} && echo yes || echo no"
    assert build.output(f"{FUNCTIONS}\n{say}") == "no\n"
    (tmp_path / "volumes").write_text(f"{STORE}\n")
    assert build.output(f"{FUNCTIONS}\n{say}") == "yes\n"
    assert "no\n" in build.run(f"{FUNCTIONS}\n{say}", FAILS="run").stdout
    trouble = build.run(f"{FUNCTIONS}\n{say}", FAILS="run", WITH="125")
    assert (trouble.returncode, trouble.stdout) == (125, "")


@pytest.mark.parametrize("fails", ["rm", "volume ls", "volume rm", "exec"])
def test_what_cannot_be_made_anew_fails(build: Shell, tmp_path: Path, fails: str) -> None:
    (tmp_path / "volumes").write_text(f"{STORE}\n")
    done = build.run(f"{FUNCTIONS}\n{IMPATIENT}\nfill_store {STORE} dietstack/mariadb:1", FAILS=fails)
    assert done.returncode != 0
    assert "no space left" in done.stderr


def test_a_store_is_made_anew(build: Shell, tmp_path: Path) -> None:
    (tmp_path / "volumes").write_text(f"{STORE}\n")
    build.output(f"{FUNCTIONS}\nfill_store {STORE} dietstack/mariadb:1")
    made = calls(tmp_path)
    assert made[0] == f"rm --force --volumes {STORE}-filling"
    assert made[2:4] == [f"volume rm {STORE}", f"volume create --label dietstack.store=1 {STORE}"]
    assert made[-1] == f"rm --force --volumes {STORE}-filling"


@pytest.mark.parametrize(
    ("running", "words"),
    [
        ("true", "did not start within 60 s: Error response from daemon: no space left; see"),
        ("false", "ended"),
    ],
)
def test_a_docker_that_does_not_start_is_told_with_its_reason(build: Shell, running: str, words: str) -> None:
    done = build.run(f"{FUNCTIONS}\n{IMPATIENT}\nawait_docker_in filling", FAILS="exec", RUNNING=running)
    assert done.returncode == 1
    assert words in done.stderr
    assert done.stderr.endswith("see: docker logs filling\n")


def test_stores_that_nobody_uses_go(build: Shell, tmp_path: Path) -> None:
    (tmp_path / "volumes").write_text(f"{OTHER}\n{STORE}\n")
    (tmp_path / "used").touch()
    build.output(f"{FUNCTIONS}\nremove_stores_but {STORE}")
    assert (tmp_path / "volumes").read_text() == f"{OTHER}\n{STORE}\n"
    (tmp_path / "used").unlink()
    assert build.run(f"{FUNCTIONS}\nremove_stores_but {STORE}", FAILS="volume rm").returncode == 1
    build.output(f"{FUNCTIONS}\nremove_stores_but {STORE}")
    assert (tmp_path / "volumes").read_text() == f"{STORE}\n"
