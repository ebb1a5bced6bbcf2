"""What the code itself defines: names, functions, classes, and objects of these classes."""

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

from explorer.augment.code.values import Made, Missing, Reference, Value


@dataclass(eq=False)
class Scope:
    """Names and their values.

    Attributes:
        title: Name for people, such as "Dataset.__init__" or "make()".
        elsewhere: Names that `global` or `nonlocal` assign to another scope.
        function: The function whose body it is, if any.
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
        holders = (one for one in self.around() if name in one.names and (one is self or not one.is_class))
        return next(holders, None)

    def around(self) -> "Iterator[Scope]":
        """This scope and those around it, the innermost first."""
        yield self
        if self.parent is not None:
            yield from self.parent.around()

    def outermost(self) -> "Scope":
        """The scope of the whole text."""
        return list(self.around())[-1]


@dataclass(eq=False)
class Function:
    """A function or lambda of the code.

    Attributes:
        owner: The class around it.
        kind: Its role there: "method", "static", "class" or "property".
        label: The variable of a lambda.
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

    @property
    def places(self) -> list[ast.arg]:
        """Its parameters by position."""
        return [*self.node.args.posonlyargs, *self.node.args.args]

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
    """A class of the code.

    Attributes:
        own: Attributes of its instances, as its methods set them.
        bases: Base classes of the code.
        library: Other base classes.
        fields: Annotated names: the arguments of a class without `__init__`.
    """

    name: str
    scope: Scope
    own: dict[str, Value] = field(default_factory=dict)
    bases: "tuple[Class, ...]" = ()
    library: tuple[Reference, ...] = ()
    fields: tuple[str, ...] = ()

    @cached_property
    def order(self) -> "tuple[Class, ...]":
        """The class and all of its bases in the order in which names are looked up."""
        found = [self, *(cls for base in self.bases for cls in base.order)]
        return tuple({id(cls): cls for cls in found}.values())[:_MAX_BASES]

    def find(self, name: str, after: "Class | None" = None) -> tuple[bool, Value]:
        """Whether the class or a base defines a name, and the value; with `after` only in bases behind that class."""
        order = self.order[self.order.index(after) + 1 :] if after in self.order else self.order
        return _first(name, (cls.scope.names for cls in order))

    def sets(self, name: str) -> tuple[bool, Value]:
        """Whether a method of it or of a base sets an attribute of that name, and the value."""
        return _first(name, (cls.own for cls in self.order))

    @property
    def is_enum(self) -> bool:
        """Whether it is an enumeration."""
        return any(one.name in _ENUMS for cls in self.order for one in cls.library)


def _first(name: str, places: Iterable[dict[str, Value]]) -> tuple[bool, Value]:
    return next(((True, names[name]) for names in places if name in names), (False, None))


_ENUMS = frozenset({"Enum", "IntEnum", "StrEnum", "Flag", "IntFlag"})


@dataclass(eq=False)
class Instance:
    """An object of a class of the code.

    Attributes:
        own: Its attributes.
        unknown: The unknown value to use in its place.
        made: The pipeline that it is if its class is a composer.
    """

    cls: Class
    own: dict[str, Value]
    unknown: Missing
    made: Made | None = None


@dataclass(eq=False)
class Super:
    """`super()` in a method of the class `after`."""

    instance: Instance
    after: Class


@dataclass(eq=False)
class Partial:
    """A `functools.partial`."""

    target: Value
    args: list[Value]
    keywords: dict[str, Value]


@dataclass(eq=False)
class Method:
    """A method with its object, such as the append of a list; `node` is the object's expression."""

    owner: Value
    name: str
    function: Function | None = None
    node: ast.expr | None = None
