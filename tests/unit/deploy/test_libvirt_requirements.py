"""install_requirements.sh --lab: libvirt answers and starts a machine, with less only if need be."""

from pathlib import Path

import pytest

from tests.unit.deploy.shell import DEPLOY, Shell

SOURCES = "\n".join(f". {source}" for source in sorted((DEPLOY / "requirements").glob("*.sh")))
# It answers while libvirtd runs, which read the settings as it started, and wants the word $NEEDS in them.
VIRSH = """
[[ -e $HAS/libvirtd.pid ]] || exit 1
[[ $* == *create* ]] || exit 0
cat >>$HAS/created
grep -q "${NEEDS-}" $HAS/read || { printf 'error: Failed to create it\\nerror: no rights\\n' >&2; exit 1; }
"""
LIBVIRTD = """
cp $HAS/qemu.conf $HAS/read
echo started >>$HAS/starts
trap 'rm $HAS/libvirtd.pid; exit' TERM
echo $$ >$HAS/libvirtd.pid
for _ in {1..200}; do sleep 0.1; done
"""
RUNNING = "libvirtd & until [[ -s $HAS/libvirtd.pid ]]; do sleep 0.05; done"
EARLIER = '#user = "libvirt-qemu"\n user = "somebody"\nvnc_listen = "0.0.0.0"\n'


@pytest.fixture
def host(shell: Shell, tmp_path: Path) -> Shell:
    """A host with a libvirt that does not run."""
    shell.fake("virsh", VIRSH)
    shell.fake("libvirtd", LIBVIRTD)
    shell.env = {"HAS": str(tmp_path)}
    (tmp_path / "qemu.conf").write_text(EARLIER)
    (tmp_path / "qemu.conf").chmod(0o600)
    return shell


def script(tmp_path: Path, *, systemd: bool = False) -> str:
    return f"""
    {SOURCES}
    DAEMON_LOGS={tmp_path} QEMU_CONF={tmp_path}/qemu.conf NETWORK_CONF={tmp_path}/network.conf
    LIBVIRTD_PID_FILE={tmp_path}/libvirtd.pid
    systemd_runs() {{ {str(systemd).lower()}; }}
    trap 'kill "$(<$LIBVIRTD_PID_FILE)"; while [[ -e $LIBVIRTD_PID_FILE ]]; do sleep 0.05; done' EXIT
    start_libvirt
    """


def test_a_libvirt_that_starts_machines_is_left_as_it_is(host: Shell, tmp_path: Path) -> None:
    assert host.output(script(tmp_path)) == "Starting libvirt\n"
    assert host.output(f"{RUNNING}\n{script(tmp_path)}") == ""
    assert (tmp_path / "qemu.conf").read_text() == EARLIER
    assert not (tmp_path / "qemu.conf.before-dietstack").exists()
    assert "<domain type='qemu'>" in (tmp_path / "created").read_text()


@pytest.mark.parametrize(
    ("needs", "told", "starts"),
    [
        ("stdio_handler", ['stdio_handler = "file"'], 2),
        (
            "remember_owner",
            ['stdio_handler = "file"', 'user = "root"', 'group = "root"', "remember_owner = 0"],
            3,
        ),
    ],
)
def test_it_is_told_to_do_with_as_much_less_as_it_takes(
    host: Shell, tmp_path: Path, needs: str, told: list[str], starts: int
) -> None:
    assert "libvirt starts no machine (error: no rights)" in host.output(script(tmp_path), NEEDS=needs)
    kept = EARLIER.splitlines() if needs == "stdio_handler" else EARLIER.splitlines()[::2]
    assert (tmp_path / "qemu.conf").read_text().splitlines() == [*kept, *told]
    assert (tmp_path / "qemu.conf").stat().st_mode & 0o777 == 0o600
    before = tmp_path / "qemu.conf.before-dietstack"
    assert before.read_text() == EARLIER
    assert before.stat().st_mode & 0o777 == 0o600
    assert len((tmp_path / "starts").read_text().splitlines()) == starts
    again = (tmp_path / "qemu.conf").read_text()
    assert host.output(script(tmp_path), NEEDS=needs) == "Starting libvirt\n"
    assert (tmp_path / "qemu.conf").read_text() == again


def test_one_that_starts_no_machine_all_the_same_is_a_failure_with_its_reason(
    host: Shell, tmp_path: Path
) -> None:
    result = host.run(script(tmp_path), NEEDS="another kernel")
    assert result.returncode == 1
    assert (
        result.stderr == f"failed: libvirt starts no machine: error: no rights; see {tmp_path}/libvirtd.log\n"
    )


def test_a_libvirtd_that_ends_is_told_at_once(host: Shell, tmp_path: Path) -> None:
    host.fake("libvirtd", "echo 'no such group: libvirt' >&2; exit 1")
    result = host.run(f"{script(tmp_path)}")
    assert result.returncode == 1
    assert "failed: libvirtd ended: no such group: libvirt; see" in result.stderr


SHIPPED = '# The backend\n#firewall_backend = "nftables"\n'
TOLD = 'firewall_backend = "iptables"\n'


def test_where_it_has_nftables_of_its_own_it_shares_iptables_with_docker(host: Shell, tmp_path: Path) -> None:
    conf = tmp_path / "network.conf"
    conf.write_text(SHIPPED)
    shown = host.output(f"{RUNNING}\n{script(tmp_path)}")
    assert shown == f"libvirt shares iptables with Docker: {conf}\nStarting libvirt\n"
    assert conf.read_text() == SHIPPED + TOLD
    assert (tmp_path / "network.conf.before-dietstack").read_text() == SHIPPED
    assert len((tmp_path / "starts").read_text().splitlines()) == 2  # it reads that as it starts
    assert host.output(script(tmp_path)) == "Starting libvirt\n"
    assert conf.read_text() == SHIPPED + TOLD


@pytest.mark.parametrize(
    "says", ["", "# All settings are optional\n", f'{SHIPPED}firewall_backend="nftables"\n']
)
def test_an_older_one_and_what_a_person_has_said_are_left(host: Shell, tmp_path: Path, says: str) -> None:
    conf = tmp_path / "network.conf"
    if says:
        conf.write_text(says)
    assert host.output(script(tmp_path)) == "Starting libvirt\n"
    assert [file.name for file in tmp_path.glob("network.conf*")] == (["network.conf"] if says else [])
    assert not says or conf.read_text() == says


def test_systemd_lets_it_read_what_it_was_told(host: Shell, tmp_path: Path) -> None:
    (tmp_path / "network.conf").write_text(SHIPPED)
    host.fake("systemctl", "echo $* >>$HAS/asked; [[ $1 != start ]] || libvirtd >/dev/null 2>&1 &")
    host.output(script(tmp_path, systemd=True))
    assert (tmp_path / "asked").read_text() == "try-restart libvirtd\nstart libvirtd\n"


def test_systemd_starts_it_and_settings_are_a_persons(host: Shell, tmp_path: Path) -> None:
    host.fake("systemctl", "echo $* >>$HAS/asked; libvirtd >/dev/null 2>&1 &")
    assert host.output(script(tmp_path, systemd=True), NEEDS="another kernel") == "Starting libvirt\n"
    assert (tmp_path / "asked").read_text() == "start libvirtd\n"
    assert (tmp_path / "qemu.conf").read_text() == EARLIER
