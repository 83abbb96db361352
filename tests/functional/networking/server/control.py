"""The control plane: MariaDB and RabbitMQ in containers, the processes of neutron's server beside them.

All share the network of one container. The host reaches it over Docker's bridge, the nodes over their switch.
"""

import json
import os
import signal
import subprocess
from pathlib import Path
from string import Template

import pymysql
import requests
from hosts import eventually, sh
from pymysql.constants import CR

from server.spaces import BIN, PREFIX, SECONDS_TO_START, Namespace

ADDRESS = "10.99.0.100"
_TEMPLATES = Path(__file__).parent
_RELEASE = (Path(__file__).parents[4] / "images/release").read_text().strip()
_DATABASE = (
    "mariadb-install-db --user=mysql --datadir=/var/lib/mysql/data --skip-test-db >/dev/null &&"
    " printf '%s\\n' 'CREATE DATABASE neutron;' 'CREATE USER neutron IDENTIFIED BY \"neutron\";'"
    " 'GRANT ALL ON neutron.* TO neutron;' >/tmp/init.sql && exec mariadbd --no-defaults --user=mysql"
    " --socket=/tmp/mysqld.sock --datadir=/var/lib/mysql/data --init-file=/tmp/init.sql --skip-name-resolve"
    " --innodb-snapshot-isolation=OFF --innodb-use-native-aio=OFF --innodb-flush-log-at-trx-commit=2"
)
_BROKER = (
    "echo 'loopback_users = none' >/tmp/rabbitmq.conf && install -d -o rabbitmq -g rabbitmq /var/lib/rabbitmq"
    " && export HOME=/var/lib/rabbitmq RABBITMQ_LOGS=- RABBITMQ_CONFIG_FILE=/tmp/rabbitmq.conf"
    " RUNNING_UNDER_SYSTEMD=1 && exec setpriv --reuid=rabbitmq --regid=rabbitmq --clear-groups"
    " /usr/lib/rabbitmq/bin/rabbitmq-server"
)


class Control:
    """MariaDB, RabbitMQ and neutron's server, with their files in a folder."""

    def __init__(self, folder: Path, switch: Namespace) -> None:
        self.folder, self.switch = folder, switch
        self._servers: list[subprocess.Popen[bytes]] = []
        container("network", "mariadb", "sleep infinity")
        network = json.loads(sh("docker", "inspect", f"{PREFIX}-network").stdout)[0]
        self.outside = network["NetworkSettings"]["IPAddress"]
        self.name = f"{PREFIX}-control"
        sh("ip", "netns", "attach", self.name, str(network["State"]["Pid"]))
        switch.ip("link", "add", "control", "type", "veth", "peer", "name", "eth1", "netns", self.name)
        switch.ip("link", "set", "control", "master", "switch", "up")
        sh("ip", "-n", self.name, "addr", "add", f"{ADDRESS}/24", "dev", "eth1")
        sh("ip", "-n", self.name, "link", "set", "eth1", "up")
        container("mariadb", "mariadb", _DATABASE, f"container:{PREFIX}-network")
        container("rabbitmq", "rabbitmq", _BROKER, f"container:{PREFIX}-network")
        for name in ("agent", "neutron"):
            settings = Template((_TEMPLATES / f"{name}.conf").read_text())
            text = settings.substitute(address=ADDRESS, folder=folder, etc=BIN.parent / "etc/neutron")
            (folder / f"{name}.conf").write_text(text)

    def start(self) -> None:
        """Make neutron's tables and start its server; it answers then."""
        eventually(self._database_answers, "MariaDB answers", SECONDS_TO_START)
        self.await_broker()
        sh(str(BIN / "neutron-db-manage"), "--config-file", str(self._for_migration()), "upgrade", "heads")
        self.serve()

    def serve(self) -> None:
        """Start neutron's server; it answers then."""
        settings = ["--config-file", str(self.folder / "neutron.conf")]
        self._serve("rpc-server", str(BIN / "neutron-rpc-server"), *settings)
        self._serve("api", str(BIN / "pyuwsgi"), "--ini", str(_TEMPLATES / "uwsgi.ini"))
        eventually(self._server_answers, f"neutron answers, see {self.folder}", SECONDS_TO_START)

    def stop(self) -> None:
        """Kill the processes of neutron's server as a power cut would."""
        for server in self._servers:
            os.killpg(server.pid, signal.SIGKILL)
            server.wait()
        self._servers.clear()

    def stop_broker(self) -> None:
        """Kill RabbitMQ as a power cut would."""
        sh("docker", "kill", f"{PREFIX}-rabbitmq")

    def start_broker(self) -> None:
        """Start RabbitMQ again; it takes connections then."""
        sh("docker", "start", f"{PREFIX}-rabbitmq")
        self.await_broker()

    def await_broker(self) -> None:
        """Return once RabbitMQ takes connections."""
        eventually(self._broker_listens, "RabbitMQ listens", SECONDS_TO_START)

    def query(self, sql: str) -> list[tuple[str, ...]]:
        """Return the rows that MariaDB answers."""
        with self._connect() as connection, connection.cursor() as cursor:
            cursor.execute(sql)
            return list(cursor.fetchall())

    def _serve(self, name: str, *command: str) -> None:
        with (self.folder / f"{name}.log").open("ab") as log:
            self._servers.append(
                subprocess.Popen(
                    ["ip", "netns", "exec", self.name, "env", f"OS_NEUTRON_CONFIG_DIR={self.folder}",
                     "OS_NEUTRON_CONFIG_FILES=neutron.conf", "PYTHONWARNINGS=ignore", *command],
                    stdout=log, stderr=log, start_new_session=True,
                )
            )  # fmt: skip

    def _for_migration(self) -> Path:
        """Settings by which the database is reached from the host."""
        path = self.folder / "migration.conf"
        path.write_text((self.folder / "neutron.conf").read_text().replace(ADDRESS, self.outside))
        return path

    def _connect(self) -> pymysql.Connection:
        return pymysql.connect(host=self.outside, user="neutron", password="neutron", database="neutron")

    def _database_answers(self) -> bool:
        assert_running("mariadb")
        try:
            self._connect().close()
        except pymysql.OperationalError as error:
            if error.args[0] != CR.CR_CONN_HOST_ERROR:
                raise
            return False
        return True

    def _broker_listens(self) -> bool:
        assert_running("rabbitmq")
        listening = sh("ip", "netns", "exec", self.name, "ss", "-Hltn", "sport", "=", ":5672").stdout
        return "5672" in listening

    def _server_answers(self) -> bool:
        assert all(server.poll() is None for server in self._servers), f"neutron ended, see {self.folder}"
        try:
            return requests.get(f"http://{self.outside}:9696/v2.0/networks", timeout=SECONDS_TO_START).ok
        except requests.ConnectionError:
            return False


def container(name: str, image: str, command: str, network: str = "bridge") -> None:
    """Run a command in a container of these tests."""
    options = ["--detach", "--init", "--name", f"{PREFIX}-{name}", "--label", PREFIX, "--network", network]
    sh("docker", "run", *options, "--entrypoint", "bash", f"dietstack/{image}:{_RELEASE}", "-c", command)


def assert_running(name: str) -> None:
    """Fail with the last words of a container that ended."""
    state = sh("docker", "inspect", "--format", "{{.State.Status}}", f"{PREFIX}-{name}").stdout.strip()
    if state != "running":
        last_words = sh("docker", "logs", "--tail", "20", f"{PREFIX}-{name}")
        raise AssertionError(f"{name} {state}: {last_words.stdout}{last_words.stderr}")


def remove_containers() -> None:
    """Remove the containers of these tests, also those of an earlier run."""
    found = sh("docker", "ps", "--all", "--quiet", "--filter", f"label={PREFIX}").stdout.split()
    if found:
        sh("docker", "rm", "--force", "--volumes", *found)
