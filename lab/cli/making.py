"""Labs made and removed: up, down, prune."""

from typing import Annotated

import typer

from lab.choosing import chosen_lab, stale_labs, wanted_lab
from lab.cli import complete
from lab.cli.app import Json, OptionalLab, app, number
from lab.cli.output import print_json, print_line, print_note
from lab.cli.progress import progress
from lab.holding import hold
from lab.labs import Lab, Phase, find_lab
from lab.scenario import MOST_COMPUTES
from lab.scenario_file import load_scenario

MOST_HOURS = 24 * 366

Scenario = Annotated[
    str,
    typer.Argument(
        metavar="[SCENARIO]", help="Its name, or the path of its file.", autocompletion=complete.scenarios
    ),
]
Provider = Annotated[
    str,
    typer.Option(help="docker or libvirt; without it the doctor chooses.", autocompletion=complete.providers),
]


@app.command()
def up(
    scenario: Scenario = "multinode",
    *,
    provider: Provider = "",
    name: Annotated[str, typer.Option(help="What to call it, if not like its scenario.")] = "",
    hours: Annotated[
        float,
        typer.Option(
            min=0,
            max=MOST_HOURS,
            callback=number,
            help="So many hours from now `dslab prune` may remove it.",
        ),
    ] = 0,
    computes: Annotated[
        int | None,
        typer.Option(
            min=1, max=MOST_COMPUTES, help="How many compute machines; also changes a lab that is up."
        ),
    ] = None,
    start: Annotated[str, typer.Option("--from", help="Begin after this stage, as it was kept.")] = "",
    until: Annotated[str, typer.Option(help="End after this stage.")] = "",
    as_json: Json = False,
) -> None:
    """Boot the machines of a scenario and deploy a cloud in them; typed again, it goes on where it was."""
    from lab.disturbance import is_as_wanted  # noqa: PLC0415
    from lab.resize import refuse_stages_of_a_ready_lab, resize  # noqa: PLC0415
    from lab.stages import refuse_a_stage_that_is_over, refuse_stages  # noqa: PLC0415
    from lab.up import bring_up  # noqa: PLC0415

    asked = load_scenario(scenario)
    refuse_stages(asked, start, until)
    for stale in stale_labs(besides=name or asked.name):
        print_note(f"lab {stale.name} is left of a dead run: dslab prune")
    with progress() as report, hold(wanted_lab(scenario, provider, name, computes)) as lab:
        wanted = lab.scenario if computes is None else lab.scenario.with_computes(computes)
        refuse_stages_of_a_ready_lab(lab, wanted, start, until)
        refuse_a_stage_that_is_over(lab, start, until)
        kept = lab.wanted_for(hours) if hours else lab
        resized = kept if computes is None else resize(kept, wanted, report)
        if resized == kept or resized.phase is not Phase.READY:
            bring_up(resized, report, start=start, until=until)
        is_as_wanted(lab)
    ready = find_lab(lab.name)
    if as_json:
        print_json(ready.facts())
    elif until and ready.phase is not Phase.READY:
        print_line(f"Lab {ready.name} has come to the stage {ready.stage}; dslab up goes on.")
    else:
        print_line(welcome(ready))


def welcome(lab: Lab) -> str:
    """What a person has to know of a LAB that is ready."""
    if not lab.scenario.deploy:
        return f"""
Lab {lab.name} is ready: machines without a cloud.
  a machine    ./dslab ssh --lab {lab.name} control
  what to type docs/install.md, as root in /dietstack, where the images are already;
               interfaces ds and external, control is {lab.control_address}
  away with it ./dslab down {lab.name}"""
    return f"""
Lab {lab.name} is ready.
  Horizon      {lab.horizon}   users demo and admin; the password is in {lab.clouds_yaml}
  command line ./dslab openstack --lab {lab.name} server list --all-projects
  programs     eval "$(./dslab env {lab.name})"
  a machine    ./dslab ssh --lab {lab.name} control
  prove it     ./dslab check --lab {lab.name}
  away with it ./dslab down {lab.name}"""


@app.command()
def down(lab: OptionalLab = "") -> None:
    """Remove a lab with all that it has on this host."""
    from lab.up import take_down  # noqa: PLC0415

    with progress() as report, hold(chosen_lab(lab)) as held:
        take_down(held, report)


@app.command()
def prune(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell what would go.")] = False,
    as_json: Json = False,
) -> None:
    """Remove what dead labs left on this host: machines, networks, volumes, leases."""
    from lab.prune import leftovers  # noqa: PLC0415
    from lab.prune import prune as remove_leftovers  # noqa: PLC0415

    if dry_run:
        found = leftovers()
    else:
        with progress() as report:
            found = remove_leftovers(report)
    for line in found.unseen:
        print_note(line)
    if as_json:
        print_json([{"kind": one.kind, "name": one.name, "lab": one.lab} for one in found.things])
        return
    for one in found.things:
        print_line(f"{'would remove' if dry_run else 'removed'} {one} of lab {one.lab}")
    if not found.things:
        print_line("nothing is left of dead labs")
