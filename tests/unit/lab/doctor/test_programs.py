"""Vagrant, its plugin, libvirt, Docker: absent, too old, silent, or well."""

from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest

from lab.doctor import docker, libvirt, vagrant
from lab.doctor.command import NOT_FOUND, TIMED_OUT, Answer, ask
from lab.doctor.docker import check_docker, check_machine_image
from lab.doctor.finding import Finding
from lab.doctor.libvirt import check_box, check_libvirt
from lab.doctor.vagrant import check_plugin, check_vagrant

NOWHERE = Path("/nowhere")
CHECKS = [
    check_vagrant,
    check_plugin,
    lambda: check_libvirt(NOWHERE),
    check_docker,
    lambda: check_box(NOWHERE),
    lambda: check_machine_image("dietstack/machine:1", NOWHERE),
]
LIBVIRT = CHECKS[2]
PLUGINS = "vagrant-libvirt (0.11.2, system)\nvagrant-other (1.0.0)"


def answer(monkeypatch: pytest.MonkeyPatch, status: int, text: str) -> None:
    """Every program answers with STATUS and TEXT."""
    for module in (docker, libvirt, vagrant):
        monkeypatch.setattr(module, "ask", lambda *_command, **_options: Answer(status, text))


@pytest.mark.parametrize("check", CHECKS)
def test_what_is_not_there_blocks_and_is_installed_by_one_command(
    monkeypatch: pytest.MonkeyPatch, check: Callable[[], Finding]
) -> None:
    answer(monkeypatch, NOT_FOUND, "it is not installed")
    finding = check()
    assert not finding.ok
    assert finding.blocks
    assert finding.mend


@pytest.mark.parametrize("check", [check_vagrant, check_plugin])
def test_a_vagrant_that_is_slow_is_not_called_absent(
    monkeypatch: pytest.MonkeyPatch, check: Callable[[], Finding]
) -> None:
    answer(monkeypatch, TIMED_OUT, "vagrant did not answer within 20 s")
    assert check().found == "vagrant did not answer within 20 s"


@pytest.mark.parametrize(
    ("check", "text", "ok"),
    [
        (check_vagrant, "Vagrant 2.3.4", True),
        (check_vagrant, "Vagrant 2.2.19", False),
        (check_vagrant, "Vagrant", False),
        (check_plugin, PLUGINS, True),
        (check_plugin, PLUGINS.replace("0.11.2", "0.9.0"), False),
        (check_plugin, "No plugins installed.", False),
        (LIBVIRT, "Using library: libvirt 9.0.0\nRunning against daemon: 9.0.0", True),
        (LIBVIRT, "Using library: libvirt 9.0.0\nRunning against daemon: 8.9.0", False),
    ],
)
def test_versions(monkeypatch: pytest.MonkeyPatch, check: Callable[[], Finding], text: str, ok: bool) -> None:
    answer(monkeypatch, 0, text)
    assert check().ok == ok


@pytest.mark.parametrize("plugins", ["No plugins installed.", PLUGINS.replace("0.11.2", "0.9.0")])
@pytest.mark.parametrize(
    ("policy", "mend"),
    [
        ("vagrant-libvirt:\n  Candidate: 0.11.2-1", "sudo ./install_requirements.sh --lab"),
        ("vagrant-libvirt:\n  Candidate: (none)", vagrant.FROM_ITS_MAKERS),
        ("", vagrant.FROM_ITS_MAKERS),  # of what apt has never heard it says nothing
    ],
)
def test_a_plugin_without_a_package_is_had_from_its_makers(
    monkeypatch: pytest.MonkeyPatch, plugins: str, policy: str, mend: str
) -> None:
    def answer(*command: str, **_options: float) -> Answer:
        return Answer(0, plugins if command[0] == "vagrant" else policy)

    monkeypatch.setattr(vagrant, "ask", answer)
    assert check_plugin().mend == mend


@pytest.mark.parametrize("check", [LIBVIRT, check_docker])
def test_a_daemon_that_does_not_answer_is_started(
    monkeypatch: pytest.MonkeyPatch, check: Callable[[], Finding]
) -> None:
    answer(monkeypatch, 1, "warning\nerror: no such socket")
    finding = check()
    assert "error: no such socket" in finding.found
    assert "install_requirements.sh" in finding.mend  # which starts what does not run


@pytest.mark.parametrize(
    ("check", "says", "group"),
    [
        (LIBVIRT, "error: Failed to connect socket to '/run/libvirt-sock': Permission denied", "libvirt"),
        (LIBVIRT, "error: authentication unavailable: no polkit agent available", "libvirt"),
        (check_docker, "permission denied while trying to connect to the Docker daemon socket", "docker"),
    ],
)
def test_a_user_whom_a_daemon_does_not_let_in_joins_its_group(
    monkeypatch: pytest.MonkeyPatch, check: Callable[[], Finding], says: str, group: str
) -> None:
    answer(monkeypatch, 1, says)
    assert check().mend == f'sudo usermod -aG {group} "$USER"  # then log in anew'


@pytest.mark.parametrize(("storage", "ok"), [("overlay2", True), ("overlayfs", False), ("btrfs", False)])
def test_a_docker_whose_machines_cannot_be_saved_is_noted(
    monkeypatch: pytest.MonkeyPatch, storage: str, ok: bool
) -> None:
    def answer(*command: str) -> Answer:
        return Answer(0, storage if "info" in command else "26.1.5")

    monkeypatch.setattr(docker, "ask", answer)
    finding = check_docker()
    assert (finding.ok, finding.blocks, storage in finding.found) == (ok, frozenset(), not ok)
    assert "26.1.5" in finding.found


@pytest.mark.parametrize(
    ("started", "ok", "words"),
    [
        (Answer(0, ""), True, "a machine starts"),
        (
            Answer(1, "error: operation failed: domain 'dietstack-doctor' already exists with uuid 1"),
            True,
            "",
        ),
        (Answer(1, "error: Failed to create domain\nerror: no virtlogd"), False, "error: no virtlogd"),
        (Answer(TIMED_OUT, "virsh did not answer within 15 s"), False, "within 15 s"),
    ],
)
def test_libvirt_has_to_start_a_machine(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, started: Answer, ok: bool, words: str
) -> None:
    asked: list[str] = []

    def answer(*command: str, **_options: float) -> Answer:
        if "create" not in command:
            return Answer(0, "Running against daemon: 9.0.0")
        asked.extend(command)
        asked.append(Path(command[-1]).read_text())
        return started

    monkeypatch.setattr(libvirt, "ask", answer)
    finding = check_libvirt(NOWHERE, tmp_path / "systemd")
    assert (finding.ok, bool(finding.blocks)) == (ok, not ok)
    assert "version 9.0.0" in finding.found
    assert words in finding.found
    assert {"--paused", "--autodestroy"} <= set(asked)
    assert ElementTree.fromstring(asked[-1]).findtext("name") == "dietstack-doctor"  # noqa: S314  it is ours
    (tmp_path / "systemd").touch()
    mends = ("", "") if ok else ("sudo ./install_requirements.sh --lab", "sudo systemctl restart libvirtd")
    assert (finding.mend, check_libvirt(NOWHERE, tmp_path / "systemd").mend) == mends


def test_qemu_has_to_get_to_the_kernel_that_machines_boot(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    home = tmp_path / "a home"
    boots = home / "dietstack/box"
    boots.mkdir(parents=True)
    (boots / "vmlinuz").touch()
    for directory, mode in ((tmp_path, 0o755), (home, 0o750), (boots.parent, 0o755), (boots, 0o755)):
        directory.chmod(mode)
    denied = f"could not open kernel file '{boots}/vmlinuz': Permission denied"
    asked: list[str] = []

    def answer(*command: str, **_options: float) -> Answer:
        if "create" not in command:
            return Answer(0, "Running against daemon: 9.0.0")
        asked.append(Path(command[-1]).read_text())
        return Answer(1, f"error: Failed to create domain\n{denied}")

    monkeypatch.setattr(libvirt, "ask", answer)
    finding = check_libvirt(boots, tmp_path / "systemd")
    machine = ElementTree.fromstring(asked[0])  # noqa: S314  it is ours
    assert [machine.findtext(f"os/{what}") for what in ("kernel", "initrd")] == [
        *(f"{boots}/vmlinuz", f"{boots}/initrd")
    ]
    assert denied in finding.found
    assert finding.blocks
    assert str(home) in finding.mend
    assert finding.mend.startswith("sudo chmod o+x '")
    assert "box" not in finding.mend


def test_programs_are_really_asked() -> None:
    assert ask("sh", "-c", "echo ' words '; exit 3") == Answer(3, "words")
    assert ask("no-such-program").status == NOT_FOUND
    assert ask("sleep", "60", within=0.05).status == TIMED_OUT


def test_what_machines_are_made_of(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    answer(monkeypatch, 0, "")
    assert not check_machine_image("dietstack/machine:1", tmp_path / "store").ok
    (tmp_path / "store").write_text("dietstack-store\n")
    assert check_machine_image("dietstack/machine:1", tmp_path / "store").ok
    (tmp_path / "machine.box").touch()
    assert check_box(tmp_path / "machine.box").ok
