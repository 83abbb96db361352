"""What the host lacks is refused in one line before anything is changed."""

import os
import socket
import subprocess
from pathlib import Path

import pytest

from tests.unit.deploy.control_node import COMPUTE_ONLY, RELEASE
from tests.unit.deploy.shell import DEPLOY, Shell

NOBODY = 65534


def test_not_root() -> None:
    sources = [(DEPLOY / name).read_text() for name in ("messages.sh", "checks/root.sh")]
    result = subprocess.run(
        ["bash", "-c", "\n".join([*sources, "check_root"])],
        user=NOBODY if os.geteuid() == 0 else None,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 2
    assert result.stderr.count("\n") == 1
    assert "run it as root (sudo)" in result.stderr


def with_system(tmp_path: Path, text: str) -> str:
    file = tmp_path / "os-release"
    file.write_text(text)
    return f"OS_RELEASE={file}; check_system"


@pytest.mark.parametrize(("name", "version"), [("debian", "12"), ("debian", "13"), ("ubuntu", "24.04")])
def test_supported_systems(shell: Shell, tmp_path: Path, name: str, version: str) -> None:
    shell.output(with_system(tmp_path, f'ID={name}\nVERSION_ID="{version}"\n'))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ('ID=debian\nVERSION_ID="11"\n', "debian 11"),
        ("ID=debian\n", "debian "),
        ('ID="fedora"\nVERSION_ID=42\n', "fedora 42"),
        ("", "unknown "),
    ],
)
def test_unsupported_systems(shell: Shell, tmp_path: Path, text: str, shown: str) -> None:
    refusal = shell.refusal(with_system(tmp_path, text))
    assert f"system '{shown}'" in refusal
    assert "use Debian 12, Debian 13 or Ubuntu 24.04" in refusal


def test_missing_commands(shell: Shell) -> None:
    refusal = shell.refusal("COMMANDS=(bash no-such-command nor-this); check_commands")
    assert "missing on this host: no-such-command nor-this; install with ./install_requirements.sh" in refusal


def test_docker_does_not_answer(shell: Shell) -> None:
    shell.fake("docker", "echo 'Cannot connect to the Docker daemon.' >&2; echo Is it running? >&2; exit 1")
    refusal = shell.refusal("load_patience; check_docker")
    assert "Docker does not answer (Cannot connect to the Docker daemon. Is it running?)" in refusal
    assert "start it: ./install_requirements.sh" in refusal


def test_missing_images(shell: Shell) -> None:
    shell.fake("docker", f"echo dietstack/openstack:{RELEASE}; echo dietstack/mariadb:2018.1")
    refusal = shell.refusal("images_of_node() { echo openstack; echo mariadb; }; load_settings; check_images")
    assert f"images not there: dietstack/mariadb:{RELEASE}; make them with: make images" in refusal


def test_all_images_there(shell: Shell) -> None:
    shell.fake("docker", f"echo dietstack/openstack:{RELEASE}")
    shell.output("images_of_node() { echo openstack; }; load_settings; check_images")


def services(tmp_path: Path) -> str:
    """Service folders whose ports no cloud has that may run on this machine."""
    for name, text in {
        "horizon": 'image=horizon ports=("control:$HORIZON_PORT")\n'
        "containers() { on control container web; }\n",
        "agent": "image=agent ports=(control:7 compute:${AGENT_PORT-9})\n"
        "containers() { container x; on compute container y -v /a:/b; }\n",
    }.items():
        folder = tmp_path / "services" / name
        folder.mkdir(parents=True)
        (folder / "service.sh").write_text(text)
    return f"SERVICES_DIR={tmp_path}/services; load_settings"


def test_ports_and_images_follow_the_roles(shell: Shell, tmp_path: Path) -> None:
    script = services(tmp_path) + "; ports_of_node; images_of_node"
    both = shell.output(script).splitlines()
    assert both == ["agent 7", "agent 9", "horizon 8082", "agent", "horizon"]
    assert shell.output(script, **COMPUTE_ONLY).splitlines() == ["agent 9", "agent"]
    control = shell.output(script, COMPUTE_NODE="false").splitlines()
    assert control == ["agent 7", "horizon 8082", "agent", "horizon"]


def listen(address: str) -> socket.socket:
    """A socket that listens at ADDRESS, on a port that was free."""
    if ":" in address:
        return socket.create_server((address, 0), family=socket.AF_INET6, dualstack_ipv6=True)
    return socket.create_server((address, 0))


def port_of(taken: socket.socket) -> str:
    return str(taken.getsockname()[1])


def own_name() -> str:
    return Path(f"/proc/{os.getpid()}/comm").read_text().strip()


@pytest.mark.parametrize("address", ["0.0.0.0", "127.0.0.1", "::"])
def test_a_port_of_ours_is_taken(shell: Shell, tmp_path: Path, address: str) -> None:
    with listen(address) as taken:
        refusal = shell.refusal(
            f"AGENT_PORT={port_of(taken)}; {services(tmp_path)}; check_ports", HORIZON_PORT="1"
        )
        assert f"port {port_of(taken)} (agent) is taken by {own_name()} (pid {os.getpid()})" in refusal
    assert "stop that program" in refusal


def test_horizons_port_is_refused_by_its_setting(shell: Shell, tmp_path: Path) -> None:
    with listen("127.0.0.1") as taken:
        refusal = shell.refusal(services(tmp_path) + "; check_ports", HORIZON_PORT=port_of(taken))
        assert f"HORIZON_PORT='{port_of(taken)}': is taken by {own_name()}" in refusal
    assert "choose another port" in refusal


def test_the_port_on_somebody_elses_address_is_free_for_us(shell: Shell, tmp_path: Path) -> None:
    with listen("127.0.0.9") as other:
        shell.output(services(tmp_path) + "; check_ports", HORIZON_PORT=port_of(other))


def test_our_own_container_may_have_the_port(shell: Shell, tmp_path: Path) -> None:
    group = Path(f"/proc/{os.getpid()}/cgroup").read_text().splitlines()[0]
    with listen("127.0.0.1") as taken:
        script = f"{services(tmp_path)}; OUR_CONTAINERS=({group!r}); check_ports"
        shell.output(script, HORIZON_PORT=port_of(taken))


def with_memory(tmp_path: Path, kilobytes: int) -> str:
    file = tmp_path / "meminfo"
    file.write_text(f"MemTotal: 99999999 kB\nMemAvailable:   {kilobytes} kB\n")
    return f"MEMINFO={file} CGROUPS=/dev/null; load_settings; check_memory"


@pytest.mark.parametrize(
    ("settings", "role", "needed"),
    [({}, "all-in-one", 3000), ({"COMPUTE_NODE": "false"}, "control", 2600), (COMPUTE_ONLY, "compute", 700)],
)
def test_too_little_memory(
    shell: Shell, tmp_path: Path, settings: dict[str, str], role: str, needed: int
) -> None:
    refusal = shell.refusal(with_memory(tmp_path, 600_000), **settings)
    assert f"memory: 614 MB available, {needed} MB needed ({role} node)" in refusal
    shell.output(with_memory(tmp_path, 3_000_000), **settings)


def test_a_cloud_that_runs_has_its_memory_already(shell: Shell, tmp_path: Path) -> None:
    shell.output("OUR_CONTAINERS=(abc); " + with_memory(tmp_path, 600_000))


def test_too_little_disk(shell: Shell) -> None:
    refusal = shell.refusal("load_settings; DISK_NEEDED[all-in-one]=999999999; check_disk")
    assert f"MB free for {shell.state}, 999999999 MB needed (all-in-one node)" in refusal


def test_a_state_directory_that_nfs_cannot_export(shell: Shell) -> None:
    shell.fake("stat", "echo overlayfs")
    refusal = shell.refusal("load_settings; check_file_system")
    assert f"{shell.state} is on overlayfs" in refusal
    assert "mount a disk or a Docker volume there" in refusal
    shell.output("load_settings; check_file_system", **COMPUTE_ONLY)


def test_a_state_directory_behind_a_link(shell: Shell, tmp_path: Path) -> None:
    shell.output("check_state_is_no_link")
    (tmp_path / "disk").mkdir()
    shell.state.symlink_to(tmp_path / "disk")
    refusal = shell.refusal("check_state_is_no_link")
    assert f"{shell.state} leads to {tmp_path}/disk by a symbolic link; mount the disk there" in refusal


def test_no_such_ds_interface(shell: Shell) -> None:
    refusal = shell.refusal("load_settings; check_ds_interface", DS_INTERFACE="eth77")
    assert "DS_INTERFACE='eth77': there is no such interface on this host; choose one of: lo" in refusal


def test_a_compute_node_on_the_loopback_interface(shell: Shell) -> None:
    refusal = shell.refusal("load_settings; check_ds_interface", **COMPUTE_ONLY)
    assert "DS_INTERFACE='lo'" in refusal
    assert "name the interface of the DS network" in refusal


def test_another_control_nodes_address_on_a_control_node(shell: Shell) -> None:
    refusal = shell.refusal("load_settings; check_ds_interface", CONTROL_NODE_DS_IP="192.168.23.11")
    assert "CONTROL_NODE_DS_IP='192.168.23.11': this control node has 127.0.0.1 on lo" in refusal


def test_a_link_from_point_to_point_has_the_network_of_its_other_end(shell: Shell) -> None:
    address = "10.8.0.6 peer 192.168.99.5/32 scope global tun0"
    shell.fake("ip", f'[[ $* == "-4 -o address show" ]] && echo "3: tun0    inet {address}" || true')
    check = "load_settings; ds_address() { echo 127.0.0.1/8; }; check_external_network_is_free"
    assert "overlaps the network 192.168.99.5/32 of this host on tun0" in shell.refusal(check)
    shell.output(check, EXTERNAL_IP="192.168.98.1/24")


LINKS = """
case "$*" in
"link show dev "* | "-o link show dev "*) echo "3: $LINK: <POINTOPOINT,NOARP,UP> mtu 1420\\    link/none " ;;
"-4 -o address show dev "*) echo "3: $LINK    inet $ADDRESS scope global $LINK" ;;
esac
"""


@pytest.mark.parametrize("address", ["10.8.0.6 peer 10.8.0.5/32", "10.8.0.6/32"])
@pytest.mark.parametrize("role", [{}, COMPUTE_ONLY])
def test_a_ds_interface_whose_address_is_in_no_network(
    shell: Shell, address: str, role: dict[str, str]
) -> None:
    shell.fake("ip", LINKS)
    shell.env = {"LINK": "tun0", "ADDRESS": address}
    refusal = shell.refusal("load_settings; check_ds_interface", DS_INTERFACE="tun0", **role)
    assert "DS_INTERFACE='tun0': its address 10.8.0.6 is in no network" in refusal
    assert "such as 10.8.0.6/24, or choose another interface" in refusal


def test_a_tunnel_with_a_network_of_its_own_is_taken(shell: Shell) -> None:
    shell.fake("ip", LINKS)
    shell.env = {"LINK": "wg0", "ADDRESS": "10.8.0.6/24"}
    shell.output("load_settings; check_ds_interface", DS_INTERFACE="wg0")


def test_an_external_interface_that_is_no_ethernet(shell: Shell) -> None:
    shell.fake("ip", LINKS)
    shell.env = {"LINK": "tun0", "ADDRESS": "10.8.0.6/24"}
    refusal = shell.refusal("load_settings; check_external_interface", EXTERNAL_INTERFACE="tun0")
    assert "EXTERNAL_INTERFACE='tun0': is no Ethernet" in refusal


def test_an_external_interface_that_is_a_bridge(shell: Shell) -> None:
    shell.fake("ip", 'echo "3: br-lan: <BROADCAST,UP> mtu 1500\\    link/ether 02:00:00:00:00:01 brd ff"')
    refusal = shell.refusal("load_settings; check_external_interface", EXTERNAL_INTERFACE="br-lan")
    assert "EXTERNAL_INTERFACE='br-lan': is a bridge, and a bridge takes no other" in refusal
