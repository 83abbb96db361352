"""What there is and how it is: list, status, env, graph, doctor.

What needs openstacksdk is imported where it is used, here and in the other commands: that takes a second,
and the Tab key should not.
"""

import shlex
from pathlib import Path
from typing import Annotated

import typer

from lab.choosing import chosen_lab
from lab.classroom.plan_file import load_plan, scenario_of
from lab.cli import complete
from lab.cli.app import Json, OptionalLab, app
from lab.cli.output import print_json, print_line, print_table
from lab.doctor import Examination, examine
from lab.labs import Lab, all_labs
from lab.scenario_file import load_scenario


@app.command("list")
def list_labs(as_json: Json = False) -> None:
    """All labs of this user."""
    labs = all_labs()
    if as_json:
        print_json([lab.facts() for lab in labs])
        return
    header = ("lab", "scenario", "provider", "state", "horizon")
    print_table(
        header, [(lab.name, lab.scenario.name, lab.provider, state_of(lab), lab.horizon) for lab in labs]
    )


def state_of(lab: Lab) -> str:
    """The state of LAB in a word."""
    return "stale" if lab.is_stale else str(lab.phase)


@app.command()
def status(lab: OptionalLab = "", as_json: Json = False) -> None:
    """How a lab's machines and the parts of its cloud are now; exit code 1 if one of them is not well."""
    from lab.status import status_of  # noqa: PLC0415

    found = status_of(chosen_lab(lab))
    if as_json:
        print_json(found.as_json())
    else:
        rows = [
            ("well" if part.well else "NOT WELL", part.machine, part.name, part.say) for part in found.parts
        ]
        print_table(("", "machine", "part", ""), rows)
    raise typer.Exit(0 if found.is_well else 1)


@app.command()
def env(lab: OptionalLab = "", as_json: Json = False) -> None:
    """Where programs find the cloud and ssh finds the machines, for `eval "$(dslab env)"`."""
    chosen = chosen_lab(lab)
    variables = {
        "OS_CLIENT_CONFIG_FILE": str(chosen.clouds_yaml),
        "OS_CLOUD": "dietstack-admin",
        "DSLAB_SSH_CONFIG": str(chosen.ssh_config),
    }
    if as_json:
        print_json(variables)
        return
    for name, value in variables.items():
        print_line(f"export {name}={shlex.quote(value)}")


@app.command()
def graph(
    lab: OptionalLab = "",
    svg: Annotated[Path | None, typer.Option(help="Write an SVG to this file instead.")] = None,
    as_json: Json = False,
) -> None:
    """Draw a lab: its networks, machines, servers and their addresses."""
    from lab.graph import draw, picture_of, write_up  # noqa: PLC0415

    picture = picture_of(chosen_lab(lab))
    if svg:
        svg.write_text(draw(picture))
    elif as_json:
        print_json(picture.as_json())
    else:
        print_line(write_up(picture))


@app.command()
def doctor(
    scenario: Annotated[
        str, typer.Argument(metavar="[SCENARIO]", autocompletion=complete.scenarios)
    ] = "multinode",
    labs: Annotated[int, typer.Option(min=1, help="How many labs of it at once.")] = 1,
    classroom: Annotated[
        str,
        typer.Option("--class", help="A class instead: its name or file.", autocompletion=complete.plans),
    ] = "",
    as_json: Json = False,
) -> None:
    """Measure what this host can do for a scenario or a class; exit code 1 if it could not work."""
    if classroom:
        from lab.classroom.arithmetic import examine_class  # noqa: PLC0415

        plan = load_plan(classroom)
        examination = examine_class(plan, scenario_of(plan))
    else:
        examination = examine(load_scenario(scenario), labs)
    if as_json:
        print_json(examination.as_json())
    else:
        show(examination)
    raise typer.Exit(0 if examination.ok else 1)


def show(examination: Examination) -> None:
    """Print EXAMINATION for a person."""
    for finding in examination.findings:
        verdict = (
            "ok"
            if finding.ok
            else "BLOCKS " + ", ".join(sorted(finding.blocks))
            if finding.blocks
            else "note"
        )
        print_line(f"{verdict:24} {finding.check}: {finding.found}")
        if finding.mend:
            print_line(f"{'':24}   {finding.mend}")
    choice = examination.choice
    print_line()
    print_line(f"provider: {choice.provider or 'none'} ({choice.why})")
