"""Giving values to names, attributes, items and slices, and taking them away."""

import ast

from explorer.augment.code.bounds import MAX_LENGTH
from explorer.augment.code.contents import is_scalar
from explorer.augment.code.expressions import WORK, evaluate, index_of
from explorer.augment.code.methods import remark
from explorer.augment.code.objects import own_of
from explorer.augment.code.run import Run
from explorer.augment.code.scopes import Class, Instance, Scope
from explorer.augment.code.values import Array, Made, Missing, Value


def bind(target: ast.expr, value: Value, scope: Scope, run: Run) -> None:
    """Give a value to a name, to an attribute, to a place in a list or dict, or to several names."""
    if isinstance(target, ast.Name):
        scope.elsewhere.get(target.id, scope).names[target.id] = value
    elif isinstance(target, ast.Tuple | ast.List):
        _unpack(target, value, scope, run)
    elif isinstance(target, ast.Attribute):
        _bind_attribute(target, evaluate(target.value, scope, run), value, scope, run)
    elif isinstance(target, ast.Subscript):
        _bind_item(target, evaluate(target.value, scope, run), value, scope, run)


def _bind_attribute(target: ast.Attribute, owner: Value, value: Value, scope: Scope, run: Run) -> None:
    if isinstance(owner, Made):
        if target.attr == "transforms":
            owner.args = owner.args[1:]
        if target.attr in ("p", "transforms"):
            owner.keywords[target.attr] = value
        return
    own = own_of(owner)
    if own is not None:
        own[target.attr] = value
    if isinstance(owner, Missing):
        hold(target.value, owner, scope, run)


def _bind_item(target: ast.Subscript, owner: Value, value: Value, scope: Scope, run: Run) -> None:
    if isinstance(owner, Class | Instance):
        return
    index = index_of(target, scope, run)
    if isinstance(owner, list):
        try:
            _set_item(owner, index, value)
        except (LookupError, TypeError, ValueError):
            remark(owner, target, target.lineno)
    elif isinstance(owner, Array):
        _bind_number(owner, index, value)
    elif (own := own_of(owner)) is not None and is_scalar(index) and not isinstance(target.slice, ast.Slice):
        own[index] = value
        if isinstance(owner, Missing):
            hold(target.value, owner, scope, run)


def _set_item(owner: list[Value], index: Value, value: Value) -> None:
    if isinstance(index, slice) and isinstance(value, list | tuple) and len(owner) + len(value) <= MAX_LENGTH:
        owner[index] = list(value)
    elif type(index) is int:
        owner[index] = value
    else:
        raise TypeError


def _bind_number(owner: Array, index: Value, value: Value) -> None:
    try:
        owner.numbers[index] = value
    except (TypeError, ValueError, IndexError, OverflowError):
        owner.numbers = owner.numbers.astype(object)  # no arithmetic takes it now, so it is asked for


def hold(node: ast.expr, value: Value, scope: Scope, run: Run) -> None:
    """Let what the code names stand for this very value from here on, which is not known but in part."""
    if isinstance(node, ast.Name):
        (scope.holder(node.id) or scope.outermost()).names[node.id] = value
        return
    if not isinstance(node, ast.Attribute | ast.Subscript):
        return
    outer = evaluate(node.value, scope, run)
    key = node.attr if isinstance(node, ast.Attribute) else index_of(node, scope, run)
    own = own_of(outer)
    if own is not None and key is not None and is_scalar(key) and own.get(key) is not value:
        own[key] = value
        if isinstance(outer, Missing):
            hold(node.value, outer, scope, run)


def _unpack(target: ast.Tuple | ast.List, value: Value, scope: Scope, run: Run) -> None:
    starred = [at for at, part in enumerate(target.elts) if isinstance(part, ast.Starred)]
    if isinstance(value, Array):
        value = value.numbers.tolist()
    if isinstance(value, list | tuple) and len(starred) == 1 and len(value) >= len(target.elts) - 1:
        at, more = starred[0], len(value) - len(target.elts) + 1
        value = [*value[:at], list(value[at : at + more]), *value[at + more :]]
    elif starred:
        value = None
    plain = isinstance(value, list | tuple) and len(value) == len(target.elts)
    for at, part in enumerate(target.elts):
        name = part.value if isinstance(part, ast.Starred) else part
        bind(name, value[at] if plain else run.missing(name), scope, run)


def unbind(target: ast.expr, scope: Scope, run: Run) -> None:
    """`del target`."""
    if isinstance(target, ast.Name):
        scope.elsewhere.get(target.id, scope).names.pop(target.id, None)
    elif isinstance(target, ast.Tuple | ast.List):
        for part in target.elts:
            unbind(part, scope, run)
    elif isinstance(target, ast.Attribute):
        own = own_of(evaluate(target.value, scope, run))
        if own is not None:
            own.pop(target.attr, None)
    elif isinstance(target, ast.Subscript):
        _unbind_item(target, evaluate(target.value, scope, run), scope, run)


def _unbind_item(target: ast.Subscript, owner: Value, scope: Scope, run: Run) -> None:
    index = index_of(target, scope, run)
    if isinstance(owner, list):
        if isinstance(index, slice) or (type(index) is int and index in range(-len(owner), len(owner))):
            del owner[index]
        else:
            remark(owner, ast.Delete(targets=[target]), target.lineno)
    elif (own := own_of(owner)) is not None and is_scalar(index):
        own.pop(index, None)


def _walrus(node: ast.NamedExpr, scope: Scope, run: Run) -> Value:
    value = evaluate(node.value, scope, run)
    bind(node.target, value, scope, run)
    return value


WORK[ast.NamedExpr] = _walrus
