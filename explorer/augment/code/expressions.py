"""What an expression stands for. Nothing is run: calls of albumentations are kept as they are written."""

import ast
from collections.abc import Callable, Iterator
from typing import Any

from explorer.augment.code import folding
from explorer.augment.code.constants import ENUMERATIONS, opencv
from explorer.augment.code.folding import NotConstant
from explorer.augment.code.names import is_class, is_known, well_known
from explorer.augment.code.run import Run
from explorer.augment.code.values import (
    Class,
    Function,
    Instance,
    Made,
    Method,
    Missing,
    Reference,
    Scope,
    Value,
    alike,
    is_scalar,
    made_in,
    missing_in,
    written,
)

MAX_KEY = 200  # characters of a name that is put together
MAX_ROUNDS = 200  # of a loop or comprehension


def evaluate(node: ast.expr, scope: Scope, run: Run) -> Value:
    """The value of an expression. Raises CodeError where the code is too much, RecursionError where too deep."""
    run.budget.spend()
    work = WORK.get(type(node))
    return _inside(node, scope, run) if work is None else work(node, scope, run)


def _constant(node: ast.Constant, scope: Scope, run: Run) -> Value:  # noqa: ARG001
    plain = node.value is None or isinstance(node.value, bool | int | float | str)
    return node.value if plain else run.missing(node)


def _name(node: ast.Name, scope: Scope, run: Run) -> Value:
    known, value = scope.look_up(node.id)
    if known and isinstance(value, Reference) and not is_known(value.path):
        return run.missing(node)  # from another file
    if known:
        return value
    reference = well_known(node.id)
    return run.missing(node) if reference is None else reference


def _attribute(node: ast.Attribute, scope: Scope, run: Run) -> Value:
    owner = evaluate(node.value, scope, run)
    if isinstance(owner, Reference):
        return _member(Reference(f"{owner.path}.{node.attr}"), node, run)
    if isinstance(owner, Instance | Class):
        cls = owner.cls if isinstance(owner, Instance) else owner
        for names in (cls.own, cls.scope.names):
            if node.attr in names:
                value = names[node.attr]
                return _bound(value, owner)
        return run.missing(node)
    if isinstance(owner, Made) and node.attr == "transforms":
        return owner.keywords.get("transforms", owner.args[0] if owner.args else run.missing(node))
    if isinstance(owner, dict) and node.attr in owner:
        return owner[node.attr]
    if isinstance(owner, list | dict):
        return Method(owner, node.attr)
    return run.missing(node, owner.reason if isinstance(owner, Missing) else "")


def _bound(value: Value, owner: Value) -> Value:
    return Method(owner, value.node.name) if isinstance(value, Function) and isinstance(owner, Instance) else value


def _member(reference: Reference, node: ast.expr, run: Run) -> Value:
    """A constant of a library, else the reference to what is in it."""
    path = reference.path
    if path in folding.CONSTANTS:
        return folding.CONSTANTS[path]
    if path.startswith("cv2.") and reference.name.isupper():
        return opencv()[reference.name] if reference.name in opencv() else run.missing(node)
    return ENUMERATIONS.get(".".join(path.split(".")[-2:]), reference)


def _subscript(node: ast.Subscript, scope: Scope, run: Run) -> Value:
    owner = evaluate(node.value, scope, run)
    index = None if isinstance(node.slice, ast.Slice) else evaluate(node.slice, scope, run)
    if (
        not isinstance(node.slice, ast.Slice)
        and isinstance(owner, list | tuple | dict | str)
        and isinstance(index, int | str | None)
    ):
        try:
            return owner[index]  # type: ignore[index]
        except (LookupError, TypeError):
            return run.missing(node)
    if isinstance(owner, list | tuple) and isinstance(node.slice, ast.Slice):
        ends = [None if end is None else evaluate(end, scope, run) for end in _ends(node.slice)]
        if all(end is None or type(end) is int for end in ends) and ends[2] != 0:
            return owner[slice(*ends)]
    return run.missing(node)


def _ends(node: ast.Slice) -> tuple[ast.expr | None, ast.expr | None, ast.expr | None]:
    return node.lower, node.upper, node.step


def _sequence(node: ast.List | ast.Tuple | ast.Set, scope: Scope, run: Run) -> Value:
    items = list(_items(node.elts, scope, run))
    return tuple(items) if isinstance(node, ast.Tuple) else items


def _items(nodes: list[ast.expr], scope: Scope, run: Run) -> Iterator[Value]:
    for node in nodes:
        if not isinstance(node, ast.Starred):
            yield evaluate(node, scope, run)
            continue
        inner = evaluate(node.value, scope, run)
        yield from inner if isinstance(inner, list | tuple) else [inner]


def _dict(node: ast.Dict, scope: Scope, run: Run) -> Value:
    found: dict[Any, Value] = {}
    for key, value in zip(node.keys, node.values, strict=True):
        inner = evaluate(value, scope, run)
        if key is None:
            found |= inner if isinstance(inner, dict) else {}
            continue
        name = evaluate(key, scope, run)
        plain = isinstance(name, str | int | float | bool | None)
        found[name if plain else f"<{written(key)}>"] = inner
    return found


def _binary(node: ast.BinOp, scope: Scope, run: Run) -> Value:
    left, right = evaluate(node.left, scope, run), evaluate(node.right, scope, run)
    if isinstance(node.op, ast.Add) and isinstance(left, list | tuple) and isinstance(right, Missing):
        return [*left, right]  # a list of steps that goes on with what is not known
    if isinstance(node.op, ast.Add) and isinstance(right, list | tuple) and isinstance(left, Missing):
        return [left, *right]
    return _worked_out(node, [left, right], run, lambda: folding.binary(node.op, left, right))


def _unary(node: ast.UnaryOp, scope: Scope, run: Run) -> Value:
    value = evaluate(node.operand, scope, run)
    return _worked_out(node, [value], run, lambda: folding.unary(node.op, value))


def _compare(node: ast.Compare, scope: Scope, run: Run) -> Value:
    values = [evaluate(part, scope, run) for part in (node.left, *node.comparators)]
    pairs = list(zip(node.ops, values, values[1:], strict=False))
    return _worked_out(node, values, run, lambda: all(folding.compare(op, a, b) for op, a, b in pairs))


def _worked_out(node: ast.expr, values: list[Value], run: Run, work: Callable[[], Value]) -> Value:
    """The result where all is known; else what it depends on, which is asked for instead."""
    unknown = _distinct(missing_in(values))
    if unknown:
        return unknown[0] if len(unknown) == 1 else Missing(node, node.lineno, parts=unknown)
    try:
        return work()
    except NotConstant:
        return run.missing(node)


def _distinct(unknown: Iterator[Missing]) -> tuple[Missing, ...]:
    return tuple({id(one): one for one in unknown}.values())


def _either(node: ast.BoolOp, scope: Scope, run: Run) -> Value:
    wants = isinstance(node.op, ast.Or)
    value: Value = None
    for part in node.values:
        value = evaluate(part, scope, run)
        if isinstance(value, Missing):
            return run.missing(node, parts=(value,))
        if bool(value) is wants:
            break
    return value


def _choice(node: ast.IfExp, scope: Scope, run: Run) -> Value:
    known, truth = truth_of(node.test, scope, run)
    if known:
        return evaluate(node.body if truth else node.orelse, scope, run)
    both = [evaluate(part, scope, run) for part in (node.body, node.orelse)]
    if not any(next(made_in(value), None) for value in both):
        return both[0] if alike(*both) else run.missing(node)
    return both[0] if run.decide(written(node.test), True) else both[1]


def truth_of(test: ast.expr, scope: Scope, run: Run) -> tuple[bool, bool]:
    """Whether the code says if a condition is true, and if it is."""
    value = evaluate(test, scope, run)
    if value is None or isinstance(value, bool | int | float | str | list | tuple | dict):
        return True, bool(value)
    return False, False


def _comprehension(node: ast.ListComp | ast.SetComp | ast.GeneratorExp, scope: Scope, run: Run) -> Value:
    return [evaluate(node.elt, names, run) for names in _rounds(node.generators, Scope({}, scope, scope.title), run)]


def _dict_comprehension(node: ast.DictComp, scope: Scope, run: Run) -> Value:
    found: dict[Any, Value] = {}
    for names in _rounds(node.generators, Scope({}, scope, scope.title), run):
        key = evaluate(node.key, names, run)
        plain = isinstance(key, str | int | float | bool | None)
        found[key if plain else f"<{written(node.key)}>"] = evaluate(node.value, names, run)
    return found


def _rounds(generators: list[ast.comprehension], outer: Scope, run: Run) -> Iterator[Scope]:
    """The names of each round of a comprehension."""
    if not generators:
        yield outer
        return
    first, *rest = generators
    for item in members(evaluate(first.iter, outer, run), first.iter, run)[:MAX_ROUNDS]:
        names = Scope({}, outer, outer.title)
        bind(first.target, item, names, run)
        if all(truth_of(test, names, run) != (True, False) for test in first.ifs):
            yield from _rounds(rest, names, run)


def members(value: Value, node: ast.expr, run: Run) -> list[Value]:
    """What a loop over a value goes through; one unknown thing where the value is not known."""
    if isinstance(value, list | tuple | dict):
        return list(value)
    return [value] if isinstance(value, Missing) else [run.missing(node)]


def bind(target: ast.expr, value: Value, scope: Scope, run: Run) -> None:
    """Give a value to a name, to an attribute of one's own, to a place in a list or dict, or to several names."""
    if isinstance(target, ast.Name):
        scope.names[target.id] = value
    elif isinstance(target, ast.Tuple | ast.List):
        _unpack(target, value, scope, run)
    elif isinstance(target, ast.Attribute):
        owner = evaluate(target.value, scope, run)
        if isinstance(owner, Instance | Class):
            (owner.cls if isinstance(owner, Instance) else owner).own[target.attr] = value
        elif isinstance(owner, dict):
            owner[target.attr] = value
    elif isinstance(target, ast.Subscript):
        owner, index = evaluate(target.value, scope, run), evaluate(target.slice, scope, run)
        places = range(-len(owner), len(owner)) if isinstance(owner, list) else ()
        if (isinstance(owner, dict) and isinstance(index, str | int)) or (isinstance(index, int) and index in places):
            owner[index] = value


def _unpack(target: ast.Tuple | ast.List, value: Value, scope: Scope, run: Run) -> None:
    plain = isinstance(value, list | tuple) and len(value) == len(target.elts)
    if plain and not any(isinstance(part, ast.Starred) for part in target.elts):
        for part, inner in zip(target.elts, value, strict=True):
            bind(part, inner, scope, run)
        return
    for part in target.elts:
        name = part.value if isinstance(part, ast.Starred) else part
        bind(name, run.missing(name), scope, run)


def _walrus(node: ast.NamedExpr, scope: Scope, run: Run) -> Value:
    value = evaluate(node.value, scope, run)
    bind(node.target, value, scope, run)
    return value


def _inside(node: ast.expr, scope: Scope, run: Run) -> Value:
    """Something that is not followed itself, while pipelines may stand in it."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.expr):
            evaluate(child, scope, run)
    return run.missing(node)


def _lambda(node: ast.Lambda, scope: Scope, run: Run) -> Value:  # noqa: ARG001
    return run.missing(node)


def _f_string(node: ast.JoinedStr, scope: Scope, run: Run) -> Value:
    """The text, where it is made of short plain values as they are."""
    found = ""
    for part in node.values:
        value = evaluate(part.value if isinstance(part, ast.FormattedValue) else part, scope, run)
        formatted = isinstance(part, ast.FormattedValue) and (part.format_spec is not None or part.conversion != -1)
        if (
            formatted
            or not is_scalar(value)
            or len(found) > MAX_KEY
            or (isinstance(value, int) and abs(value) >= 2**63)
        ):
            return run.missing(node)
        found += str(value)[:MAX_KEY]
    return found


def is_transform(reference: Value) -> bool:
    """Whether a name leads to a class of albumentations; its functions and the methods of its classes make no step."""
    return isinstance(reference, Reference) and is_class(reference.path)


# What each kind of expression is worked out by; calls come from `calls`.
WORK: dict[type[ast.expr], Callable[[Any, Scope, Run], Value]] = {
    ast.Constant: _constant,
    ast.Name: _name,
    ast.Attribute: _attribute,
    ast.Subscript: _subscript,
    ast.List: _sequence,
    ast.Tuple: _sequence,
    ast.Set: _sequence,
    ast.Dict: _dict,
    ast.BinOp: _binary,
    ast.UnaryOp: _unary,
    ast.Compare: _compare,
    ast.BoolOp: _either,
    ast.IfExp: _choice,
    ast.ListComp: _comprehension,
    ast.SetComp: _comprehension,
    ast.GeneratorExp: _comprehension,
    ast.DictComp: _dict_comprehension,
    ast.NamedExpr: _walrus,
    ast.JoinedStr: _f_string,
    ast.Lambda: _lambda,
}
