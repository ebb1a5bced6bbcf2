"""Loops inside expressions, and what a loop goes through."""

import ast
import itertools
from collections.abc import Iterator
from typing import Any

from explorer.augment.code.binding import bind
from explorer.augment.code.expressions import WORK, evaluate, key_of, spread, truth_of
from explorer.augment.code.results import CodeError
from explorer.augment.code.run import Run
from explorer.augment.code.scopes import Class, Function, Scope
from explorer.augment.code.values import Missing, Value

MAX_ROUNDS = 200  # of a loop
_MAX_ITEMS = 1001  # of a comprehension: a step more than a pipeline can have


def _comprehension(node: ast.ListComp | ast.SetComp | ast.GeneratorExp, scope: Scope, run: Run) -> Value:
    rounds = _rounds(node.generators, _inner(scope), run)
    found = [evaluate(node.elt, names, run) for names in itertools.islice(rounds, _MAX_ITEMS + 1)]
    if len(found) <= _MAX_ITEMS:
        return found
    if run.makes(found):
        raise CodeError("A list of steps of this code holds more than can be read.", node.lineno)
    return run.missing(node)


def _inner(scope: Scope) -> Scope:
    return Scope({}, scope, scope.title)


def _dict_comprehension(node: ast.DictComp, scope: Scope, run: Run) -> Value:
    found: dict[Any, Value] = {}
    for at, names in enumerate(_rounds(node.generators, _inner(scope), run)):
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
    """What a loop over a value goes through; one unknown thing where the value is not known."""
    found = spread(value)
    if isinstance(found, list):
        return found
    if isinstance(value, Class) and value.is_enum:
        return [inner for inner in value.scope.names.values() if not isinstance(inner, Function)]
    return [value] if isinstance(value, Missing) else [run.missing(node)]


WORK[ast.ListComp] = WORK[ast.SetComp] = WORK[ast.GeneratorExp] = _comprehension
WORK[ast.DictComp] = _dict_comprehension
