"""The parts of a cloud, and when each of them last told that it is there."""

from collections.abc import Iterator
from datetime import UTC, datetime

from lab.api import Api


def heartbeats(api: Api) -> dict[str, datetime]:
    """When each part that is up last said so: services of Nova and Cinder, agents of Neutron."""
    return {part: moment(text) for part, text in told(api) if text}


def told(api: Api) -> Iterator[tuple[str, str | None]]:
    """What is up where, and its last sign of life in the words of its API."""
    for service in api.compute.services():
        if service.state == "up":
            yield f"{service.binary} on {service.host}", service.updated_at
    for agent in api.network.agents():
        if agent.is_alive:
            yield f"{agent.binary} on {agent.host}", agent.last_heartbeat_at
    for volume in api.block_storage.services():
        if volume.state == "up":
            yield f"{volume.binary} on {volume.host}", volume.updated_at


def moment(text: str) -> datetime:
    """The moment, in UTC as all of OpenStack's are, that TEXT of an API tells."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
