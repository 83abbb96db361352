"""The documentation says only what is so: names in it are those of the code, links lead somewhere."""

import os
import re
import shlex
import subprocess
from fnmatch import fnmatch
from xml.etree import ElementTree

import pytest
import typer

from lab.cli.app import app
from tests.bench.measurement import LIMITS
from tests.unit.docs import lab_picture, repository
from tests.unit.docs.markdown import Document
from tests.unit.docs.repository import ROOT

MANUAL = [Document(path) for path in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))]
# Read in a terminal, on the class board or on PyPI as well, where nothing of the repository can be linked to.
READ_ELSEWHERE = [
    Document(path) for folder in ("networking", "scenarios") for path in sorted((ROOT / folder).rglob("*.md"))
]
DOCUMENTS = MANUAL + READ_ELSEWHERE
ARCHITECTURE = Document(ROOT / "docs/architecture.md")
SETTINGS = Document(ROOT / "docs/settings.md")
PERFORMANCE = Document(ROOT / "docs/performance.md")
DSLAB = typer.main.get_command(app)

# A path with a folder in it, or a file by its ending; of this repository, not of the machine or the network.
FILE = r"(?:\./)?[a-z_.][\w.*-]*(?:/[\w.*-]+)*(?:/|\.(?:sh|py|ini|toml|md|svg))"
BELOW_A_FOLDER = r"[a-z][\w-]*(?:/[\w.*-]+)+"
PATH = re.compile(f"{FILE}|{BELOW_A_FOLDER}")
ELSEWHERE = ("dietstack/", ".venv/", "build/", "reports/", "ml2_conf.ini")  # Docker's, made here, Neutron's
OUR_CONTAINER = re.compile(r"\bdietstack-[a-z][a-z0-9-]*\b(?!\.(?:service|list)\b)")
NO_CONTAINERS = {"dietstack-admin", "dietstack-demo", "dietstack-net", "dietstack-lab"}
ASSIGNED = re.compile(r"\b([A-Z][A-Z_]+)=\S* (?:\w+=\S* )*\./runds\.sh")


def name_of(document: Document) -> str:
    """Where DOCUMENT is in the repository."""
    return str(document.path.relative_to(ROOT))


each_document = pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)


@each_document
def test_links_lead_somewhere(document: Document) -> None:
    for link in document.links:
        target, _, anchor = link.partition("#")
        if "://" in target:
            continue
        path = document.path.parent / target if target else document.path
        assert path.exists(), link
        if anchor:
            assert anchor in Document(path).anchors, link


@pytest.mark.parametrize("document", READ_ELSEWHERE, ids=name_of)
def test_what_is_read_elsewhere_needs_no_link_into_the_repository(document: Document) -> None:
    assert [link for link in document.links if "://" not in link] == []


@each_document
def test_paths_are_there(document: Document) -> None:
    named = [span for code in document.code for span in code.split() if PATH.fullmatch(span)]
    missing = [path for path in named if not path.startswith(ELSEWHERE) and not is_there(path)]
    assert missing == []


def is_there(path: str) -> bool:
    """Whether PATH, which may have a `*` and leave out the folders before, is one of the repository's."""
    path = path.removeprefix("./").rstrip("/")
    return any(fnmatch(file, path) or fnmatch(file, f"*/{path}") for file in repository.files())


@each_document
def test_make_targets_are_there(document: Document) -> None:
    named = {target for code in document.code for target in re.findall(r"\bmake ([a-z-]+)", code)}
    assert named <= repository.make_targets()


def test_tox_environments_are_those_documented() -> None:
    code = "\n".join(code for document in DOCUMENTS for code in document.code)
    assert set(re.findall(r"\b(?:tox|tox\.sh) -e ([a-z-]+)", code)) == repository.tox_environments()


@each_document
def test_containers_are_there(document: Document) -> None:
    named = {name for code in document.code for name in OUR_CONTAINER.findall(code)}
    assert named - NO_CONTAINERS <= set(repository.containers())


@each_document
def test_commands_are_bash(document: Document) -> None:
    for block in document.blocks:
        parsed = subprocess.run(
            ["bash", "-n"], input=block.script, capture_output=True, text=True, check=False
        )
        assert (parsed.returncode, parsed.stderr) == (0, ""), block.script


@each_document
def test_programs_can_be_run(document: Document) -> None:
    scripts = "\n".join(block.script for block in document.blocks)
    for program in re.findall(r"^(?:sudo )?(\./\S+|\.?[a-z]+/\S+)", scripts, re.MULTILINE):
        assert os.access(ROOT / program, os.X_OK), program


@each_document
def test_dslab_knows_what_is_typed(document: Document) -> None:
    lines = [line for code in document.code for line in code.splitlines()]
    typed = [shlex.split(line, comments=True) for line in lines if re.match(r"(\./)?dslab ", line)]
    assert [(words, unknown) for words in typed if (unknown := unknown_to_dslab(words[1:]))] == []


def unknown_to_dslab(words: list[str]) -> list[str]:
    """The first of WORDS if it is no command of dslab, and the options that the command does not have."""
    command = DSLAB
    while isinstance(command, typer.core.TyperGroup) and words and re.match("[a-z]", words[0]):
        name, *words = words
        if name not in command.commands:
            return [name]
        command = command.commands[name]
    if command.context_settings.get("ignore_unknown_options"):  # they are another program's
        return []
    options = {option for parameter in command.params for option in parameter.opts} | {"--help"}
    return [word for word in words if word.startswith("-") and word not in options]


@each_document
def test_settings_given_to_a_deployment_are_settings(document: Document) -> None:
    named = {name for block in document.blocks for name in ASSIGNED.findall(block.script)}
    assert named <= set(repository.settings())


def test_every_document_is_reached_from_the_readme() -> None:
    linked = {link.partition("#")[0] for link in MANUAL[0].links}
    assert set(map(name_of, MANUAL[1:])) <= linked


def test_settings_are_those_of_the_code() -> None:
    rows = SETTINGS.rows("setting", "default", "meaning")
    documented = {name.strip("`"): default.strip("`") for name, default, _ in rows}
    words = {name: default or "empty" for name, default in repository.settings().items()}
    assert documented == words | {"PASSWORDS": "random"}


def test_ports_are_those_that_the_services_declare() -> None:
    rows = ARCHITECTURE.rows("port", "service", "for", "on")
    assert {(port, service.strip("`")) for port, service, _, _ in rows} == repository.ports()


def test_containers_are_those_that_the_services_declare() -> None:
    rows = ARCHITECTURE.rows("container", "what it does", "image", "node")
    documented = {name.strip("`"): (image, node) for name, _, image, node in rows}
    assert documented == repository.containers()


def test_packages_are_those_that_are_installed() -> None:
    rows = Document(ROOT / "docs/install.md").rows("packages", "for")
    documented = {name for names, _ in rows for name in re.findall(r"`(\S+)`", names)}
    assert documented == repository.packages() | {"docker.io", "docker-cli", "apparmor"}


def test_state_is_all_that_containers_keep() -> None:
    rows = ARCHITECTURE.rows("in `/srv/dietstack`", "")
    documented = {name for names, _ in rows for name in re.findall(r"`(\S+)`", names)}
    services = "\n".join(file.read_text() for file in (ROOT / "deploy/services").glob("*/service.sh"))
    assert set(re.findall(r'-v "\$STATE_DIR/([^/:]+)', services)) <= documented


def test_chains_have_the_name_of_neutrons_agents() -> None:
    """Neutron has 16 characters of a program's name for them; the test of that page plays the agents."""
    named = re.compile(r'^sys\.argv\[0\] = "(.+?)"', re.MULTILINE)
    (name,) = named.findall((ROOT / "deploy/services/neutron/agents_family.py").read_text())
    assert named.findall((ROOT / "tests/functional/networking/node.py").read_text()) == [name]
    chains = re.findall(r"iptables -S (\S+?)-[io]\d", (ROOT / "docs/networking.md").read_text())
    assert set(chains) == {name[:16]}


def test_budgets_are_those_of_the_benchmark() -> None:
    rows = PERFORMANCE.rows("", "budget", "measured", "")
    assert {row[0]: row[1] for row in rows} == {
        str(budget): f"{limit:g} {unit}" for budget, (limit, unit) in LIMITS.items()
    }


def test_the_picture_of_a_lab_is_what_is_drawn_now() -> None:
    drawn = lab_picture.drawn()
    assert drawn == lab_picture.FILE.read_text(), "run python -m tests.unit.docs.lab_picture"


def test_pictures_are_well_formed() -> None:
    for picture in (ROOT / "docs").glob("*.svg"):
        assert ElementTree.parse(picture).getroot().tag.endswith("svg")  # noqa: S314  it is ours
