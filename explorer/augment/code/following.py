"""Calls of the functions that the code itself defines, bounded in their number."""

import ast

from explorer.augment.code.run import MAX_CALLS, Run
from explorer.augment.code.values import NOTHING, Class, Function, Instance, Missing, Value

_SHORT = 8  # statements; a longer function that makes no pipeline and sets no name outside is not followed
LONG = 80  # statements of an `__init__`, which says what the object holds


def follows(function: Function, run: Run, limit: int = _SHORT) -> bool:
    """Whether a call is gone through: where that can lead to anything, and calls are not nested too deep."""
    worth = id(function.node) in run.telling or function.reaches_out or len(function.body) <= limit
    return worth and run.depth < MAX_CALLS


def inlined(
    function: Function, args: list[Value], keywords: dict[str, Value], node: ast.expr, run: Run, limit: int = _SHORT
) -> Value:
    """What a function of the code returns for these arguments."""
    if not follows(function, run, limit):
        return run.missing(node)
    run.depth += 1
    run.called = run.called or node.lineno
    try:
        returned, value = run.follow(function, args, keywords, run)
    finally:
        run.depth -= 1
        run.called = run.called if run.depth else 0
    return value if returned else run.missing(node)


def bound(function: Function, args: list[Value], keywords: dict[str, Value], run: Run) -> dict[str, Value]:
    """The names that a call of a function begins with."""
    signature = function.node.args
    places = [*signature.posonlyargs, *signature.args]
    given = {place.arg: value for place, value in zip(places, args, strict=False)} | keywords
    if function.owner is not None and function.kind != "static" and places and places[0].arg not in given:
        given[places[0].arg] = _self(function.owner, function.kind, places[0])
    names: dict[str, Value] = {}
    for place in [*places, *signature.kwonlyargs]:
        name = ast.copy_location(ast.Name(id=place.arg, ctx=ast.Load()), place)
        usual = function.defaults.get(place.arg, NOTHING)
        if place.arg in given:
            names[place.arg] = given[place.arg]
        else:  # None as a default says nothing of the value
            names[place.arg] = run.missing(name, default=usual) if usual is None or usual is NOTHING else usual
    if signature.vararg is not None:
        names[signature.vararg.arg] = list(args[len(places) :])
    if signature.kwarg is not None:
        names[signature.kwarg.arg] = {name: value for name, value in given.items() if name not in names}
    return names


def _self(owner: Class, kind: str, place: ast.arg) -> Value:
    """What a method gets where it is gone through as it is defined. All objects of a class are one then."""
    if kind == "class":
        return owner
    name = ast.copy_location(ast.Name(id=place.arg, ctx=ast.Load()), place)
    return Instance(owner, owner.own, Missing(name, name.lineno))
