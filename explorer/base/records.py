"""Reading JSON that other programs may have written, as plain values and as dataclasses, and writing it."""

import json
import math
import re
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from enum import EnumType
from types import UnionType
from typing import Any, Literal, TypeVar, get_args, get_origin

from explorer.base.names import shown

T = TypeVar("T")

# Matches all JSON with numbers beyond those of a computer or with halves of characters.
_ODD = re.compile(rb"NaN|Infinity|[eE]\+?\d{3}|\d{19}|\\u[dD][89a-fA-F]")
_MOST = 2**63 - 1


class RecordError(ValueError):
    """A JSON object does not hold what a dataclass needs. The message names the field and the value."""


def parse(data: bytes) -> Any:
    """Read a JSON text in UTF-8.

    Args:
        data: The text, such as a whole file or a line of events.

    Returns:
        The value. Numbers that are not finite (NaN, 1e999) and integers of more than 64 bits become None, as if they
        were missing. Halves of characters are written as in `\\ud800`.

    Raises:
        ValueError: The text is not JSON or not UTF-8.
        RecursionError: The text is nested too deep.
    """
    value = json.loads(data.decode("utf-8-sig"))
    return _usable(value) if _ODD.search(data) else value


def _usable(value: Any) -> Any:
    if isinstance(value, dict):
        return {shown(key): _usable(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_usable(inner) for inner in value]
    if isinstance(value, str):
        return shown(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return None if isinstance(value, int) and abs(value) > _MOST else value


def dump(value: Any, indent: int | None = None) -> bytes:
    """Write a value as JSON in UTF-8. Halves of characters, as in undecodable file names, are written by `shown`.

    Raises:
        ValueError: A number is nan or infinite.
        TypeError: JSON has no such value.
    """
    text = json.dumps(value, indent=indent, ensure_ascii=False, allow_nan=False)
    try:
        return text.encode()
    except UnicodeEncodeError:
        return shown(text, escape="\\\\").encode()  # such characters occur only in strings


def read_as(kind: type[T], found: Mapping[str, Any], **more: Any) -> T:
    """Build a dataclass from a JSON object, and check the type of each field.

    Args:
        kind: A dataclass. Its fields are numbers, texts, literals, enums, tuples, mappings or other dataclasses, and
            may also be None.
        found: The JSON object. Keys that are no fields are ignored; a missing key takes the field's default.
        **more: Values of fields that are read in another way. They are not checked.

    Raises:
        RecordError: A value is missing or of another type.
    """
    values = dict(more)
    for field in fields(kind):  # type: ignore[arg-type]
        name = field.name
        if name in more or (name not in found and (field.default, field.default_factory) != (MISSING, MISSING)):
            continue
        try:
            values[name] = _checked(field.type, found[name])
        except (KeyError, ValueError):
            shape = getattr(field.type, "__name__", field.type)
            raise RecordError(f"{kind.__name__}.{name} must be {shape}; got {found.get(name)!r:.80}") from None
    return kind(**values)


def _checked(kind: Any, value: Any) -> Any:
    if type(value) is kind:  # the most frequent case; a bool is no int here
        return value
    if kind is float and type(value) is int:
        return float(value)
    origin, parts = get_origin(kind), get_args(kind)
    if origin is UnionType:
        return None if value is None else _checked(parts[0], value)
    if origin is tuple and isinstance(value, list):
        kinds = parts[:1] * len(value) if parts[-1] is Ellipsis else parts
        return tuple(_checked(each, inner) for each, inner in zip(kinds, value, strict=True))
    if is_dataclass(kind) and isinstance(value, dict):
        return read_as(kind, value)  # type: ignore[arg-type]
    if isinstance(kind, EnumType):
        return kind(value)
    if (origin is Literal and value in parts) or (origin is Mapping and isinstance(value, dict)):
        return value
    raise ValueError
