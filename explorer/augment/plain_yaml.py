"""YAML text <-> plain values, without tags, aliases and objects, and within limits."""

import datetime
import json
import re
from typing import Any

import yaml

MAX_CHARACTERS = 1_000_000
MAX_DEPTH = 200
MAX_EVENTS = 200_000  # a value, or the begin or end of a list or mapping
# Of a number, more than any parameter has. YAML reads 1:59:59 in base 60, which takes time with the square of its
# length: 900 kB took 14 s.
MAX_DIGITS = 400

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the one in C is ten times as fast
_OPENS = (yaml.MappingStartEvent, yaml.SequenceStartEvent)
_CLOSES = (yaml.MappingEndEvent, yaml.SequenceEndEvent)
_NUMBER = re.compile(r"[-+]?[0-9.][0-9a-fA-FxXoO_.:+-]*")
_LINE_ENDS = set("\x85\u2028\u2029\ufeff")
_SAFE_TAGS = ("tag:yaml.org,2002:str", "tag:yaml.org,2002:seq", "tag:yaml.org,2002:map")


class YamlError(ValueError):
    """A text that is no YAML, or has more than plain values; the message names the line."""


def read(text: str) -> Any:
    """The plain value of one YAML document: dicts, lists, str, int, float, bool and None. Raises YamlError."""
    return read_with_lines(text)[0]


def read_with_lines(text: str) -> tuple[Any, dict[int, int]]:
    """As `read`, with a mapping from the id of each dict and list to its line, from 1. Raises YamlError."""
    if len(text) > MAX_CHARACTERS:
        raise YamlError(f"The YAML is longer than {MAX_CHARACTERS // 1_000_000} million characters.")
    try:
        _check(text)
        value, lines = _built(text)
    except yaml.MarkedYAMLError as error:
        raise YamlError(f"Not YAML{_at(error.problem_mark)}: {error.problem or error.context}.") from error
    except (yaml.YAMLError, ValueError, OverflowError, RecursionError) as error:
        raise YamlError(f"Not usable YAML: {' '.join(str(error).split())[:200]}") from error
    _check_values(value)
    return value, lines


def _built(text: str) -> tuple[Any, dict[int, int]]:
    loader = _LOADER(text)
    try:
        root = loader.get_single_node()
        value = None if root is None else loader.construct_document(root)
    finally:
        loader.dispose()
    lines: dict[int, int] = {}
    waiting = [(root, value)]
    while waiting:
        node, part = waiting.pop()
        if isinstance(node, yaml.MappingNode) and isinstance(part, dict):
            waiting += [(inner, part.get(key.value)) for key, inner in node.value]
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, list):
            waiting += zip(node.value, part, strict=True)
        if isinstance(part, dict | list):
            lines[id(part)] = node.start_mark.line + 1
    return value, lines


def write(value: Any) -> str:
    """The YAML of plain values, in their order."""
    # PyYAML writes rare line ends as they are and reads them as blanks: with these, all but ASCII is escaped.
    plain = not _LINE_ENDS & set(json.dumps(value, ensure_ascii=False))
    return str(yaml.safe_dump(value, sort_keys=False, allow_unicode=plain, default_flow_style=None, width=100))


def _at(mark: Any) -> str:
    return f" at line {mark.line + 1}, column {mark.column + 1}" if mark else ""


def _check(text: str) -> None:
    """Check the stream of events, which takes no memory and ends at the first mistake."""
    depth = 0
    for count, event in enumerate(yaml.parse(text, Loader=_LOADER)):
        where = _at(event.start_mark)
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise YamlError(f"Anchors and aliases (& and *) are not read{where}: write the value out.")
        tag = getattr(event, "tag", None)
        if tag and tag not in _SAFE_TAGS:
            raise YamlError(f"Tags are not read{where}: {tag[:60]} is no plain value.")
        if isinstance(event, yaml.ScalarEvent) and event.implicit[0] and is_long_number(event.value):
            raise YamlError(f"A number has more than {MAX_DIGITS} digits{where}.")
        depth += isinstance(event, _OPENS) - isinstance(event, _CLOSES)
        if depth > MAX_DEPTH:
            raise YamlError(f"The YAML is nested more than {MAX_DEPTH} deep{where}.")
        if count > MAX_EVENTS:
            raise YamlError(f"The YAML has more than {MAX_EVENTS} values{where}.")


def is_long_number(text: str) -> bool:
    """Whether a text would be read as a number with too many digits."""
    return len(text) > MAX_DIGITS and _NUMBER.fullmatch(text) is not None


def _check_values(value: Any) -> None:
    waiting = [value]
    while waiting:
        found = waiting.pop()
        if isinstance(found, dict):
            for name in found:
                if not isinstance(name, str):
                    raise YamlError(f"A name should be a text, and {str(name)[:40]} is none: put it in quotes.")
            waiting.extend(found.values())
        elif isinstance(found, list):
            waiting.extend(found)
        elif isinstance(found, datetime.date | bytes | set):
            raise YamlError(f"{str(found)[:40]} is read as a {type(found).__name__}: put it in quotes.")
