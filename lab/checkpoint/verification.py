"""A lab that came back is the one that was saved, and its cloud is at work: asked, not believed."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from lab.api import NO_ANSWER, Api, connect
from lab.checkpoint.heartbeats import heartbeats
from lab.checkpoint.manifest import Manifest
from lab.deadline import Deadline, NotYet
from lab.errors import Broken, Layer
from lab.labs import Lab
from lab.machine import Machine
from lab.provider.states import together
from lab.report import Stage

SECONDS_TO_BE_READY = 180


def verify(
    lab: Lab, machines: Mapping[str, Machine], manifest: Manifest, since: datetime, stage: Stage
) -> None:
    """See MACHINES of LAB be those of MANIFEST, and its cloud be at work by what it tells from SINCE on.

    LabError when they are not; the layer says where.
    """
    stage.waiting_for("machines that are the saved ones")
    together(
        lambda machine: expect_identity(machine, manifest.identities[machine.name]), list(machines.values())
    )
    if manifest.parts:
        api = connect("dietstack-admin", lab.clouds_yaml)
        deadline = Deadline(SECONDS_TO_BE_READY)
        stage.waiting_for(f"a token, and a sign of life of {', '.join(manifest.parts)}")
        deadline.until(Layer.SERVICE, "the cloud", lambda: expect_signs_of_life(api, manifest.parts, since))
        deadline.until(Layer.SERVICE, "the cloud", lambda: expect_answers(api))


def identity_of(machine: Machine) -> str:
    """What no two machines share: name and machine-id."""
    return machine.run("echo $(uname -n) $(cat /etc/machine-id)")


def expect_identity(machine: Machine, wanted: str) -> None:
    """Raise Broken unless MACHINE is the one that was WANTED."""
    found = identity_of(machine)
    if found != wanted:
        raise Broken(Layer.MACHINE, f"machine {machine.name} is {found} instead of {wanted}")


def expect_signs_of_life(api: Api, parts: Sequence[str], since: datetime) -> None:
    """Raise NotYet unless a token is issued, and all PARTS are up by what they told at SINCE or later."""
    try:
        api.authorize()
        fresh = {part for part, last in heartbeats(api).items() if last >= since}
    except NO_ANSWER as error:
        raise NotYet(f"it does not answer: {error}") from None
    silent = [part for part in parts if part not in fresh]
    if silent:
        raise NotYet(f"silent: {', '.join(silent)}")


def expect_answers(api: Api) -> None:
    """Raise NotYet unless those answer, too, whose parts tell nothing of themselves."""
    try:
        next(iter(api.image.images(limit=1)), None)
        next(iter(api.orchestration.stacks(limit=1)), None)
        next(iter(api.placement.resource_providers()), None)
        pools = list(api.block_storage.backend_pools())
    except NO_ANSWER as error:
        raise NotYet(f"it does not answer: {error}") from None
    if not pools:
        raise NotYet("the scheduler of volumes does not know their storage")
