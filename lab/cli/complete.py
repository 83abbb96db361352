"""What the shell offers after the Tab key."""

from lab.classroom.classes import class_names
from lab.classroom.plan_file import plan_names
from lab.doctor.finding import PROVIDERS
from lab.labs import all_labs
from lab.scenario_file import SCENARIOS, scenario_names


def labs(incomplete: str) -> list[str]:
    """The labs that there are."""
    return beginning_with(incomplete, [lab.name for lab in all_labs()])


def checkpoints(incomplete: str) -> list[str]:
    """The checkpoints of all labs."""
    there = {folder.name for lab in all_labs() for folder in (lab.directory / "checkpoints").glob("[a-z]*")}
    return beginning_with(incomplete, sorted(name for name in there if "." not in name))


def scenarios(incomplete: str) -> list[str]:
    """The scenarios of the checkout."""
    return beginning_with(incomplete, scenario_names())


def exercises(incomplete: str) -> list[str]:
    """The exercises of the checkout."""
    files = (SCENARIOS / "exercises").glob("*/exercise.yaml")
    return beginning_with(incomplete, sorted(file.parent.name for file in files))


def plans(incomplete: str) -> list[str]:
    """The classes of the checkout."""
    return beginning_with(incomplete, plan_names())


def classes(incomplete: str) -> list[str]:
    """The classes that there are."""
    return beginning_with(incomplete, class_names())


def providers(incomplete: str) -> list[str]:
    """The providers of machines."""
    return beginning_with(incomplete, PROVIDERS)


def machines(incomplete: str) -> list[str]:
    """The machines of all labs."""
    return beginning_with(incomplete, sorted({name for lab in all_labs() for name in lab.scenario.machines}))


def beginning_with(start: str, names: list[str] | tuple[str, ...]) -> list[str]:
    """Those of NAMES that begin with START."""
    return [name for name in names if name.startswith(start)]
