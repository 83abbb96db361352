"""install_requirements.sh asks for what is missing, respects Docker if there, starts no service."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.unit.deploy.shell import DEPLOY, Shell

SCRIPT = DEPLOY.parent / "install_requirements.sh"
SOURCES = "\n".join(f". {source}" for source in sorted((DEPLOY / "requirements").glob("*.sh")))

BY_HAND = "systemd_runs() { false; }"


@pytest.fixture
def machine(shell: Shell, tmp_path: Path) -> Shell:
    """A machine that has every package but those in `missing`; apt's calls are noted in `calls`."""
    shell.fake("dpkg-query", f'grep -qx "${{@: -1}}" {tmp_path}/missing || echo installed')
    shell.fake(
        "apt-cache",
        f'grep -qx "$2" {tmp_path}/available && echo "  Candidate: 1.0" || echo "  Candidate: (none)"',
    )
    shell.fake(
        "apt-get",
        f'cd {tmp_path}; echo "$@" >> calls; [[ ! -e policy-rc.d ]] || ./policy-rc.d dnsmasq start'
        " || echo denied >> calls",
    )
    shell.fake("docker", "echo 20.10.24")
    for name in ("missing", "available", "calls"):
        (tmp_path / name).touch()
    return shell


def run(machine: Shell, tmp_path: Path, script: str) -> list[str]:
    """Run SCRIPT; what apt-get was asked to do, an item for each call."""
    machine.output(
        f"{SOURCES}\nPOLICY={tmp_path}/policy-rc.d\nneeds_apparmor() {{ false; }}\n{script} >/dev/null"
    )
    return (tmp_path / "calls").read_text().splitlines()


def test_nothing_is_asked_of_apt_when_all_is_there(machine: Shell, tmp_path: Path) -> None:
    assert run(machine, tmp_path, "install_packages; start_docker; install_image_builder") == []


def test_only_what_is_missing_is_installed_and_no_service_starts(machine: Shell, tmp_path: Path) -> None:
    (tmp_path / "missing").write_text("ipset\nmmdebstrap\n")
    update, install, denied = run(machine, tmp_path, "install_packages")
    assert update.startswith("update ")
    assert install.startswith("install --yes ")
    assert "--no-install-recommends" in install
    assert install.endswith(" ipset mmdebstrap")
    assert denied == "denied"
    assert not (tmp_path / "policy-rc.d").exists()


@pytest.mark.parametrize(("left_by_a_kill", "missing"), [(False, "ipset\n"), (True, "ipset\n"), (True, "")])
def test_a_persons_own_policy_comes_back(
    machine: Shell, tmp_path: Path, left_by_a_kill: bool, missing: str
) -> None:
    policy = tmp_path / "policy-rc.d"
    policy.write_text("#!/bin/sh\nexit 104\n")
    policy.chmod(0o755)
    if left_by_a_kill:
        machine.run(f"{SOURCES}\nPOLICY={policy}\nkeep_services_from_starting; kill -KILL $$")
        assert "101" in policy.read_text()
    (tmp_path / "missing").write_text(missing)
    run(machine, tmp_path, "install_packages")
    assert policy.read_text() == "#!/bin/sh\nexit 104\n"
    assert [path.name for path in tmp_path.glob("policy*")] == ["policy-rc.d"]


def test_the_policy_goes_when_apt_fails(machine: Shell, tmp_path: Path) -> None:
    (tmp_path / "missing").write_text("ipset\n")
    machine.fake("apt-get", "[[ $1 != install ]] || exit 100")
    result = machine.run(
        f"{SOURCES}\nPOLICY={tmp_path}/policy-rc.d\nneeds_apparmor() {{ false; }}\ninstall_packages"
    )
    assert (result.returncode, result.stderr) == (1, "failed: apt-get could not install: ipset\n")
    assert not (tmp_path / "policy-rc.d").exists()


@pytest.mark.parametrize(
    ("client_is_a_package", "packages"), [(False, "docker.io"), (True, "docker.io docker-cli")]
)
def test_docker_is_installed_where_there_is_none(
    machine: Shell, tmp_path: Path, client_is_a_package: bool, packages: str
) -> None:
    (tmp_path / "available").write_text("docker-cli\n" if client_is_a_package else "")
    calls = run(machine, tmp_path, "has_docker() { false; }; install_packages")
    assert calls[1].endswith(f"-o Dpkg::Use-Pty=0 {packages}")


def test_a_docker_that_works_is_left_alone(machine: Shell, tmp_path: Path) -> None:
    machine.fake("docker", "exit 0")
    assert run(machine, tmp_path, "type() { [[ $2 == docker ]]; }; install_packages; start_docker") == []


def test_a_daemon_without_a_client_is_no_docker(machine: Shell, tmp_path: Path) -> None:
    calls = run(machine, tmp_path, "type() { [[ $2 == dockerd ]]; }; install_packages")
    assert calls[1].endswith(" docker.io")


VAGRANT = "want_lab_packages; install_packages"


def test_a_lab_needs_vagrant(machine: Shell, tmp_path: Path) -> None:
    (tmp_path / "missing").write_text("vagrant\nvagrant-libvirt\nrsync\n")
    (tmp_path / "available").write_text("vagrant\nvagrant-libvirt\n")
    calls = run(machine, tmp_path, VAGRANT)
    assert calls[1].endswith(" rsync vagrant vagrant-libvirt")


def test_a_vagrant_that_is_no_package_of_the_system_will_do(machine: Shell, tmp_path: Path) -> None:
    (tmp_path / "missing").write_text("vagrant\nvagrant-libvirt\nrsync\n")
    machine.fake("vagrant", "exit 0")
    assert run(machine, tmp_path, VAGRANT)[1].endswith(" rsync")


def test_where_there_is_no_vagrant_to_be_had_nothing_is_installed(machine: Shell, tmp_path: Path) -> None:
    (tmp_path / "missing").write_text("vagrant\nvagrant-libvirt\nrsync\n")
    result = machine.run(f"{SOURCES}\ntype() {{ return 1; }}\n{VAGRANT}")
    assert result.returncode == 2
    assert result.stderr.startswith(
        "refused: --lab: the package lists of this system have no vagrant; install"
    )
    assert (tmp_path / "calls").read_text().startswith("update ")
    assert "install" not in (tmp_path / "calls").read_text()


def test_apparmors_parser_where_the_kernel_wants_it(machine: Shell, tmp_path: Path) -> None:
    calls = run(machine, tmp_path, "needs_apparmor() { true; }; install_packages")
    assert calls[1].endswith(" apparmor")


def test_buildx_for_a_client_that_needs_it(machine: Shell, tmp_path: Path) -> None:
    machine.fake("docker", "[[ $1 == version ]] && echo 26.1.5")
    (tmp_path / "available").write_text("docker-buildx\n")
    # The path of the second client, which this machine may have.
    calls = run(machine, tmp_path, "has_image_builder() { false; }; install_image_builder")
    assert calls[1].endswith(" docker-buildx")


def test_no_buildx_to_be_had(machine: Shell) -> None:
    result = machine.run(f"{SOURCES}\nhas_image_builder() {{ false; }}; install_image_builder")
    assert result.returncode == 1
    assert "install Docker's buildx plug-in" in result.stderr


@pytest.mark.parametrize("version", ["20.10.24", "26.1.5"])
def test_clients_that_can_build(machine: Shell, version: str) -> None:
    builds = "exit 1" if version.startswith("20.10") else "exit 0"
    machine.fake("docker", f"[[ $1 == version ]] || {builds}; echo {version}")
    machine.output(f"{SOURCES}\nhas_image_builder")


def test_docker_is_started_by_hand_and_awaited(machine: Shell, tmp_path: Path) -> None:
    machine.fake("docker", f"[[ -e {tmp_path}/started ]]")
    machine.fake("dockerd", f"echo starting; sleep 0.3; touch {tmp_path}/started; sleep 1")
    log = tmp_path / "dockerd.log"
    shown = machine.output(f"{SOURCES}\n{BY_HAND}\nDAEMON_LOGS={tmp_path}\nstart_docker")
    assert shown == "Starting Docker\n"
    assert (tmp_path / "started").exists()
    assert log.read_text() == "starting\n"


def test_a_dockerd_that_ends_is_told_at_once(machine: Shell, tmp_path: Path) -> None:
    machine.fake("docker", "exit 1")
    machine.fake("dockerd", "echo no cgroups here >&2; exit 1")
    log = tmp_path / "dockerd.log"
    result = machine.run(f"{SOURCES}\n{BY_HAND}\nDAEMON_LOGS={tmp_path}\nstart_docker")
    assert (result.returncode, result.stderr) == (1, f"failed: dockerd ended: no cgroups here; see {log}\n")


@pytest.mark.parametrize("script", [SCRIPT, DEPLOY.parent / "destroyds.sh"])
def test_an_argument_that_is_not_known_is_refused(script: Path) -> None:
    result = subprocess.run([script, "--frobnicate"], capture_output=True, text=True, check=False)
    assert result.returncode == 2
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1
    assert "'--frobnicate'" in result.stderr


def test_help_of_destroyds() -> None:
    result = subprocess.run(
        [DEPLOY.parent / "destroyds.sh", "--help"], capture_output=True, text=True, check=True
    )
    assert result.stdout.startswith("usage: ./destroyds.sh [--keep-data]\n")


@pytest.mark.parametrize("script", [SCRIPT, DEPLOY.parent / "destroyds.sh"])
def test_not_root(script: Path) -> None:
    nobody = 65534 if os.geteuid() == 0 else None
    result = subprocess.run([script], user=nobody, capture_output=True, text=True, check=False)
    assert result.returncode == 2
    assert result.stderr.count("\n") == 1
    assert "run it as root (sudo)" in result.stderr
