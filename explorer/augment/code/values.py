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

MAX_INT = 2**63
MAX_LENGTH = 10_000  # items of a list, characters of a text, numbers of an array
_MAX_TEXT = 200
CLASS_KEYS = ("__class_fullname__", "_target_", "class_name", "type")  # under which configurations name a class
NO_NAME: Final = 99  # deeper than any call
COMPOSES = ("Compose", "ReplayCompose")
NOTHING: Final = object()  # where None could be a value


class NotConstant(ValueError):
    """An operation without a plain result within the bounds."""


def written(node: ast.AST) -> str:
    """An expression as text, with double quotes where that is possible."""
    text = ast.unparse(node)
    return text if '"' in text or "\\" in text else text.replace("'", '"')


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


class Described(dict[Any, Value]):
    """A dict of the code that may name a class, as configurations do, with its place in the code."""

    def __init__(self, found: dict[Any, Value], node: ast.expr) -> None:
        super().__init__(found)
        self.node = node
        self.line = node.lineno


def placed(found: dict[Any, Value], node: ast.expr) -> dict[Any, Value]:
    """A dict together with its place, where it may name a class."""
    return Described(found, node) if any(key in found for key in CLASS_KEYS) else found


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
class Scope:
    """Names and what they stand for. title: how people call it, such as "Dataset.__init__" or "make()".

    elsewhere: names that `global` and `nonlocal` say are of another scope. function: what it is the inside of.
    """

    names: dict[str, Value]
    parent: "Scope | None" = None
    title: str = ""
    is_class: bool = False
    elsewhere: "dict[str, Scope]" = field(default_factory=dict)
    function: "Function | None" = None

    def look_up(self, name: str) -> tuple[bool, Value]:
        """Whether a name is known, and its value."""
        scope = self.holder(name)
        return (False, None) if scope is None else (True, scope.names[name])

    def holder(self, name: str) -> "Scope | None":
        """The scope in which a name is found, or None."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope.names and (scope is self or not scope.is_class):
                return scope
            scope = scope.parent
        return None

    def outermost(self) -> "Scope":
        """The scope of the whole text."""
        scope = self
        while scope.parent is not None:
            scope = scope.parent
        return scope


@dataclass(eq=False)
class Function:
    """A function that the code defines, or a lambda.

    owner: the class around it. kind: what it is there: "method", "static", "class", "property". label: the name that
    the code gives to a lambda.
    """

    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
    scope: Scope
    defaults: dict[str, Value]
    owner: "Class | None" = None
    kind: str = "method"
    label: str = ""

    @property
    def name(self) -> str:
        return (self.label or "lambda") if isinstance(self.node, ast.Lambda) else self.node.name

    @cached_property
    def body(self) -> list[ast.stmt]:
        """Its statements; a lambda has one."""
        if not isinstance(self.node, ast.Lambda):
            return self.node.body
        return [ast.copy_location(ast.Return(value=self.node.body), self.node.body)]

    @cached_property
    def reaches_out(self) -> bool:
        """Whether it assigns names outside of it."""
        return any(isinstance(node, ast.Global | ast.Nonlocal) for node in ast.walk(self.node))

    @property
    def title(self) -> str:
        outer = self.scope.title
        if self.owner is not None:
            return f"{self.owner.name}.{self.name}"
        return f"{outer}, {self.name}()" if outer else f"{self.name}()"


_MAX_BASES = 30


@dataclass(eq=False)
class Class:
    """A class that the code defines.

    own: attributes of its instances, as its methods set them. bases: those of its bases that the code defines too;
    library: names of the others. fields: annotated names, which are what it is made with where it has no `__init__`.
    """

    name: str
    scope: Scope
    own: dict[str, Value] = field(default_factory=dict)
    bases: "tuple[Class, ...]" = ()
    library: tuple[Reference, ...] = ()
    fields: tuple[str, ...] = ()

    @cached_property
    def order(self) -> "tuple[Class, ...]":
        """Itself and all of its bases, in the order in which names are looked up."""
        found = [self, *(cls for base in self.bases for cls in base.order)]
        return tuple({id(cls): cls for cls in found}.values())[:_MAX_BASES]

    def find(self, name: str, after: "Class | None" = None) -> tuple[bool, Value]:
        """Whether it or a base defines a name, and the value. after: the class in whose bases `super()` looks."""
        order = self.order[self.order.index(after) + 1 :] if after in self.order else self.order
        for cls in order:
            if name in cls.scope.names:
                return True, cls.scope.names[name]
        return False, None

    def sets(self, name: str) -> tuple[bool, Value]:
        """Whether a method of it or of a base sets an attribute of that name, and the value."""
        for cls in self.order:
            if name in cls.own:
                return True, cls.own[name]
        return False, None

    @property
    def is_enum(self) -> bool:
        """Whether it is an enumeration."""
        return any(one.name in _ENUMS for cls in self.order for one in cls.library)


_ENUMS = frozenset({"Enum", "IntEnum", "StrEnum", "Flag", "IntFlag"})


@dataclass(eq=False)
class Instance:
    """An object of a class that the code defines.

    own: its attributes. unknown: stands for it where a value is needed. made: the pipeline that it is, where its class
    is a composer.
    """

    cls: Class
    own: dict[str, Value]
    unknown: Missing
    made: Made | None = None


@dataclass(eq=False)
class Super:
    """`super()` in a method. after: the class of that method."""

    instance: Instance
    after: Class


@dataclass(eq=False)
class Partial:
    """A call with some of its arguments; the rest comes later."""

    target: Value
    args: list[Value]
    keywords: dict[str, Value]


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


@dataclass(eq=False)
class Method:
    """A function with the object that it is called on, such as the append of a list. node: the object in the code."""

    owner: Value
    name: str
    function: Function | None = None
    node: ast.expr | None = None
