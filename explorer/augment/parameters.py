"""A field of a transform's `InitSchema` -> a Parameter from which a form makes its widget."""

import inspect
import math
import types
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import cv2
import numpy as np
from annotated_types import Ge, Gt, Le, Lt
from pydantic.fields import FieldInfo

from explorer.augment.soft import soft_range, step_for

JsonValue = Any  # None, bool, int, float, str, or lists and dicts of these


class Kind(StrEnum):
    """The kind of value that a parameter takes, which decides the widget that edits it."""

    BOOL = "bool"
    INT = "int"
    FLOAT = "float"
    INT_RANGE = "int_range"  # [low, high], drawn from
    FLOAT_RANGE = "float_range"
    INT_PAIR = "int_pair"  # two whole numbers that mean different things, such as height and width
    CHOICE = "choice"
    FILL = "fill"  # a gray value, or red, green, blue; 0 to 255
    TEXT = "text"
    PICTURES = "pictures"  # names of pictures, see `data.references`
    FONT = "font"  # the name of a font, see `data.fonts`
    BOX = "box"  # left, top, right, bottom in fractions of the picture
    LITERAL = "literal"  # any other JSON value


@dataclass(frozen=True)
class Choice:
    """A value that a parameter offers, and its label."""

    value: JsonValue
    label: str


@dataclass(frozen=True)
class Parameter:
    """A parameter of a transform.

    Attributes:
        default: Value that a form starts with, as JSON.
        low: Hard lower bound, None for none, also if it is exclusive; `high` likewise.
        soft_low: Lower end of a slider, for numeric kinds; `soft_high` likewise.
        step: Step of the slider.
        choices: All values of a CHOICE; for other kinds words that are possible besides their values.
        color_only: Whether a FILL takes no single gray value.
    """

    name: str
    kind: Kind
    default: JsonValue
    required: bool = False
    nullable: bool = False
    low: float | None = None
    high: float | None = None
    soft_low: float | None = None
    soft_high: float | None = None
    step: float | None = None
    choices: tuple[Choice, ...] = ()
    color_only: bool = False
    doc: str = ""


NUMERIC = frozenset({Kind.INT, Kind.FLOAT, Kind.INT_RANGE, Kind.FLOAT_RANGE, Kind.INT_PAIR})

_INTERPOLATION = ("NEAREST", "LINEAR", "CUBIC", "AREA", "LANCZOS4", "LINEAR_EXACT", "NEAREST_EXACT")
_BORDER = ("CONSTANT", "REPLICATE", "REFLECT", "WRAP", "REFLECT_101")
CV2_NAMES: dict[str, dict[int, str]] = {
    "interpolation": {getattr(cv2, f"INTER_{name}"): f"INTER_{name}" for name in _INTERPOLATION},
    "border_mode": {getattr(cv2, f"BORDER_{name}"): f"BORDER_{name}" for name in _BORDER},
}
_LOWEST = {"process_non_negative_range": 0.0, "convert_to_0plus_range": 0.0, "convert_to_1plus_range": 1.0}
_COLORS = ("fill", "color", "drop_value")
_CLASS_INDEX = ("fill_mask", "mask_drop_value")  # values of a mask, not colors


@dataclass(frozen=True)
class _Field:
    """A field taken apart: its types without None and literals, the literals, and the limits of all of them."""

    name: str
    arms: tuple[Any, ...]
    words: tuple[JsonValue, ...]
    metadata: tuple[Any, ...]
    nullable: bool

    @property
    def validators(self) -> frozenset[str]:
        return frozenset(function.__name__ for function in _functions(self.metadata))


def read(transform: str, name: str, field: FieldInfo, default: Any, doc: str) -> Parameter | None:
    """The Parameter of a schema field, None for one that takes code or arrays, which no form can give.

    The default is that of the signature of `__init__`, or `inspect.Parameter.empty` if it is required.
    """
    parts = _take_apart(name, field)
    if any(arm is np.ndarray or get_origin(arm) is Callable for arm in parts.arms):
        return None
    kind = _kind(parts, default)
    required = default is inspect.Parameter.empty
    start = None if required else _as_json(default, kind, parts)
    low, high = _bounds(parts)
    whole = kind.startswith("int")
    numbers = soft_range(transform, name, start, low, high, whole) if kind in NUMERIC else None
    return Parameter(
        name=name,
        kind=kind,
        default=start,
        required=required,
        nullable=parts.nullable and kind is not Kind.CHOICE,
        low=low,
        high=high,
        soft_low=numbers[0] if numbers else None,
        soft_high=numbers[1] if numbers else None,
        step=step_for(name, numbers, whole) if numbers else None,
        choices=_choices(parts, kind),
        color_only=kind is Kind.FILL and not {float, int} & set(parts.arms),
        doc=doc,
    )


def _take_apart(name: str, field: FieldInfo) -> _Field:
    arms: list[Any] = []
    words: list[JsonValue] = []
    metadata = list(field.metadata)
    for arm, extra in _flatten(field.annotation):
        metadata.extend(extra)
        if get_origin(arm) is Literal:
            words.extend(get_args(arm))
        else:
            arms.append(arm)
    nullable = type(None) in arms
    return _Field(name, tuple(arm for arm in arms if arm is not type(None)), tuple(words), tuple(metadata), nullable)


def _flatten(annotation: Any) -> Iterator[tuple[Any, tuple[Any, ...]]]:
    """Every type of nested unions, with the limits of every `Annotated` around it."""
    origin = get_origin(annotation)
    if origin is Annotated:
        inner, *extra = get_args(annotation)
        for arm, more in _flatten(inner):
            yield arm, (*extra, *more)
    elif origin in (Union, types.UnionType):
        for arm in get_args(annotation):
            yield from _flatten(arm)
    else:
        yield annotation, ()


def _kind(parts: _Field, default: Any) -> Kind:
    arms = parts.arms
    if not arms:
        return Kind.CHOICE
    if arms == (bool,):
        return Kind.BOOL
    if parts.name in _CLASS_INDEX:
        return Kind.INT
    if any(part in parts.name for part in _COLORS) and any(map(_is_color, arms)):
        return Kind.FILL
    pairs = [arm for arm in arms if _is_pair(arm)]
    if pairs:
        return _pair_kind(parts, pairs)
    if int in arms and not isinstance(default, float):
        return Kind.INT
    if float in arms and not isinstance(default, tuple):
        return Kind.FLOAT
    return Kind.TEXT if arms == (str,) else Kind.LITERAL


def _pair_kind(parts: _Field, pairs: list[Any]) -> Kind:
    whole = all(set(get_args(pair)) == {int} for pair in pairs) or "float2int" in parts.validators
    if not whole:
        return Kind.FLOAT_RANGE
    named = parts.name.endswith(("_range", "_limit"))
    is_range = named or {int, float} & set(parts.arms) or "nondecreasing" in parts.validators
    return Kind.INT_RANGE if is_range else Kind.INT_PAIR


def _is_pair(arm: Any) -> bool:
    return get_origin(arm) is tuple and len(get_args(arm)) == 2 and set(get_args(arm)) <= {int, float}


def _is_color(arm: Any) -> bool:
    arguments = get_args(arm)
    if arguments and Ellipsis in arguments:
        return True
    return len(arguments) == 3 or getattr(get_origin(arm), "__name__", "") == "Sequence"


def _functions(metadata: Iterable[Any]) -> list[Callable[..., Any]]:
    """The functions that validate a field."""
    return [item.func for item in metadata if getattr(item, "func", None) is not None]


def _bounds(parts: _Field) -> tuple[float | None, float | None]:
    """The tightest limits of a field: annotated ones, and those in the closures of validators."""
    lows: list[float] = []
    highs: list[float] = []
    for item in parts.metadata:
        # Exclusive limits count like others: a slider shows them, and validation refuses them.
        for name, found in (("ge", lows), ("gt", lows), ("le", highs), ("lt", highs)):
            if isinstance(item, Ge | Gt | Le | Lt) and hasattr(item, name):
                found.append(float(getattr(item, name)))
    for function in _functions(parts.metadata):
        if function.__name__ in _LOWEST:
            lows.append(_LOWEST[function.__name__])
        kept = _closure(function)
        lows += [float(kept["min_val"])] if kept.get("min_val") is not None else []
        highs += [float(kept["max_val"])] if kept.get("max_val") is not None else []
    return max(lows, default=None), min(highs, default=None)


def _closure(function: Callable[..., Any]) -> dict[str, Any]:
    cells = getattr(function, "__closure__", None) or ()
    return {name: cell.cell_contents for name, cell in zip(function.__code__.co_freevars, cells, strict=True)}


def _choices(parts: _Field, kind: Kind) -> tuple[Choice, ...]:
    names = next((table for part, table in CV2_NAMES.items() if part in parts.name), {})
    values = [*parts.words, None] if kind is Kind.CHOICE and parts.nullable else list(parts.words)
    unique = list(dict.fromkeys(values))
    return tuple(Choice(value, names.get(value, "none" if value is None else str(value))) for value in unique)


def _as_json(default: Any, kind: Kind, parts: _Field) -> JsonValue:
    """The default as a form shows it: a single number for a range becomes the range."""
    if kind in (Kind.INT_RANGE, Kind.FLOAT_RANGE) and isinstance(default, int | float):
        default = (_range_start(default, parts.validators), default)
    if kind in (Kind.FLOAT, Kind.INT) and isinstance(default, int | float):
        return float(default) if kind is Kind.FLOAT else int(default)
    if kind is Kind.FLOAT_RANGE and isinstance(default, list | tuple):
        return [float(end) for end in default]
    return plain(default)


def _range_start(end: float, validators: frozenset[str]) -> float:
    if "create_symmetric_range" in validators:
        return -end
    return next((low for name, low in _LOWEST.items() if name in validators), end)


def plain(value: Any) -> JsonValue:
    """The value as it is after JSON: tuples become lists."""
    if isinstance(value, list | tuple):
        return [plain(part) for part in value]
    if isinstance(value, dict):
        return {str(name): plain(part) for name, part in value.items()}
    return value


def is_ordinary(value: Any) -> bool:
    """Whether a pipeline can have a value: it is plain and finite, and no number needs more than 64 bits."""
    if isinstance(value, bool | str | None):
        return True
    if isinstance(value, int):
        return abs(value) < 2**63
    if isinstance(value, float):
        return math.isfinite(value)
    if isinstance(value, dict):
        return all(isinstance(key, str) and is_ordinary(part) for key, part in value.items())
    return isinstance(value, list | tuple) and all(map(is_ordinary, value))


def equal(value: JsonValue, default: JsonValue) -> bool:
    """Whether two values are equal; true is not equal to 1 here."""
    return bool(value == default) and isinstance(value, bool) == isinstance(default, bool)
