"""Pipelines in configurations: mappings that name a class, in YAML, in JSON, or in dicts of Python."""

import ast
import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from explorer.augment.catalog import catalog
from explorer.augment.code.contents import MAX_PARTS
from explorer.augment.code.generation import LAST, signature
from explorer.augment.code.legacy import OLD
from explorer.augment.code.names import PARAMETERS, foreign, opencv, transform_names
from explorer.augment.code.results import CodeError
from explorer.augment.code.values import COMPOSES, Made, Missing, Origin, Value
from explorer.augment.parameters import JsonValue

# Steps of mmdetection and its relatives that hold a list of transforms of albumentations.
WRAPPERS = frozenset({"Albu", "AlbuGray", "Albumentation", "Albumentations"})
_OF_MMDETECTION = ("filter_lost_elements",)  # a further argument of its BboxParams, about labels
_OURS = ("", "A", "albu", "albumentations")
_OF_GROUPS = ("transforms", "n", "replace", "first", "second", "channels")
_MAX_DEPTH = 150  # of mappings and lists: more than the groups that a pipeline may have in one another
Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Description:
    """A mapping that names a class under `key`, with the class and its arguments."""

    key: str
    path: str
    arguments: Mapping[str, Value]
    by_position: tuple[Value, ...] = ()

    @property
    def name(self) -> str:
        return self.path.rpartition(".")[2]

    @property
    def is_ours(self) -> bool:
        """Whether it is a class of albumentations, as far as its name and arguments show."""
        root = self.path.partition(".")[0] if "." in self.path else ""
        if not self.name[:1].isupper():  # a function
            return False
        if self.key == SAVED:
            return root in _OURS or self.name in transform_names()
        if self.key == "_target_":
            return root in _OURS and root != ""
        return root in _OURS and self.name in transform_names()

    @property
    def fits(self) -> bool:
        """Whether all of its arguments are those of the class in albumentations; other libraries share some names."""
        known = {*signature(self.name), *LAST, *_OF_GROUPS, *(OLD[self.name].order if self.name in OLD else ())}
        return self.name not in PARAMETERS and set(self.arguments) <= known


def described(mapping: Mapping[str, Value]) -> Description | None:
    """The class that a mapping names in one of the ways of configurations, None if it names none."""
    for key, arguments in _WAYS.items():
        path = mapping.get(key)
        if isinstance(path, str) and path:
            by_position = mapping.get("_args_") if key == "_target_" else None
            return Description(
                key, path, arguments(mapping), tuple(by_position if isinstance(by_position, list) else ())
            )
    return None


def _saved(mapping: Mapping[str, Value]) -> dict[str, Value]:
    name = mapping[SAVED].rpartition(".")[2]
    return {key: value for key, value in mapping.items() if not key.startswith("__") and not is_inherited(name, key)}


def is_inherited(name: str, key: str) -> bool:
    """Whether `A.to_dict` writes an argument only for a base class, and the class itself does not take it."""
    offered = catalog().get(name)
    if offered is None or key in offered.accepted or key == "p":
        return False
    makers = [vars(base)["__init__"] for base in offered.cls.__mro__[1:] if "__init__" in vars(base)]
    return any(key in inspect.signature(maker).parameters for maker in makers)


def is_saved(record: Any) -> bool:
    """Whether a record is exactly what `A.to_dict` gives."""
    transform = record.get("transform") if isinstance(record, Mapping) else None
    return isinstance(transform, Mapping) and isinstance(transform.get(SAVED), str)


def _with_params(mapping: Mapping[str, Value]) -> dict[str, Value]:
    params = mapping.get("params")
    return {**_without(mapping, "class_name", "params"), **(params if isinstance(params, dict) else {})}


def _without(mapping: Mapping[str, Value], *keys: str) -> dict[str, Value]:
    return {key: value for key, value in mapping.items() if key not in keys}


SAVED = "__class_fullname__"  # the key under which `A.to_dict` names a class
# Key under which a configuration names a class -> the arguments that it gives to the class.
_WAYS: Mapping[str, Callable[[Mapping[str, Value]], dict[str, Value]]] = {
    SAVED: _saved,
    "_target_": lambda mapping: {key: value for key, value in mapping.items() if not key.startswith("_")},
    "class_name": _with_params,
    "type": lambda mapping: _without(mapping, "type", *_OF_MMDETECTION),
}
CLASS_KEYS = tuple(_WAYS)


class Described(dict[Any, Value]):
    """A dict of the code that may name a class, with its place in the code."""

    def __init__(self, found: dict[Any, Value], node: ast.expr) -> None:
        super().__init__(found)
        self.node = node
        self.line = node.lineno


def placed(found: dict[Any, Value], node: ast.expr) -> dict[Any, Value]:
    """A dict, with its place if it may name a class."""
    return Described(found, node) if any(key in found for key in CLASS_KEYS) else found


@dataclass(frozen=True)
class Pipeline:
    """A Compose or a list of steps in a configuration, with the keys and indices that lead to it."""

    value: Value
    path: Path
    line: int


@dataclass
class Configuration:
    """Reads one configuration.

    Attributes:
        lines: Id of a mapping or list -> its line.
        answers: Values of names such as "${size}".
        made: Every call that the configuration describes.
        calls: Id of a mapping -> its call.
        count: Number of values that were read.
        line: Line of the mapping that is being read.
    """

    lines: Mapping[int, int] = field(default_factory=dict)
    answers: Mapping[str, JsonValue] = field(default_factory=dict)
    made: list[Made] = field(default_factory=list)
    calls: dict[int, Made] = field(default_factory=dict)
    count: int = 0
    line: int = 1

    def pipelines(self, value: Value, path: Path = ()) -> Iterator[Pipeline]:
        """Every pipeline in a value, one for each list of steps. Raises CodeError for too many values."""
        self._spend(len(path))
        if isinstance(value, dict):
            yield from self._in_mapping(value, path)
        elif isinstance(value, list | tuple):
            yield from self._in_list(value, path)

    def _spend(self, depth: int) -> None:
        self.count += 1
        if self.count > MAX_PARTS or depth > _MAX_DEPTH:
            raise CodeError("A configuration holds more than can be read.")

    def _in_mapping(self, value: dict[Any, Value], path: Path) -> Iterator[Pipeline]:
        own = described(value)
        if own is not None and _is_whole(own):
            yield Pipeline(self.call(value, own, len(path)), path, self._line(value))
        elif own is not None and _is_step(own) and own.key != "type":
            yield Pipeline([self.call(value, own, len(path))], path, self._line(value))
        else:
            steps = [part for part in value.values() if self._is_named_step(part)]
            together = len(steps) > 1  # steps under names of their own, in their order
            if together:
                yield Pipeline([self._value(part, len(path)) for part in steps], path, self._line(value))
            for key, part in value.items():
                if not (together and self._is_named_step(part)):
                    yield from self.pipelines(part, (*path, key if isinstance(key, int) else str(key)))

    def _is_named_step(self, value: Value) -> bool:
        own = described(value) if isinstance(value, dict) else None
        return own is not None and own.key != "type" and _is_step(own)

    def _in_list(self, value: list[Value] | tuple[Value, ...], path: Path) -> Iterator[Pipeline]:
        owns = [described(part) if isinstance(part, dict) else None for part in value]
        steps = [own for own in owns if own is not None and _is_step(own)]
        typed = [own for own in owns if own is not None and own.key == "type"]
        if steps and (not typed or (len(steps) == len(value) and all(own.fits for own in steps))):
            yield Pipeline([self._value(part, len(path)) for part in value], path, self._line(value))
            return
        for at, part in enumerate(value):
            yield from self.pipelines(part, (*path, at))

    def _line(self, value: Value) -> int:
        if isinstance(value, Described):
            return value.line
        first = next(iter(value), None) if isinstance(value, list | tuple) else None
        return first.line if isinstance(first, Described) else self.lines.get(id(value), 1)

    # What a pipeline is made of

    def call(self, mapping: dict[Any, Value], own: Description, depth: int) -> Made:
        """Read a mapping as if it were a call; the same mapping gives the same call."""
        self._spend(depth)
        if id(mapping) in self.calls:
            return self.calls[id(mapping)]
        wrapper = own.key == "type" and own.name in WRAPPERS
        path = own.path if own.path.startswith("albumentations.") else f"albumentations.{own.name}"
        given = {key: value for key, value in own.arguments.items() if not wrapper or key in _OFWRAPPERS}
        around, self.line = self.line, self._line(mapping)
        made = Made(
            "albumentations.Compose" if wrapper else path,
            mapping.node if isinstance(mapping, Described) else _nowhere(),
            [self._value(value, depth + 1) for value in own.by_position],
            {str(key): self._value(value, depth + 1, key) for key, value in given.items()},
            [],
            Origin(self.line),
        )
        self.line = around
        self.calls[id(mapping)] = made
        self.made.append(made)
        return made

    def _value(self, value: Value, depth: int, key: str = "") -> Value:
        self._spend(depth)
        if isinstance(value, dict):
            own = described(value)
            if own is not None and (own.is_ours or own.key == "type" or own.name in WRAPPERS):
                return self.call(value, own, depth + 1)
            if own is not None:
                return _unknown(own.path, self._line(value), foreign(own.path))
            return {inner: self._value(part, depth + 1) for inner, part in value.items()}
        if isinstance(value, list | tuple):
            return [self._value(part, depth + 1) for part in value]
        return self._text(value, key) if isinstance(value, str) else value

    def _text(self, text: str, key: str) -> Value:
        """A text, a constant of OpenCV, or a name of a value elsewhere, which is unknown."""
        if "${" in text:
            return self.answers[text] if text in self.answers else _unknown(text, self.line)
        bare = text.removeprefix("cv2.")
        return opencv().get(bare, text) if key.endswith(("interpolation", "mode")) else text


_OFWRAPPERS = ("transforms", "bbox_params", "keypoint_params")


def _is_whole(own: Description) -> bool:
    """Whether it describes a whole pipeline."""
    if own.key == "type" and own.name in WRAPPERS:
        return isinstance(own.arguments.get("transforms"), list | tuple)
    return own.is_ours and own.name in COMPOSES and own.key != "type"


def _is_step(own: Description) -> bool:
    return own.is_ours and own.name not in COMPOSES and own.name not in PARAMETERS


def _nowhere() -> ast.Call:
    return ast.Call(func=ast.Name(id="A", ctx=ast.Load()), args=[], keywords=[], lineno=1, col_offset=0)


def _unknown(text: str, line: int, reason: str = "") -> Missing:
    return Missing(ast.Name(id=text, ctx=ast.Load()), line, reason)


def in_brackets(path: Path) -> str:
    """A path as Python writes it, such as `["train"]["steps"]`."""
    return "".join(f'["{part}"]' if isinstance(part, str) else f"[{part}]" for part in _significant(path))


def dotted(path: Path) -> str:
    """A path as configurations write it, such as "data.train"."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in _significant(path)).removeprefix(
        "."
    )


def _significant(path: Path) -> Path:
    """A path without "transforms" and indices at its end."""
    kept = list(path)
    while kept and (kept[-1] == "transforms" or isinstance(kept[-1], int)):
        kept.pop()
    return tuple(kept)
