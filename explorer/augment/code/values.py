"""What an expression of somebody's code can stand for here.

Plain values are themselves: None, bool, int, float, str, and lists, tuples and dicts of values. The rest is below.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

import numpy as np

Value = Any  # a plain value or one of the classes below

_MAX_TEXT = 200
NO_NAME: Final = 99  # deeper than any call
COMPOSES = ("Compose", "ReplayCompose")
NOTHING: Final = object()  # where None could be a value


def written(node: ast.AST) -> str:
    """An expression as text, with double quotes where that is possible."""
    text = ast.unparse(node)
    return text if '"' in text or "\\" in text else text.replace("'", '"')


def brief(text: str, most: int = 60) -> str:
    """A text cut off at so many characters."""
    return text if len(text) <= most else f"{text[: most - 3]}..."


def named(name: str, place: ast.AST) -> ast.Name:
    """A name as the code could write it at a place."""
    return ast.copy_location(ast.Name(id=name, ctx=ast.Load()), place)


@dataclass(eq=False)
class Missing:
    """What the code does not say.

    reason: why it cannot be a step, where that is known. parts: what it depends on. default: what the code falls back
    on, such as the default of a parameter or of a command line option. own: attributes and items that the code sets.
    stars: "*" or "**" where it stands for arguments of a call.
    """

    node: ast.expr
    line: int
    reason: str = ""
    parts: "tuple[Missing, ...]" = ()
    default: Value = NOTHING
    own: dict[Any, Value] = field(default_factory=dict)
    stars: str = ""

    @cached_property
    def text(self) -> str:
        """The expression as the code writes it, shortened."""
        text = written(self.node)
        return text if len(text) <= _MAX_TEXT else f"{text[:_MAX_TEXT]}..."

    def names(self) -> "Iterator[Missing]":
        """Every single value that would have to be known."""
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
        return self.path.rpartition(".")[2]


@dataclass(frozen=True)
class Origin:
    """Where a value of the code comes from.

    label, scope: the name that the code keeps it under. met: what was assumed of the conditions before it. depth: of
    the calls of the code's own functions in which it is made; called: the line of the outermost of them, or 0.
    """

    line: int
    scope: str = ""
    label: str = ""
    met: tuple[tuple[str, bool], ...] = ()
    depth: int = 0
    called: int = 0

    @property
    def inlined(self) -> bool:
        """Whether a call of the code's own functions makes it."""
        return self.depth > 0


@dataclass(eq=False)
class Made:
    """A call of something in albumentations: a transform, a composer, BboxParams.

    node: where it is made. spread: arguments that came with * or ** from something unknown. label_line, label_depth:
    where it got its name, and in how many calls of the code's own functions.
    """

    path: str
    node: ast.expr
    args: list[Value]
    keywords: dict[str, Value]
    spread: list[Missing]
    origin: Origin
    label_line: int = 0
    label_depth: int = NO_NAME

    @cached_property
    def name(self) -> str:
        return self.path.rpartition(".")[2]

    @property
    def line(self) -> int:
        return self.origin.line

    @property
    def transforms(self) -> Value:
        """The argument that holds the steps of a composer."""
        return self.keywords.get("transforms", self.args[0] if self.args else None)

    @property
    def is_compose(self) -> bool:
        return self.name in COMPOSES


@dataclass(eq=False)
class Array:
    """An array of numpy, with numbers only; never with one number alone, which is that number."""

    numbers: "np.ndarray[Any, Any]"


@dataclass(eq=False)
class Parser:
    """A parser of command line arguments, and what it reads from them.

    options: their names in the code, with their defaults. own: attributes that the code sets.
    """

    options: dict[str, Value] = field(default_factory=dict)
    own: dict[Any, Value] = field(default_factory=dict)


@dataclass(frozen=True)
class Remark:
    """A note inside a list of steps: a change of the list that is not worked out."""

    line: int
    text: str
