"""Labs as they were: save, restore, checkpoints, forget."""

from typing import TYPE_CHECKING, Annotated

import typer

from lab.choosing import chosen_lab
from lab.cli import complete
from lab.cli.app import Json, LabOption, OptionalLab, app
from lab.cli.output import print_json, print_line, print_note, print_table
from lab.cli.progress import progress
from lab.holding import hold
from lab.labs import all_labs

if TYPE_CHECKING:
    from lab.checkpoint.manifest import Manifest

Name = Annotated[str, typer.Argument(help="What it is called.", autocompletion=complete.checkpoints)]


@app.command()
def save(
    name: Name,
    *,
    lab: LabOption = "",
    stop_servers: Annotated[
        bool, typer.Option("--stop-servers", help="Shut running servers down first.")
    ] = False,
) -> None:
    """Save a whole lab as it is now, to come back to it as often as one likes."""
    from lab.checkpoint import save as save_lab  # noqa: PLC0415
    from lab.checkpoint.own_names import refuse_own_name  # noqa: PLC0415

    refuse_own_name(name)
    with progress() as report, hold(chosen_lab(lab)) as held:
        saved = save_lab(held, name, report, stop_servers=stop_servers)
    print_line(
        f"lab {held.name} is saved ({megabytes(saved.manifest.size)} MB); back to it: dslab restore {name}"
    )


@app.command()
def restore(name: Name, lab: LabOption = "") -> None:
    """Bring a whole lab back to a checkpoint; what was done since is lost."""
    from lab.checkpoint import restore as restore_lab  # noqa: PLC0415
    from lab.disturbance import is_as_wanted  # noqa: PLC0415

    with progress() as report, hold(chosen_lab(lab)) as held:
        restore_lab(held, name, report)
        is_as_wanted(held)
    print_line(f"lab {held.name} is as it was saved as {name}; its machines and its cloud were asked")


@app.command()
def checkpoints(lab: OptionalLab = "", as_json: Json = False) -> None:
    """The checkpoints of a lab, or of all, and the stages that are kept for new ones."""
    from lab.checkpoint import Checkpoint, checkpoints_of  # noqa: PLC0415
    from lab.stages import kept_stages  # noqa: PLC0415

    found = []
    for one in [chosen_lab(lab)] if lab else all_labs():
        for checkpoint in checkpoints_of(one):
            if isinstance(checkpoint, Checkpoint):
                found.append((one.name, checkpoint.manifest))
            else:
                print_note(str(checkpoint))
    if not lab:
        found += [("", kept.manifest) for kept in kept_stages()]
    if as_json:
        print_json([facts(of, manifest) for of, manifest in found])
        return
    header = ("checkpoint", "lab", "scenario", "provider", "saved", "MB")
    print_table(header, [[str(one) for one in facts(of, manifest).values()] for of, manifest in found])


def facts(lab: str, manifest: "Manifest") -> dict[str, object]:
    """What to tell of the checkpoint with MANIFEST, of LAB; of a stage that is kept for any, without one."""
    return {
        "name": manifest.name,
        "lab": lab or "(stage)",
        "scenario": manifest.scenario.name,
        "provider": manifest.provider,
        "created": manifest.created.isoformat(timespec="seconds"),
        "megabytes": megabytes(manifest.size),
    }


@app.command()
def forget(
    name: Annotated[str, typer.Argument(metavar="[NAME]", autocompletion=complete.checkpoints)] = "",
    *,
    lab: LabOption = "",
    stages: Annotated[bool, typer.Option("--stages", help="All stages kept for new labs instead.")] = False,
) -> None:
    """Remove a checkpoint of a lab, or the stages that are kept for new labs."""
    from lab.checkpoint import forget as forget_checkpoint  # noqa: PLC0415
    from lab.stages import forget_stages  # noqa: PLC0415

    if stages == bool(name):
        raise typer.BadParameter("Give the name of a checkpoint, or --stages.")
    if stages:
        print_line(f"forgot {forget_stages()} stages")
        return
    with hold(chosen_lab(lab)) as held:
        forget_checkpoint(held, name)
    print_line(f"forgot {name} of lab {held.name}")


def megabytes(size: int) -> int:
    """SIZE in bytes as MB."""
    return round(size / 1e6)
