"""Messages pass between the services."""

from lab.cloud import Cloud
from lab.exercise.looking import one
from lab.machine import Machine
from lab.project import Project


def test_messages(control: Machine) -> None:
    """Messages are carried."""
    assert control.succeeds("docker exec dietstack-rabbitmq /opt/dietstack/health rabbitmq rabbitmq"), (
        "The parts of the cloud do not hear from each other: what carries their messages is not at work."
    )


def test_volumes_are_made(project: Project, cloud: Cloud) -> None:
    """A new volume."""
    silent = [service.binary for service in cloud.api.block_storage.services() if service.state != "up"]
    assert not silent, f"Not heard of lately: {', '.join(silent)}."
    volumes = (volume for volume in project.api.block_storage.volumes() if volume.name == "proof")
    proof = one(volumes, "There is no volume proof yet.")
    assert proof.status == "available", f"The volume proof is {proof.status}."
