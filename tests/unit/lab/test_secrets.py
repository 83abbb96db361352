"""The secrets that tests look for are those that a deployment has."""

import re
import subprocess

from lab.paths import ROOT
from lab.secrets import NAMES, secrets_of

DERIVED = re.compile(r"\$\(secret ([a-z-]+)\)|^ +secret ([a-z-]+)$", re.MULTILINE)


def test_they_are_derived_as_containers_do_it() -> None:
    script = 'source deploy/container/secret.sh; for name; do echo "$name $(secret "$name")"; done'
    printed = subprocess.run(
        ["bash", "-c", script, "bash", *NAMES],
        env={"PASSWORDS": "of a test"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    derived = dict(line.split() for line in printed.splitlines())
    assert secrets_of("of a test") == {"PASSWORDS": "of a test"} | derived


def test_they_are_all_that_the_deployment_names() -> None:
    scripts = [file for file in (ROOT / "deploy").rglob("*") if file.is_file() and file.suffix != ".py"]
    named = {one or other for file in scripts for one, other in DERIVED.findall(file.read_text())}
    assert named == set(NAMES)
