"""What an expression of somebody's code can stand for here.

Plain values are themselves: None, bool, int, float, str, and lists, tuples and dicts of values. The rest is below.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from explorer.augment.code.found import CodeError

Value = Any  # a plain value or one of the classes below


_MAX_TEXT = 200


def written(node: ast.AST) -> str:
    """An expression as text, with double quotes where that is possible."""
    text = ast.unparse(node)
    return text if '"' in text or "\\" in text else text.replace("'", '"')


@dataclass(eq=False)
class Missing:
    """What the code does not say. reason: why it cannot be a step, where that is known. parts: what it depends on."""

    node: ast.expr
    line: int
    reason: str = ""
    parts: "tuple[Missing, ...]" = ()

    @cached_property
    def text(self) -> str:
        """As the code writes it, as far as that is short."""
        text = written(self.node)
        return text if len(text) <= _MAX_TEXT else f"{text[:_MAX_TEXT]}..."

    def names(self) -> "Iterator[Missing]":
        """All that would have to be known."""
        if not self.parts:
            yield self
        for part in self.parts:
            yield from part.names()


@dataclass(frozen=True)
class Reference:
    """A dotted name that leads into a library: "albumentations.Compose"."""

    path: str

    @property
    def name(self) -> str:
        """Its last part."""
        return self.path.rpartition(".")[2]


@dataclass(eq=False)
class Made:
    """A call of something in albumentations: a transform, a composer, BboxParams.

    spread: arguments that came with * or ** from something unknown. met: what was assumed of conditions before it.
    label, scope: the name that the code keeps it under; label_depth: of the calls in which it got that.
    """

    path: str
    node: ast.Call
    line: int
    args: list[Value]
    keywords: dict[str, Value]
    spread: list[Missing]
    met: tuple[tuple[str, bool], ...] = ()
    scope: str = ""
    label: str = ""
    label_depth: int = 99
    inlined: bool = False

    @property
    def name(self) -> str:
        """The name of the class."""
        return self.path.rpartition(".")[2]

    def inner(self) -> Iterator[Value]:
        """Every argument."""
        yield from self.args
        yield from self.keywords.values()


@dataclass(eq=False)
class Scope:
    """Names and what they stand for. title: how people call it, such as "Dataset.__init__" or "make()"."""

    names: dict[str, Value]
    parent: "Scope | None" = None
    title: str = ""
    is_class: bool = False

    def look_up(self, name: str) -> tuple[bool, Value]:
        """Whether the name is known, and its value."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope.names and (scope is self or not scope.is_class):
                return True, scope.names[name]
            scope = scope.parent
        return False, None


@dataclass(eq=False)
class Function:
    """A function that the code defines. owner: the class around it."""

    node: ast.FunctionDef | ast.AsyncFunctionDef
    scope: Scope
    defaults: dict[str, Value]
    owner: "Class | None" = None

    @property
    def title(self) -> str:
        """How people call it."""
        outer = self.scope.title
        if self.owner is not None:
            return f"{self.owner.name}.{self.node.name}"
        return f"{outer}, {self.node.name}()" if outer else f"{self.node.name}()"


@dataclass(eq=False)
class Class:
    """A class that the code defines. own: attributes of its instances, as its methods set them."""

    name: str
    scope: Scope
    own: dict[str, Value] = field(default_factory=dict)


@dataclass(eq=False)
class Instance:
    """An object of a class that the code defines; all objects of a class are one here."""

    cls: Class


@dataclass(eq=False)
class Method:
    """A function with the object that it is called on, such as the append of a list."""

    owner: Value
    name: str


MAX_PARTS = 50_000
_MAX_DEPTH = 60


def parts(value: Value) -> Iterator[Value]:
    """A value and all in it, as far as lists, tuples and dicts go; not into calls. Raises CodeError for too many.

    A list can hold itself, or one list a great many times, so that neither depth nor size has an end.
    """
    if not isinstance(value, list | tuple | dict):
        yield value
        return
    pending, count = [(value, 0)], 0
    while pending:
        part, depth = pending.pop()
        count += 1
        if count > MAX_PARTS or depth > _MAX_DEPTH:
            raise CodeError("A list of this code holds more than can be read.")
        yield part
        inner = part.values() if isinstance(part, dict) else part if isinstance(part, list | tuple) else ()
        pending += [(one, depth + 1) for one in reversed(list(inner))]


def is_scalar(value: Value) -> bool:
    """Whether it is a plain value with nothing in it."""
    return value is None or isinstance(value, bool | int | float | str)


def alike(one: Value, other: Value) -> bool:
    """Whether two values are surely the same."""
    return one is other or (is_scalar(one) and type(one) is type(other) and bool(one == other))


def is_flat(value: Value) -> bool:
    """A scalar, or a list or dict of scalars: what can be compared at once."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else (value,)
    return all(map(is_scalar, inner))


def made_in(value: Value) -> Iterator[Made]:
    """The outermost calls in a value."""
    return (part for part in parts(value) if isinstance(part, Made))


def missing_in(value: Value) -> Iterator[Missing]:
    """All that a value depends on and that is not known."""
    for part in parts(value):
        if isinstance(part, Missing):
            yield from part.names()
