"""Attributes and items of libraries, of objects of the code's classes, and of unknown objects."""

import ast
from collections.abc import Callable
from typing import Any

from explorer.augment.code import arrays, folding, methods
from explorer.augment.code.contents import is_scalar, steps_of
from explorer.augment.code.names import ENUMERATIONS, opencv
from explorer.augment.code.run import Run
from explorer.augment.code.scopes import Class, Function, Instance, Method, Super
from explorer.augment.code.values import NOTHING, Array, Made, Missing, NotConstant, Parser, Reference, Value

SAVE_HYPERPARAMETERS = "save_hyperparameters"


def attribute(owner: Value, name: str, node: ast.expr, run: Run) -> Value:
    """The value of `owner.name`; `node` is the whole expression."""
    if isinstance(owner, Reference):
        return member(Reference(f"{owner.path}.{name}"), node, run)
    if isinstance(owner, Instance | Class | Super):
        return _of_class(owner, name, node, run)
    if isinstance(owner, Made) and name == "transforms":
        return run.missing(node) if owner.transforms is None else owner.transforms
    if isinstance(owner, Parser):
        return _option(owner, name, node, run)
    if isinstance(owner, Missing):
        return owner.own[name] if name in owner.own else run.missing(node, owner.reason)
    if isinstance(owner, dict) and name in owner:
        return owner[name]
    if isinstance(owner, Array) and name in arrays.ATTRIBUTES:
        return _or_missing(lambda: arrays.ATTRIBUTES[name](owner), node, run)
    if methods.has(owner, name):
        where = node.value if isinstance(node, ast.Attribute) else None
        return Method(owner, name, node=where)
    if name == "value" and owner is not None and (is_scalar(owner) or isinstance(owner, list | tuple)):
        return owner  # members of enumerations are kept as their values
    return run.missing(node)


def _or_missing(work: Callable[[], Value], node: ast.expr, run: Run) -> Value:
    """The result of a function, or an unknown value if that fails."""
    try:
        return work()
    except (NotConstant, LookupError, TypeError):
        return run.missing(node)


def member(reference: Reference, node: ast.expr, run: Run) -> Value:
    """A constant of a library, else the reference to what is in it."""
    path = reference.path
    if path in folding.CONSTANTS:
        return folding.CONSTANTS[path]
    if path.startswith("cv2.") and reference.name.isupper():
        return opencv()[reference.name] if reference.name in opencv() else run.missing(node)
    return ENUMERATIONS.get(".".join(path.split(".")[-2:]), reference)


def _option(owner: Parser, name: str, node: ast.expr, run: Run) -> Value:
    """The value of a command line option: unknown, with its default in the code."""
    if name in owner.own:
        return owner.own[name]
    if name in owner.options:
        usual = owner.options[name]
        # A default of None says nothing: whether the option is given is unknown.
        return run.missing(
            _as_attribute(node, name), default=NOTHING if usual is None or isinstance(usual, Missing) else usual
        )
    if methods.has(owner, name):
        return Method(owner, name)
    return run.missing(node)


def _as_attribute(node: ast.expr, name: str) -> ast.expr:
    """`args.size` for `vars(args)["size"]`: one question for one option."""
    if not isinstance(node, ast.Subscript):
        return node
    inner = node.value
    whole = inner.args[0] if isinstance(inner, ast.Call) and inner.args else inner
    return ast.copy_location(ast.Attribute(value=whole, attr=name, ctx=ast.Load()), node)


def _of_class(owner: Instance | Class | Super, name: str, node: ast.expr, run: Run) -> Value:
    if isinstance(owner, Super):
        known, value = owner.instance.cls.find(name, owner.after)
        return _bound(value, owner.instance, node, run) if known else Method(owner, name)
    if isinstance(owner, Instance) and (name in owner.own or name == "__dict__"):
        return owner.own if name == "__dict__" else owner.own[name]
    cls = owner.cls if isinstance(owner, Instance) else owner
    for known, value in (cls.sets(name), cls.find(name)):
        if known:
            return _bound(value, owner, node, run)
    if name == SAVE_HYPERPARAMETERS:
        return Method(owner, name)
    if name == "transforms" and isinstance(owner, Instance) and owner.made is not None:
        return attribute(owner.made, name, node, run)
    return run.missing(node)


def _bound(value: Value, owner: Instance | Class, node: ast.expr, run: Run) -> Value:
    """An attribute as Python gives it: a method with its object, a property with its value."""
    if not isinstance(value, Function) or value.owner is None or value.kind == "static":
        return value
    if value.kind == "class":
        return Method(owner.cls if isinstance(owner, Instance) else owner, value.name, value)
    if isinstance(owner, Class):
        return value
    if value.kind == "property":
        return run.inlined(value, [owner], {}, node)
    return Method(owner, value.name, value)


def item(owner: Value, index: Value, node: ast.expr, run: Run) -> Value:
    """The value of `owner[index]`."""
    if isinstance(owner, Made) and steps_of(owner) is not None:
        owner = steps_of(owner)
    if isinstance(owner, Class) and owner.is_enum and isinstance(index, str):
        return attribute(owner, index, node, run)
    if isinstance(owner, Parser) and isinstance(index, str):
        return _option(owner, index, node, run)
    if isinstance(owner, Missing) and is_scalar(index) and index in owner.own:
        return owner.own[index]
    if isinstance(owner, list | tuple) and isinstance(index, slice):
        return owner[index]
    if isinstance(owner, Array) and isinstance(index, int | tuple | slice):
        return _or_missing(lambda: arrays.item(owner, index), node, run)
    if isinstance(owner, list | tuple | dict | str) and is_scalar(index):
        return _or_missing(lambda: owner[index], node, run)
    return run.missing(node)


def own_of(owner: Value) -> dict[Any, Value] | None:
    """The attributes of an object that code sets, None if it has none."""
    if isinstance(owner, dict):
        return owner
    return owner.own if isinstance(owner, Instance | Class | Missing | Parser) else None
