"""What is no image is refused before anything is built."""

import subprocess

import pytest

from tests.unit.deploy.shell import DEPLOY

BUILD = DEPLOY.parent / "images/build.sh"


@pytest.mark.parametrize("name", ["offline", "no-such-image"])
def test_a_name_that_no_image_has_is_refused(name: str) -> None:
    done = subprocess.run([BUILD, "base", name], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    images = done.stderr.removeprefix(f"refused: image {name} is not known: there are ").split()
    assert images[:3] == ["base", "box", "guest"]
    assert "offline" not in images
