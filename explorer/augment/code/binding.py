"""Giving values to names, attributes, items and slices, taking them away, and loops inside expressions."""

import ast
import itertools
from collections.abc import Iterator
from typing import Any

from explorer.augment.code.contents import is_scalar
from explorer.augment.code.expressions import WORK, evaluate, index_of, key_of, spread, truth_of
from explorer.augment.code.methods import remark
from explorer.augment.code.objects import own_of
from explorer.augment.code.results import CodeError
from explorer.augment.code.run import Run
from explorer.augment.code.scopes import Class, Function, Instance, Scope
from explorer.augment.code.values import MAX_LENGTH, Array, Made, Missing, Value

MAX_ROUNDS = 200  # of a loop
_MAX_ITEMS = 1001  # of a comprehension: a step more than a pipeline can have


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
        owner.numbers = owner.numbers.astype(object)  # it is unknown now


def hold(node: ast.expr, value: Value, scope: Scope, run: Run) -> None:
    """Give an expression a value, from here on, that is known only in part."""
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


# Loops inside expressions


def _comprehension(node: ast.ListComp | ast.SetComp | ast.GeneratorExp, scope: Scope, run: Run) -> Value:
    rounds = _rounds(node.generators, scope, run)
    found = [evaluate(node.elt, names, run) for names in itertools.islice(rounds, _MAX_ITEMS + 1)]
    if len(found) <= _MAX_ITEMS:
        return found
    if run.makes(found):
        raise CodeError("A list of steps of this code holds more than can be read.", node.lineno)
    return run.missing(node)


def _dict_comprehension(node: ast.DictComp, scope: Scope, run: Run) -> Value:
    found: dict[Any, Value] = {}
    for at, names in enumerate(_rounds(node.generators, scope, run)):
        if at == _MAX_ITEMS:
            return run.missing(node)
        found[key_of(node.key, names, run)] = evaluate(node.value, names, run)
    return found


def _rounds(generators: list[ast.comprehension], outer: Scope, run: Run) -> Iterator[Scope]:
    """The scope of each round of a comprehension."""
    if not generators:
        yield outer
        return
    first, *rest = generators
    for item in members(evaluate(first.iter, outer, run), first.iter, run):
        names = Scope({}, outer, outer.title)
        bind(first.target, item, names, run)
        if all(truth_of(test, names, run) != (True, False) for test in first.ifs):
            yield from _rounds(rest, names, run)


def members(value: Value, node: ast.expr, run: Run) -> list[Value]:
    """The items of a loop over a value; one unknown item if the value is not known."""
    found = spread(value)
    if isinstance(found, list):
        return found
    if isinstance(value, Class) and value.is_enum:
        return [inner for inner in value.scope.names.values() if not isinstance(inner, Function)]
    return [value] if isinstance(value, Missing) else [run.missing(node)]


WORK[ast.ListComp] = WORK[ast.SetComp] = WORK[ast.GeneratorExp] = _comprehension
WORK[ast.DictComp] = _dict_comprehension
WORK[ast.NamedExpr] = _walrus
