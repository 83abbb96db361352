"""docs/lab.svg: the lab of `make lab` with a server on each compute node, as `dslab graph --svg` draws it.

`python -m tests.unit.docs.lab_picture` draws it anew.
"""

import os
from datetime import UTC, datetime
from pathlib import Path

from lab.graph import Picture, draw
from lab.graph.picture import DrawnServer, drawn_machine
from lab.labs import Lab
from lab.networks import DEMO_NETWORK
from lab.scenario_file import load_scenario
from tests.unit.docs.repository import ROOT

FILE = ROOT / "docs/lab.svg"
SERVERS = {
    "compute1": [DrawnServer("first_vm", "ACTIVE", ["demo 192.168.35.98", "demo 192.168.99.170"])],
    "compute2": [DrawnServer("web", "ACTIVE", ["demo 192.168.35.133", "demo 192.168.99.144"])],
}


def drawn() -> str:
    """The text of the file."""
    scenario = load_scenario("multinode")
    lab = Lab(
        name=scenario.name,
        scenario=scenario,
        provider="docker",
        ds=scenario.ds,
        external=scenario.external,
        directory=Path(os.devnull),
        created=datetime.now(UTC),
        pid=os.getpid(),
    )
    machines = [drawn_machine(name, lab, SERVERS.get(name, [])) for name in scenario.machines]
    networks = {"external": str(lab.external), "ds": str(lab.ds)}
    return draw(Picture(lab.name, networks, machines, tenant_networks={"demo": str(DEMO_NETWORK)}))


if __name__ == "__main__":
    FILE.write_text(drawn())
