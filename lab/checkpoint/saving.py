"""A lab written down: all its machines at one moment."""

import os
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from openstack.compute.v2.server import Server

from lab.api import Api, cloud_answers, connect
from lab.checkpoint.heartbeats import heartbeats
from lab.checkpoint.kept import WRITER, Checkpoint, being_written, folder_of
from lab.checkpoint.manifest import FILE, Manifest, describe, version
from lab.checkpoint.own_files import keep_own_files
from lab.checkpoint.restoring import recover
from lab.checkpoint.verification import identity_of
from lab.cloud import Cloud
from lab.deadline import Deadline
from lab.errors import Refused
from lab.labs import Lab, Phase
from lab.machine import Machine
from lab.provider.byname import provider_called
from lab.provider.states import together
from lab.report import Report, Stage

CPUINFO = Path("/proc/cpuinfo")


def save(lab: Lab, name: str, report: Report, *, stop_servers: bool = False) -> Checkpoint:
    """Write LAB, which is ready, down as its checkpoint NAME; it goes on after some seconds.

    With STOP_SERVERS its running servers are shut down before. The caller holds the lab. Refused when there
    is such a checkpoint already, and where running servers keep machines from being saved.
    """
    folder = folder_of(lab, name)
    if folder.exists():
        raise Refused("checkpoint", name, f"there is one of this name; give another, or: dslab forget {name}")
    if lab.phase is not Phase.READY:
        raise Refused("lab", lab.name, f"it is {lab.phase}; let it become ready first: dslab up")
    with report.stage(f"save {name}") as stage, cloud_answers():
        return write_down(lab, folder, name, stage, stop_servers=stop_servers)


def write_down(
    lab: Lab, folder: Path, name: str, stage: Stage, *, memory: bool = True, stop_servers: bool = False
) -> Checkpoint:
    """Write LAB down as the checkpoint NAME in FOLDER, which is then there as a whole or not at all."""
    Deadline.slowness = lab.slowness
    lab = recover(lab)
    provider = provider_called(lab.provider)
    machines = list(provider.machines(lab).values())
    made_of = provider.states.made_of(lab)
    refuse_without_power(machines)
    api = connect("dietstack-admin", lab.clouds_yaml) if lab.clouds_yaml.exists() else None
    if api and memory:
        stop_or_refuse(lab, api, stage, stop=stop_servers)
    with being_written(folder) as new:
        identities = dict(
            zip((machine.name for machine in machines), together(identity_of, machines), strict=True)
        )
        parts = tuple(sorted(heartbeats(api))) if api else ()
        stage.waiting_for("what the machines have written, which stand still meanwhile")
        provider.states.save(lab, new, memory=memory)
        stage.waiting_for("the disk of the host")
        keep_own_files(lab, new)
        manifest = Manifest(
            version=version(),
            name=name,
            lab=lab.name,
            scenario=lab.scenario,
            provider=lab.provider,
            ds=lab.ds,
            external=lab.external,
            created=datetime.now(UTC),
            made_of=made_of,
            slowness=lab.slowness,
            stage=lab.stage,
            identities=identities,
            parts=parts,
            files=describe(new, WRITER),
        )
        with (new / FILE).open("w") as file:
            file.write(manifest.model_dump_json(indent=2) + "\n")
            file.flush()
            os.fsync(file.fileno())
    return Checkpoint(folder, manifest)


def refuse_without_power(machines: Iterable[Machine]) -> None:
    """Raise Refused unless all MACHINES run."""
    down = [machine.name for machine in machines if not machine.provider.is_up(machine)]
    if down:
        raise Refused("machine", ", ".join(down), "it has no power; start it first: dslab up")


def stop_or_refuse(lab: Lab, api: Api, stage: Stage, *, stop: bool) -> None:
    """STOP the servers that run in LAB; Refused where they keep its machines from being saved."""
    if not stop and not is_undefined(lab):
        return
    running = list(api.compute.servers(all_projects=True, status="ACTIVE"))
    if running and not stop:
        names = ", ".join(server.name for server in running)
        mend = "on AMD's processors a machine in which some run is saved only with: dslab save --stop-servers"
        raise Refused("servers", names, mend)
    stop_servers(api, running, stage)


def stop_servers(api: Api, servers: list[Server], stage: Stage) -> None:
    """Shut SERVERS down, as their operating systems do."""
    for server in servers:
        api.compute.stop_server(server)
    for server in servers:
        stage.waiting_for(f"server {server.name} to shut down")
        Cloud(api).server_is(server, "SHUTOFF", within=180)


def is_undefined(lab: Lab, cpuinfo: Path = CPUINFO) -> bool:
    """Whether KVM does not define what becomes of the memory of LAB's machines while servers run in them."""
    return lab.provider == "libvirt" and not lab.emulated and "AuthenticAMD" in cpuinfo.read_text()
