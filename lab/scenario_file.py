"""Scenarios from their files, with errors that name the file, the line, the key and the mend."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from lab.errors import Refused
from lab.scenario import Scenario

SCENARIOS = Path(__file__).parent.parent / "scenarios"
FILE = "scenario.yaml"
Key = tuple[int | str, ...]


class Loader(yaml.SafeLoader):
    """No value of a scenario is a date: what looks like one is text, as the error then says."""

    yaml_implicit_resolvers = {  # noqa: RUF012  as in the class above
        first: [(tag, words) for tag, words in resolvers if tag != "tag:yaml.org,2002:timestamp"]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


def load_scenario(name_or_path: str | Path) -> Scenario:
    """The scenario called so in scenarios/, or of the file or the folder at that path (it has a / then).

    Raises Refused that names file, line, key and mend.
    """
    file = file_of(str(name_or_path))
    try:
        node = yaml.compose(file.read_text(), Loader=Loader)
        lines = dict(lines_of(node, file)) if node else {}
        content = yaml.load(file.read_text(), Loader=Loader)  # noqa: S506  it is a SafeLoader
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise Refused(f"{file}, {place_of(error)}", None, f"it is not YAML; {problem_of(error)}") from None
    if not isinstance(content, dict):
        raise Refused(
            f"{file}, line 1", content, "write keys with values, as in scenarios/multinode/scenario.yaml"
        )
    try:
        return Scenario.model_validate({"name": file.parent.name} | content)
    except ValidationError as error:
        raise explain(error.errors()[0], lines, file) from None


def scenario_names() -> list[str]:
    """The names of the scenarios in scenarios/."""
    return sorted(file.parent.name for file in SCENARIOS.glob(f"*/{FILE}"))


def file_of(name_or_path: str) -> Path:
    """The file of the scenario that a person called so."""
    if "/" not in name_or_path and not name_or_path.endswith(".yaml"):
        file = SCENARIOS / name_or_path / FILE
        mend = f"there are {', '.join(scenario_names())}; or give the path of a scenario.yaml"
    else:
        file = Path(name_or_path)
        file = file / FILE if file.is_dir() else file
        mend = "there is no such file; give the path of a scenario.yaml or of its folder"
    if not file.is_file():
        raise Refused("scenario", name_or_path, mend)
    return file


def lines_of(node: yaml.Node, file: Path, above: Key = ()) -> Iterator[tuple[Key, int]]:
    """The line of every key and item below NODE; Refused when a key stands there twice."""
    yield above, node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        seen = set()
        for key, value in node.value:
            if key.value in seen:
                place = f"{file}, line {key.start_mark.line + 1}: {dotted((*above, key.value))}"
                raise Refused(place, key.value, "it stands there twice; remove one")
            seen.add(key.value)
            yield from lines_of(value, file, (*above, key.value))
            yield (*above, key.value), key.start_mark.line + 1
    elif isinstance(node, yaml.SequenceNode):
        for number, value in enumerate(node.value):
            yield from lines_of(value, file, (*above, number))


def explain(error: ErrorDetails, lines: dict[Key, int], file: Path) -> Refused:
    """The refusal that says where in FILE the ERROR is and how it is mended."""
    key = tuple(part for part in error["loc"] if part != "[key]")
    known = key
    while known not in lines:
        known = known[:-1]
    place = f"{file}, line {lines[known]}"
    setting = f"{place}: {dotted(key)}" if key else place
    value = error["input"] if key and error["type"] != "missing" else None
    return Refused(setting, value, mend_of(error, key))


def mend_of(error: ErrorDetails, key: Key) -> str:
    """What to do about ERROR at KEY."""
    context = error.get("ctx", {})
    match error["type"]:
        case "missing":
            return "it is not there; add it"
        case "extra_forbidden":
            return f"no such key; remove it, or use one of {', '.join(keys_beside(key))}"
        case "value_error":
            return str(context["error"])
        case "greater_than_equal":
            return f"give {context['ge']} or more"
        case "string_pattern_mismatch" if key[:1] == ("machines",):
            return "call machines control, and compute1 to compute9"
        case "enum":
            return f"give {context['expected']}"
        case _:
            return error["msg"].replace("Input should be", "give").replace("Input is not", "give")


def keys_beside(key: Key) -> list[str]:
    """The keys that the schema knows where KEY stands."""
    schema: dict[str, Any] = Scenario.model_json_schema()
    definitions = schema["$defs"]
    part = {"machines": definitions["MachineSpec"], "stages": definitions["Stage"]}
    return sorted(part.get(str(key[0]), schema)["properties"] if len(key) > 1 else schema["properties"])


def dotted(key: Key) -> str:
    """KEY as a person writes it: machines.compute1.memory, stages[0].run."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in key)
    return text.removeprefix(".")


def place_of(error: Exception) -> str:
    """The line that ERROR of the parser tells."""
    mark = getattr(error, "problem_mark", None)
    return f"line {mark.line + 1}" if mark else "line 1"


def problem_of(error: Exception) -> str:
    """What the parser found."""
    return getattr(error, "problem", None) or "it is not UTF-8"


if __name__ == "__main__":
    json.dump(Scenario.model_json_schema(), sys.stdout, indent=2)
    sys.stdout.write("\n")
