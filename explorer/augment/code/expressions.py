"""Evaluates expressions. Nothing is run: calls of albumentations are kept as they are written."""

import ast
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from explorer.augment.code import arrays, folding, methods, objects
from explorer.augment.code.configurations import placed
from explorer.augment.code.contents import alike, filled, has_default, is_none, is_scalar, made_in, steps_of, unknown_in
from explorer.augment.code.names import COMPOSERS, is_known, well_known
from explorer.augment.code.run import Run
from explorer.augment.code.scopes import Function, Scope
from explorer.augment.code.values import (
    MAX_INT,
    MAX_LENGTH,
    NO_NAME,
    NOTHING,
    Array,
    Made,
    Missing,
    NotConstant,
    Reference,
    Value,
    written,
)

MAX_KEY = 200  # characters of a name that is put together


def evaluate(node: ast.expr, scope: Scope, run: Run) -> Value:
    """The value of an expression. Raises CodeError for too much code, RecursionError for too deep nesting."""
    run.budget.spend()
    if (work := WORK.get(type(node))) is not None:
        return work(node, scope, run)
    look_inside(node, scope, run)
    return run.missing(node)


def _constant(node: ast.Constant, scope: Scope, run: Run) -> Value:  # noqa: ARG001
    plain = node.value is None or isinstance(node.value, bool | int | float | str)
    return node.value if plain else run.missing(node)


def _name(node: ast.Name, scope: Scope, run: Run) -> Value:
    known, value = scope.look_up(node.id)
    if known and isinstance(value, Reference):
        # A module that is no known library is another file.
        return objects.member(value, node, run) if is_known(value.path) else run.missing(node)
    if known:
        return value
    reference = well_known(node.id)
    return run.missing(node) if reference is None else reference


def _subscript(node: ast.Subscript, scope: Scope, run: Run) -> Value:
    owner = evaluate(node.value, scope, run)
    return objects.item(owner, index_of(node, scope, run), node, run)


def index_of(node: ast.Subscript, scope: Scope, run: Run) -> Value:
    """The index or the slice in `x[...]`; None for a slice with an unknown end."""
    if not isinstance(node.slice, ast.Slice):
        return evaluate(node.slice, scope, run)
    ends = (node.slice.lower, node.slice.upper, node.slice.step)
    found = [None if end is None else evaluate(end, scope, run) for end in ends]
    return slice(*found) if all(end is None or type(end) is int for end in found) and found[2] != 0 else None


def _sequence(node: ast.List | ast.Tuple | ast.Set, scope: Scope, run: Run) -> Value:
    items = list(_items(node.elts, scope, run))
    if len(items) > MAX_LENGTH:
        return run.missing(node)
    return tuple(items) if isinstance(node, ast.Tuple) else items


def _items(nodes: list[ast.expr], scope: Scope, run: Run) -> Iterator[Value]:
    for node in nodes:
        if not isinstance(node, ast.Starred):
            yield evaluate(node, scope, run)
            continue
        inner = spread(evaluate(node.value, scope, run))
        if isinstance(inner, list):
            run.budget.spend(len(inner) // 10)
        yield from inner if isinstance(inner, list) else [inner]


def spread(value: Value) -> Value:
    """The items of `*value` as a list, or the value itself if they are not known."""
    if isinstance(value, Made):
        steps = steps_of(value)
        return value if steps is None else steps
    if isinstance(value, Array):
        return arrays.rows(value)
    return list(value) if isinstance(value, list | tuple | dict) else value


def _dict(node: ast.Dict, scope: Scope, run: Run) -> Value:
    found: dict[Any, Value] = {}
    for key, value in zip(node.keys, node.values, strict=True):
        inner = evaluate(value, scope, run)
        if key is None:
            found |= inner if isinstance(inner, dict) else {}
            continue
        found[key_of(key, scope, run)] = inner
    return placed(found, node)


def key_of(node: ast.expr, scope: Scope, run: Run) -> Any:
    """The key of an item of a dict, or its text if it is no plain value."""
    found = evaluate(node, scope, run)
    return found if is_scalar(found) else f"<{written(node)}>"


def _binary(node: ast.BinOp, scope: Scope, run: Run) -> Value:
    left, right = evaluate(node.left, scope, run), evaluate(node.right, scope, run)
    return operate(node, node.op, left, right, scope, run)


def operate(node: ast.expr, op: ast.operator, left: Value, right: Value, scope: Scope, run: Run) -> Value:
    """The value of `left op right`; `node` is the whole expression."""
    if isinstance(op, ast.Add):
        if isinstance(left, list | tuple) and isinstance(right, Missing):
            return [*left, right]  # a list of steps that goes on with what is not known
        if isinstance(right, list | tuple) and isinstance(left, Missing):
            return [left, *right]
        if isinstance(left, list | tuple) and type(left) is type(right) and len(left) + len(right) <= MAX_LENGTH:
            run.budget.spend(len(left) // 20)
            return type(left)([*left, *right])
        if isinstance(left, Made) or isinstance(right, Made):
            return _longer(node, left, right, scope, run)
    if isinstance(op, ast.Mult) and (times := _repeated(left, right)) is not None:
        run.budget.spend(len(times) // 20)
        return times
    if isinstance(op, ast.BitOr) and isinstance(left, dict) and isinstance(right, dict):
        return left | right
    return worked_out(node, [left, right], run, lambda values: folding.binary(op, values[0], values[1]))


def _repeated(left: Value, right: Value) -> list[Value] | tuple[Value, ...] | None:
    """A list times a number, None if it is no list or would be too long."""
    whole, times = (left, right) if isinstance(left, list | tuple) else (right, left)
    if not isinstance(whole, list | tuple) or not isinstance(times, int) or len(whole) * times > MAX_LENGTH:
        return None
    return whole * times


def _longer(node: ast.expr, left: Value, right: Value, scope: Scope, run: Run) -> Value:
    """`compose + steps` and `steps + compose` of 2.x: a Compose of its own with more steps."""
    whole, more = (left, right) if isinstance(left, Made) else (right, left)
    steps = steps_of(whole)
    if steps is None or whole.name not in COMPOSERS or isinstance(more, Missing):
        return run.missing(node)
    others = list(more) if isinstance(more, list | tuple) else [more]
    if len(steps) + len(others) > MAX_LENGTH:
        return run.missing(node)
    found = replace(
        whole,
        node=node,
        args=[],
        keywords={**whole.keywords, "transforms": [*steps, *others] if whole is left else [*others, *steps]},
        origin=run.origin(scope, node.lineno),
        label_depth=NO_NAME,
    )
    run.made.append(found)
    return found


def _unary(node: ast.UnaryOp, scope: Scope, run: Run) -> Value:
    value = evaluate(node.operand, scope, run)
    if isinstance(node.op, ast.Not) and is_none(value):
        return True
    return worked_out(node, [value], run, lambda values: folding.unary(node.op, values[0]))


def _compare(node: ast.Compare, scope: Scope, run: Run) -> Value:
    values = [evaluate(part, scope, run) for part in (node.left, *node.comparators)]
    values = [None if is_none(value) else value for value in values]
    if len(values) == 2 and isinstance(node.ops[0], ast.Is | ast.IsNot | ast.Eq | ast.NotEq) and None in values:
        known = [value for value in values if value is not None]
        if known and not isinstance(known[0], Missing | Array):
            return isinstance(node.ops[0], ast.IsNot | ast.NotEq)
    ops = node.ops

    def work(values: list[Value]) -> bool:
        return all(folding.compare(op, a, b) for op, a, b in zip(ops, values, values[1:], strict=False))

    return worked_out(node, values, run, work)


def worked_out(node: ast.expr, values: list[Value], run: Run, work: Callable[[list[Value]], Value]) -> Value:
    """The result if all values are known, else an unknown value that depends on the unknown ones."""
    run.budget.spend(sum(len(value.numbers) for value in values if isinstance(value, Array)) // 20)
    open_ones = list(unknown_in(run.parts(values)))
    unknown = tuple({id(name): name for part in open_ones for name in part.names()}.values())
    try:
        if not unknown:
            return work(values)
        if len(unknown) == 1 and not has_default(unknown[0]):
            return unknown[0]
        usual = work(filled(values)) if all(map(has_default, open_ones)) else NOTHING
    except NotConstant:
        return run.missing(node)
    return Missing(node, node.lineno, parts=unknown, default=usual)


def _either(node: ast.BoolOp, scope: Scope, run: Run) -> Value:
    wants = isinstance(node.op, ast.Or)
    value: Value = None
    for at, part in enumerate(node.values):
        value = evaluate(part, scope, run)
        known, truth = _truth(value)
        if known and truth is wants:
            return value
        if known or at == len(node.values) - 1:
            continue
        if not _decides(node, node.values[at + 1 :], run):
            return run.missing(node, parts=(value,) if isinstance(value, Missing) else ())
        if run.decide(written(part), not wants) is wants:
            return value
    return value


def _decides(node: ast.expr, inside: list[ast.expr], run: Run) -> bool:
    """Whether steps may depend on an expression: it makes some, or changes a list."""
    if id(node) in run.relevant:
        return True
    calls = (call.func for part in inside for call in ast.walk(part) if isinstance(call, ast.Call))
    return any(isinstance(call, ast.Attribute) and call.attr in methods.CHANGING for call in calls)


def _choice(node: ast.IfExp, scope: Scope, run: Run) -> Value:
    known, truth = truth_of(node.test, scope, run)
    if known:
        return evaluate(node.body if truth else node.orelse, scope, run)
    if _decides(node, [node.body, node.orelse], run):
        return evaluate(node.body if run.decide(written(node.test), True) else node.orelse, scope, run)
    both = [evaluate(part, scope, run) for part in (node.body, node.orelse)]
    if not any(next(made_in(value), None) for value in both):
        return both[0] if alike(*both) else run.missing(node)
    return both[0] if run.decide(written(node.test), True) else both[1]


def truth_of(test: ast.expr, scope: Scope, run: Run) -> tuple[bool, bool]:
    """Whether a condition is known, and whether it is true."""
    return _truth(evaluate(test, scope, run))


def _truth(value: Value) -> tuple[bool, bool]:
    if is_none(value):
        return True, False
    if isinstance(value, bool | int | float | str | list | tuple | dict):
        return True, bool(value)
    return isinstance(value, Made | Function), True


def look_inside(node: ast.AST, scope: Scope, run: Run) -> None:
    """Evaluate the expressions in something that is not evaluated itself, since they may contain pipelines."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.expr):
            evaluate(child, scope, run)


def _lambda(node: ast.Lambda, scope: Scope, run: Run) -> Value:
    made = Function(node, scope, defaults_of(node.args, scope, run))
    run.functions.append(made)
    return made


def defaults_of(signature: ast.arguments, scope: Scope, run: Run) -> dict[str, Value]:
    """The defaults of a function, by parameter."""
    places = [*signature.posonlyargs, *signature.args]
    late = places[len(places) - len(signature.defaults) :]
    pairs = [
        *zip(late, signature.defaults, strict=True),
        *zip(signature.kwonlyargs, signature.kw_defaults, strict=True),
    ]
    return {place.arg: evaluate(value, scope, run) for place, value in pairs if value is not None}


def _f_string(node: ast.JoinedStr, scope: Scope, run: Run) -> Value:
    """The text of an f-string of short plain values without formats."""
    found = ""
    for part in node.values:
        value = evaluate(part.value if isinstance(part, ast.FormattedValue) else part, scope, run)
        formatted = isinstance(part, ast.FormattedValue) and (part.format_spec is not None or part.conversion != -1)
        too_large = len(found) > MAX_KEY or (isinstance(value, int) and abs(value) >= MAX_INT)
        if formatted or too_large or not is_scalar(value):
            return run.missing(node)
        found += str(value)[:MAX_KEY]
    return found


# Kind of expression -> the function that evaluates it; `calls` and `binding` add theirs.
WORK: dict[type[ast.expr], Callable[[Any, Scope, Run], Value]] = {
    ast.Constant: _constant,
    ast.Name: _name,
    ast.Attribute: lambda node, scope, run: objects.attribute(evaluate(node.value, scope, run), node.attr, node, run),
    ast.Subscript: _subscript,
    **dict.fromkeys((ast.List, ast.Tuple, ast.Set), _sequence),
    ast.Dict: _dict,
    ast.BinOp: _binary,
    ast.UnaryOp: _unary,
    ast.Compare: _compare,
    ast.BoolOp: _either,
    ast.IfExp: _choice,
    ast.JoinedStr: _f_string,
    ast.Lambda: _lambda,
}
