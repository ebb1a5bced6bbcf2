"""Values of expressions: plain ones are themselves, such as numbers, texts, lists and dicts; the others are below."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

import numpy as np

from explorer.augment.code.results import CodeError

Value = Any  # a plain value or one of the classes below

MAX_INT = 2**63
MAX_LENGTH = 10_000  # items of a list, characters of a text, numbers of an array
_MAX_TEXT = 200
NO_NAME: Final = 99  # deeper than any call
COMPOSES = ("Compose", "ReplayCompose")
NOTHING: Final = object()  # for no value, since None is a value


def written(node: ast.AST) -> str:
    """An expression as text, with double quotes if possible."""
    text = ast.unparse(node)
    return text if '"' in text or "\\" in text else text.replace("'", '"')


def brief(text: str, most: int = 60) -> str:
    """A text cut off at so many characters."""
    return text if len(text) <= most else f"{text[: most - 3]}..."


def named(name: str, place: ast.AST) -> ast.Name:
    """The syntax of a name at a place."""
    return ast.copy_location(ast.Name(id=name, ctx=ast.Load()), place)


class NotConstant(ValueError):
    """An operation without a plain result within the limits."""


@dataclass
class Budget:
    """How much code may still be read, in all passes together."""

    left: int

    def spend(self, much: int = 1) -> None:
        """Take some of it. Raises CodeError if nothing is left."""
        self.left -= much
        if self.left < 0:
            raise CodeError("This is more code than can be read at once. Paste the part with the pipeline.")


@dataclass(eq=False)
class Missing:
    """A value that the code does not contain.

    Attributes:
        reason: Why it cannot be a step, if that is known.
        parts: The unknown values that it depends on.
        default: The default of a parameter or command line option, if there is one.
        own: Attributes and items that the code sets.
        stars: "*" or "**" if a call has it as such an argument.
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
    """The place that a value of the code comes from.

    Attributes:
        scope: Title of the scope that has it.
        label: Its name there.
        met: The assumed conditions before it, each with its truth.
        depth: Number of calls of the code's functions around it.
        called: Line of the outermost of these calls, or 0.
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
    """A call of a transform, a composer, or another class of albumentations.

    Attributes:
        spread: Unknown values that are given with * or **.
        label_line: Line of the statement that names it.
        label_depth: Number of calls of the code's functions around that statement.
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
    """An array of numbers with at least one axis."""

    numbers: "np.ndarray[Any, Any]"


@dataclass(eq=False)
class Parser:
    """A parser of command line arguments: its `options` with their defaults, and attributes that the code sets."""

    options: dict[str, Value] = field(default_factory=dict)
    own: dict[Any, Value] = field(default_factory=dict)


@dataclass(frozen=True)
class Remark:
    """A note inside a list of steps about a change of the list that is not evaluated."""

    line: int
    text: str
