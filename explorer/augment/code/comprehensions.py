"""Loops inside expressions, and what a loop goes through."""

import ast
from collections.abc import Iterator
from typing import Any

from explorer.augment.code.binding import bind
from explorer.augment.code.expressions import WORK, evaluate, spread, truth_of
from explorer.augment.code.run import Run
from explorer.augment.code.values import Class, Function, Missing, Scope, Value, written

MAX_ROUNDS = 200  # of a loop or comprehension


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
    found = spread(value)
    if isinstance(found, list):
        return found
    if isinstance(value, Class) and value.is_enum:
        return [inner for inner in value.scope.names.values() if not isinstance(inner, Function)]
    return [value] if isinstance(value, Missing) else [run.missing(node)]


WORK[ast.ListComp] = WORK[ast.SetComp] = WORK[ast.GeneratorExp] = _comprehension
WORK[ast.DictComp] = _dict_comprehension
