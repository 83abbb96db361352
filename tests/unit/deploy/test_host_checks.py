"""What the host lacks is refused in one line before anything is changed."""

import http.server
import json
import os
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import ClassVar
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.unit.deploy.shell import DEPLOY, Shell

RELEASE = (DEPLOY.parent / "images/release").read_text().strip()
NOBODY = 65534
PASSWORD = "the-control-nodes-own"
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
CONTROL_ADDRESS = f"127.0.5.1{WORKER}"  # the port is the same for all
COMPUTE_ONLY = {"CONTROL_NODE": "false", "CONTROL_NODE_DS_IP": CONTROL_ADDRESS, "PASSWORDS": PASSWORD}


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


class Control(http.server.BaseHTTPRequestHandler):
    """Keystone of a control node, as far as a compute node asks it."""

    release = RELEASE
    clock = timedelta()
    delay = 0.0
    token_status = 201
    agents: ClassVar[dict[str, str]] = {}  # addresses of those that live

    def do_GET(self) -> None:
        """The release; what Neutron knows of a node's agents."""
        if self.path == "/dietstack":
            self.answer(200, self.release)
        else:
            asked = parse_qs(urlsplit(self.path).query)
            assert (self.headers["X-Auth-Token"], asked["alive"]) == ("gAAAA-token", ["true"])
            addresses = [self.agents[host] for host in asked["host"] if host in self.agents]
            told = [{"configurations": {}}, *({"configurations": {"tunneling_ip": at}} for at in addresses)]
            self.answer(200, json.dumps({"agents": told}))

    def do_POST(self) -> None:
        """A token for whoever knows the password."""
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        user = request["auth"]["identity"]["password"]["user"]
        time.sleep(self.delay)
        known = user["password"] == sha256(f"nova\0{PASSWORD}".encode()).hexdigest()[:40]
        issued = (datetime.now(UTC) + self.clock).strftime("%Y-%m-%dT%H:%M:%S.000000Z")
        self.answer(self.token_status if known else 401, json.dumps({"token": {"issued_at": issued}}))

    def answer(self, status: int, text: str) -> None:
        """Send TEXT."""
        self.send_response(status)
        self.send_header("X-Subject-Token", "gAAAA-token")
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_: object) -> None:
        """Not on the tests' terminal."""


@pytest.fixture
def control() -> Iterator[type[Control]]:
    """A control node that runs as long as a test; its attributes may be set."""

    class Own(Control):
        pass

    servers = [http.server.ThreadingHTTPServer((CONTROL_ADDRESS, port), Own) for port in (5000, 9696)]
    for server in servers:
        threading.Thread(target=server.serve_forever, daemon=True).start()
    yield Own
    for server in servers:
        server.shutdown()
        server.server_close()


CHECK_CONTROL_NODE = "load_settings; check_control_node"


def test_a_control_node_that_fits(shell: Shell, control: type[Control]) -> None:
    control.delay = 0.1
    shell.output(CHECK_CONTROL_NODE, **COMPUTE_ONLY)


def test_a_control_node_is_not_asked_on_itself(shell: Shell) -> None:
    shell.output(CHECK_CONTROL_NODE)


def test_no_control_node(shell: Shell) -> None:
    refusal = shell.refusal(CHECK_CONTROL_NODE, **COMPUTE_ONLY | {"CONTROL_NODE_DS_IP": "127.0.5.2"})
    assert "CONTROL_NODE_DS_IP='127.0.5.2': no DietStack answers" in refusal
    assert "deploy the control node first" in refusal


def test_another_release(shell: Shell, control: type[Control]) -> None:
    control.release = "2018.1\n"
    refusal = shell.refusal(CHECK_CONTROL_NODE, **COMPUTE_ONLY)
    assert f"the control node runs release '2018.1', this is {RELEASE}" in refusal


def test_something_else_listens_there(shell: Shell, control: type[Control]) -> None:
    control.release = "<html>\n<body>"
    assert "use the same release" in shell.refusal(CHECK_CONTROL_NODE, **COMPUTE_ONLY)


def test_another_password(shell: Shell, control: type[Control]) -> None:  # noqa: ARG001
    refusal = shell.refusal(CHECK_CONTROL_NODE, **COMPUTE_ONLY | {"PASSWORDS": "not-the-same"})
    assert "PASSWORDS (12 characters): the control node refuses it" in refusal
    assert "not-the-same" not in refusal


def test_a_keystone_that_is_broken(shell: Shell, control: type[Control]) -> None:
    control.token_status = 500
    assert "Keystone there answers HTTP 500" in shell.refusal(CHECK_CONTROL_NODE, **COMPUTE_ONLY)


NODE = os.uname().nodename


def test_a_name_that_another_node_has(shell: Shell, control: type[Control]) -> None:
    control.agents = {NODE: "192.168.23.12"}
    refusal = shell.refusal(CHECK_CONTROL_NODE, **COMPUTE_ONLY)
    assert f"hostname '{NODE}': the node at 192.168.23.12 has it in this cloud" in refusal
    assert "give this one another" in refusal


@pytest.mark.parametrize("agents", [{"another": "192.168.23.12"}, {NODE: "127.0.0.1"}])
def test_a_name_that_is_free_or_was_ours(
    shell: Shell, control: type[Control], agents: dict[str, str]
) -> None:
    control.agents = agents
    shell.output(CHECK_CONTROL_NODE, **COMPUTE_ONLY)


@pytest.mark.parametrize("there", ['record name "$NODE_NAME"', "OUR_CONTAINERS=(abc)"])
def test_a_node_that_is_in_the_cloud_may_get_another_address(
    shell: Shell, control: type[Control], there: str
) -> None:
    control.agents = {NODE: "192.168.23.12"}
    shell.output(f"load_settings; {there}; check_control_node", **COMPUTE_ONLY)


def test_a_neutron_that_does_not_answer_is_no_reason(shell: Shell, control: type[Control]) -> None:  # noqa: ARG001
    shell.output("address_of_namesake() { return 28; }; " + CHECK_CONTROL_NODE, **COMPUTE_ONLY)


@pytest.mark.parametrize("seconds", [-3600, -8, 8, 3600])
def test_a_clock_that_differs(shell: Shell, control: type[Control], seconds: int) -> None:
    control.clock = timedelta(seconds=seconds)
    refusal = shell.refusal(CHECK_CONTROL_NODE, **COMPUTE_ONLY)
    assert f"s off the control node's ({CONTROL_ADDRESS}), 5 s allowed; set both by NTP" in refusal


@pytest.mark.parametrize("seconds", [-4, 0, 4])
def test_a_clock_that_differs_little(shell: Shell, control: type[Control], seconds: int) -> None:
    control.clock = timedelta(seconds=seconds)
    shell.output(CHECK_CONTROL_NODE, **COMPUTE_ONLY)


def test_the_password_is_in_no_command_line(shell: Shell, tmp_path: Path) -> None:
    shell.fake(
        "curl", f'echo "$@" >> {tmp_path}/arguments; [[ $* == */dietstack ]] && echo {RELEASE} || exit 1'
    )
    shell.refusal(CHECK_CONTROL_NODE, **COMPUTE_ONLY)
    arguments = (tmp_path / "arguments").read_text()
    assert "/v3/auth/tokens" in arguments
    assert PASSWORD not in arguments
    assert sha256(f"nova\0{PASSWORD}".encode()).hexdigest()[:40] not in arguments


@pytest.mark.parametrize(("half_round_trip", "code"), [(0, 2), (2, 2), (4, 0)])
def test_a_slow_answer_is_not_a_wrong_clock(shell: Shell, half_round_trip: int, code: int) -> None:
    issued = 1_000_000
    middle = issued + 8
    before, after = ((middle + sign * half_round_trip) * 1_000_000 for sign in (-1, 1))
    assert shell.run(f"CONTROL_IP=x; check_clock {issued} {before} {after}").returncode == code
