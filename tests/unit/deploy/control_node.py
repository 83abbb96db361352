"""A control node, as far as a compute node asks it before it joins."""

import http.server
import json
import os
import time
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import ClassVar
from urllib.parse import parse_qs, urlsplit

from tests.unit.deploy.shell import DEPLOY

RELEASE = (DEPLOY.parent / "images/release").read_text().strip()
PASSWORD = "the-control-nodes-own"
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
CONTROL_ADDRESS = f"127.0.5.1{WORKER}"  # the port is the same for all
COMPUTE_ONLY = {"CONTROL_NODE": "false", "CONTROL_NODE_DS_IP": CONTROL_ADDRESS, "PASSWORDS": PASSWORD}


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
