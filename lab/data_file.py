"""Data that people write as YAML, with errors that name the file, the line, the key and the mend."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, TypeVar

import yaml
from pydantic import BaseModel, Strict, ValidationError
from pydantic_core import ErrorDetails
from yaml.constructor import ConstructorError
from yaml.reader import ReaderError

from lab.errors import Refused

FOLDER = "folder"  # of the file, for validators
M = TypeVar("M", bound=BaseModel)
Key = tuple[int | str, ...]
Number = Annotated[int, Strict()]  # neither `true` nor text is one


class Loader(yaml.SafeLoader):
    """Plain values mean what they do in YAML 1.2: `yes` is no truth, `012` and `1:30` are no numbers.

    What is tagged as something, and is none, is an error like any other.
    """

    yaml_implicit_resolvers = {}  # noqa: RUF012  as in the class above

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        """What NODE means."""
        try:
            return super().construct_object(node, deep)
        except (ValueError, LookupError, AttributeError):
            problem = f"{node.value!r} is no {node.tag.rpartition(':')[2]}; put text in quotes"
            raise ConstructorError(problem=problem, problem_mark=node.start_mark) from None


for tag, words, beginnings in (
    ("null", "~|null|", ["~", "n", ""]),
    ("bool", "true|false", ["t", "f"]),
    ("int", "[-+]?(0|[1-9][0-9]*)", list("-+0123456789")),
    ("merge", "<<", ["<"]),
):
    Loader.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(f"(?:{words})$"), beginnings)


def read_data(file: Path, model: type[M], unless_given: Mapping[str, object], example: str) -> M:
    """The MODEL in FILE, with the values UNLESS they are GIVEN there; EXAMPLE is a file like it.

    Raises Refused that names file, line, key and mend.
    """
    try:
        node = yaml.compose(file.read_text(), Loader=Loader)
        lines = dict(lines_of(node, file)) if node else {}
        content = yaml.load(file.read_text(), Loader=Loader)  # noqa: S506  it is a SafeLoader
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise Refused(f"{file}, {place_of(error)}", None, f"it is not YAML; {problem_of(error)}") from None
    except RecursionError:
        mend = "lists and maps stand too deep in each other; write what is meant"
        raise Refused(f"{file}, line 1", None, mend) from None
    if not isinstance(content, dict):
        raise Refused(f"{file}, line 1", content, f"write keys with values, as in {example}")
    try:
        return model.model_validate({**unless_given, **content}, context={FOLDER: file.parent})
    except ValidationError as error:
        raise explain(error.errors()[0], lines, file, model) from None


def lines_of(
    node: yaml.Node, file: Path, above: Key = (), around: tuple[yaml.Node, ...] = ()
) -> Iterator[tuple[Key, int]]:
    """The line of NODE, which has the key ABOVE it and the nodes AROUND it, and of every key and item in it.

    Refused when a key stands there twice or is no text, and when something is a part of itself.
    """
    yield above, line_of(node)
    if node in around:
        raise Refused(place_in(file, node, above), None, "it is a part of itself; write what is meant")
    for step, beginning, part in parts_of(node, file, above):
        yield from lines_of(part, file, (*above, step), (*around, node))
        yield (*above, step), line_of(beginning)


def parts_of(node: yaml.Node, file: Path, above: Key) -> Iterator[tuple[int | str, yaml.Node, yaml.Node]]:
    """Of each part of NODE the number or the key, where it begins, and its value."""
    if isinstance(node, yaml.SequenceNode):
        yield from ((number, value, value) for number, value in enumerate(node.value))
    elif isinstance(node, yaml.MappingNode):
        seen = set()
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                mend = "a list or a map is no key; put text with brackets in quotes"
                raise Refused(place_in(file, key, above), None, mend)
            if key.value in seen:
                place = place_in(file, key, (*above, key.value))
                raise Refused(place, key.value, "it stands there twice; remove one")
            seen.add(key.value)
            yield key.value, key, value


def line_of(node: yaml.Node) -> int:
    """The line in which NODE begins."""
    return node.start_mark.line + 1


def place_in(file: Path, node: yaml.Node, key: Key) -> str:
    """Where in FILE NODE is, which belongs to KEY."""
    return f"{file}, line {line_of(node)}: {dotted(key)}".removesuffix(": ")


def explain(error: ErrorDetails, lines: dict[Key, int], file: Path, model: type[BaseModel]) -> Refused:
    """The refusal that says where in FILE, which has a MODEL, the ERROR is and how it is mended."""
    key = tuple(part for part in error["loc"] if part != "[key]")
    known = key
    while known not in lines:
        known = known[:-1]
    place = f"{file}, line {lines[known]}"
    setting = f"{place}: {dotted(key)}" if key else place
    value = error["input"] if key and error["type"] != "missing" else None
    return Refused(setting, value, mend_of(error, key, model))


def mend_of(error: ErrorDetails, key: Key, model: type[BaseModel]) -> str:
    """What to do about ERROR at KEY of a MODEL."""
    context = error.get("ctx", {})
    match error["type"]:
        case "missing":
            return "it is not there; add it"
        case "extra_forbidden":
            return f"no such key; remove it, or use one of {', '.join(keys_beside(key, model))}"
        case "value_error":
            return str(context["error"])
        case "greater_than_equal":
            return f"give {context['ge']} or more"
        case "less_than_equal":
            return f"give {context['le']} or less"
        case "string_pattern_mismatch" if key[:1] == ("machines",):
            return "call machines control, and compute1 to compute9"
        case "enum":
            return f"give {context['expected']}"
        case _:
            return error["msg"].replace("Input should be", "give").replace("Input is not", "give")


def keys_beside(key: Key, model: type[BaseModel]) -> list[str]:
    """The keys that the schema of MODEL knows where KEY stands."""
    schema: dict[str, Any] = model.model_json_schema()
    part = schema
    for step in key[:-1]:
        part = part["items"] if isinstance(step, int) else part_called(step, part)
        if "$ref" in part:
            part = schema["$defs"][part["$ref"].rpartition("/")[2]]
    return sorted(part["properties"])


def part_called(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    """What the SCHEMA of a mapping says of the value of its key NAME."""
    part: dict[str, Any]
    if name in schema.get("properties", ()):
        part = schema["properties"][name]
    else:  # keys that a person chooses
        part = next(iter(schema["patternProperties"].values()))
    return part


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
    if isinstance(error, ReaderError):
        return f"the character {chr(error.character)!r} is not allowed"
    return getattr(error, "problem", None) or "it is not UTF-8"
