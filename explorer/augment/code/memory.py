"""Snapshots of what code can change: the names of a scope, and lists, dicts and objects."""

import ast
import operator
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from explorer.augment.code.contents import alike
from explorer.augment.code.methods import CHANGING, remark
from explorer.augment.code.objects import own_of
from explorer.augment.code.run import Run
from explorer.augment.code.scopes import Class, Function, Instance, Scope
from explorer.augment.code.values import Made, Value, named

Container = list[Any] | dict[Any, Any]


def changeable(scope: Scope, classes: bool = False) -> Iterator[tuple[str, Container]]:
    """The containers that are values of a scope and of those around it, and those directly in them.

    With `classes`, attributes that methods set are included; they have to stay if a function is evaluated alone.
    """
    for name, value in (item for one in scope.around() for item in one.names.items()):
        outer = _container(value, classes)
        if outer is not None:
            yield name, outer
        for key, part in outer.items() if isinstance(outer, dict) else ():
            inner = _container(part, classes)
            if inner is not None:
                yield f"{name}.{key}", inner


def _container(value: Value, classes: bool) -> Container | None:
    if isinstance(value, list):
        return value
    return None if isinstance(value, Class) and not classes else own_of(value)


def changes_any(body: Iterable[ast.stmt], scope: Scope) -> bool:
    """Whether statements may change more than names: they set attributes or items, or call what does."""
    for node in (inner for statement in body for inner in ast.walk(statement)):
        if isinstance(node, ast.Attribute | ast.Subscript) and not isinstance(node.ctx, ast.Load):
            return True
        if isinstance(node, ast.AugAssign | ast.Global):
            return True
        if isinstance(node, ast.Call) and _may_change(node.func, scope):
            return True
    return False


def _may_change(function: ast.expr, scope: Scope) -> bool:
    if isinstance(function, ast.Attribute) and function.attr in CHANGING:
        return True
    owner = function.value if isinstance(function, ast.Attribute) else function
    return isinstance(owner, ast.Name) and isinstance(scope.look_up(owner.id)[1], Function | Class | Instance)


@dataclass
class Memory:
    """The names of a scope and the contents of its containers, at a moment."""

    scope: Scope
    kept: list[tuple[str, Container, Container]]
    names: dict[str, Value]

    @classmethod
    def before(cls, body: list[ast.stmt], scope: Scope, run: Run) -> "Memory":
        """What statements may change."""
        return cls.of(scope, run, classes=True) if changes_any(body, scope) else cls(scope, [], dict(scope.names))

    @classmethod
    def of(cls, scope: Scope, run: Run, classes: bool = False) -> "Memory":
        """All containers of a scope, each once."""
        found = {id(inner): (name, inner) for name, inner in changeable(scope, classes)}
        run.budget.spend(sum(1 + len(inner) for _, inner in found.values()) // 10)
        return cls(scope, [(name, inner, inner.copy()) for name, inner in found.values()], dict(scope.names))

    def now(self) -> list[Container]:
        """Copies of the present contents."""
        return [inner.copy() for _, inner, _ in self.kept]

    def restore(self) -> None:
        """Restore the names and the contents of that moment."""
        self.scope.names = dict(self.names)
        self.fill([before for _, _, before in self.kept])

    def fill(self, others: list[Container]) -> None:
        """Put in the contents of another moment."""
        for (_, inner, _), other in zip(self.kept, others, strict=True):
            _fill(inner, other)

    def steps_changed(self) -> bool:
        """Whether a list of steps has changed since."""
        return any(
            isinstance(inner, list)
            and not _same_list(inner, before)
            and any(isinstance(part, Made) for part in (*inner, *before))
            for _, inner, before in self.kept
        )

    def merge(self, others: list[Container], run: Run, node: ast.expr, cause: ast.stmt) -> None:
        """Make unknown what differs from another moment; lists of steps get a remark instead."""
        for (name, inner, _), other in zip(self.kept, others, strict=True):
            if isinstance(inner, list) and isinstance(other, list):
                if not _same_list(inner, other) and any(isinstance(part, Made) for part in (*inner, *other)):
                    remark(inner, cause, cause.lineno)
                elif not _same_list(inner, other):
                    inner[:] = [run.missing(named(name, node))]
            elif isinstance(inner, dict) and isinstance(other, dict):
                for key in [*inner, *(key for key in other if key not in inner)]:
                    if key not in inner or key not in other or not alike(inner[key], other[key]):
                        inner[key] = run.missing(named(f"{name}.{key}", node))

    def forget_changes(self, run: Run, node: ast.expr, cause: ast.stmt) -> None:
        """Make unknown whatever has changed since."""
        self.merge([before for _, _, before in self.kept], run, node, cause)
        for name, value in self.scope.names.items():
            if name in self.names and not alike(self.names[name], value):
                self.scope.names[name] = run.missing(named(name, node))


def _same_list(one: Container, other: Container) -> bool:
    return len(one) == len(other) and (all(map(operator.is_, one, other)) or all(map(alike, one, other)))


def _fill(inner: Container, values: Container) -> None:
    inner.clear()
    if isinstance(inner, list):
        inner.extend(values)
    else:
        inner.update(values)
