"""Statements in their order, as far as they decide what a pipeline is made of."""

import ast
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from explorer.augment.code import folding
from explorer.augment.code.expressions import MAX_ROUNDS, bind, evaluate, members, truth_of
from explorer.augment.code.names import imported
from explorer.augment.code.run import Run
from explorer.augment.code.values import Class, Function, Instance, Made, Missing, Scope, Value, alike, made_in, written


@dataclass
class Done:
    """How a block was left. kind: "return", "raise", "loop" (break or continue)."""

    kind: str
    value: Value = None


def run_block(body: Iterable[ast.stmt], scope: Scope, run: Run) -> Done | None:
    """Go through statements; tell how the block was left before its end, if it was."""
    for node in body:
        run.budget.spend()
        work = _STATEMENTS.get(type(node), _others)
        if (done := work(node, scope, run)) is not None:
            return done
    return None


def run_function(function: Function, args: list[Value], keywords: dict[str, Value], run: Run) -> tuple[bool, Value]:
    """Whether a call returns anything, and what. An argument that is not given and has no default is unknown."""
    scope = Scope(_bound(function, args, keywords, run), function.scope, function.title)
    done = run_block(function.node.body, scope, run)
    return (done is not None and done.kind == "return"), (None if done is None else done.value)


def _bound(function: Function, args: list[Value], keywords: dict[str, Value], run: Run) -> dict[str, Value]:
    signature = function.node.args
    places = [*signature.posonlyargs, *signature.args]
    given = {place.arg: value for place, value in zip(places, args, strict=False)} | keywords
    names: dict[str, Value] = {}
    for place in [*places, *signature.kwonlyargs]:
        name = ast.copy_location(ast.Name(id=place.arg, ctx=ast.Load()), place)
        if place.arg in given:
            names[place.arg] = given[place.arg]
        elif place.arg in function.defaults:
            names[place.arg] = function.defaults[place.arg]
        else:
            names[place.arg] = run.missing(name)
    if function.owner is not None and places and places[0].arg not in given:
        names[places[0].arg] = Instance(function.owner)
    if signature.vararg is not None:
        names[signature.vararg.arg] = list(args[len(places) :])
    if signature.kwarg is not None:
        names[signature.kwarg.arg] = {name: value for name, value in given.items() if name not in names}
    return names


def _assign(node: ast.Assign, scope: Scope, run: Run) -> None:
    value = evaluate(node.value, scope, run)
    for target in node.targets:
        bind(target, value, scope, run)
        _label(target, value, scope, run)


def _label(target: ast.expr, value: Value, scope: Scope, run: Run) -> None:
    if isinstance(target, ast.Tuple | ast.List) and isinstance(value, list | tuple):
        for part, inner in zip(target.elts, value, strict=False):
            _label(part, inner, scope, run)
    elif next(made_in(value), None) is not None:
        run.label(value, written(target), scope, target.lineno)


def _annotated(node: ast.AnnAssign, scope: Scope, run: Run) -> None:
    if node.value is not None:
        value = evaluate(node.value, scope, run)
        bind(node.target, value, scope, run)
        _label(node.target, value, scope, run)


def _augmented(node: ast.AugAssign, scope: Scope, run: Run) -> None:
    name = ast.copy_location(_loaded(node.target), node.target)
    old, more = evaluate(name, scope, run), evaluate(node.value, scope, run)
    if isinstance(old, list) and isinstance(node.op, ast.Add):
        old.extend(more if isinstance(more, list | tuple) else [more])
        return
    whole = ast.copy_location(ast.BinOp(left=name, op=node.op, right=node.value), node)
    unknown = [value for value in (old, more) if isinstance(value, Missing)]
    try:
        value = unknown[0] if unknown else folding.binary(node.op, old, more)
    except folding.NotConstant:
        value = run.missing(whole)
    bind(node.target, value, scope, run)


def _loaded(target: ast.expr) -> ast.expr:
    if isinstance(target, ast.Name):
        return ast.Name(id=target.id, ctx=ast.Load())
    if isinstance(target, ast.Attribute):
        return ast.Attribute(value=target.value, attr=target.attr, ctx=ast.Load())
    return target


def _expression(node: ast.Expr, scope: Scope, run: Run) -> None:
    if isinstance(node.value, ast.Constant):
        return
    value = evaluate(node.value, scope, run)
    if isinstance(value, Made | list | tuple):
        run.label(value, "", scope, node.lineno)


def _return(node: ast.Return, scope: Scope, run: Run) -> Done:
    value = None if node.value is None else evaluate(node.value, scope, run)
    if next(made_in(value), None) is not None:
        run.label(value, "", scope, node.lineno)
    return Done("return", value)


def _if(node: ast.If, scope: Scope, run: Run) -> Done | None:
    known, truth = truth_of(node.test, scope, run)
    if id(node) in run.telling:
        if known and run.depth:
            return run_block(node.body if truth else node.orelse, scope, run)
        return _decided(node, written(node.test), truth if known else True, scope, run)
    if known:
        return run_block(node.body if truth else node.orelse, scope, run)
    return _merged(node, scope, run)


def _decided(node: ast.If, text: str, usual: bool, scope: Scope, run: Run) -> Done | None:
    taken = usual if _is_main(node.test) else run.decide(text, usual)
    return run_block(node.body if taken else node.orelse, scope, run)


def _is_main(test: ast.expr) -> bool:
    return isinstance(test, ast.Compare) and isinstance(test.left, ast.Name) and test.left.id == "__name__"


def _merged(node: ast.If, scope: Scope, run: Run) -> Done | None:
    """Both branches of a condition that no pipeline depends on; what they leave different is unknown then.

    Where one of them turns out to add a step to a list, one of them is taken after all.
    """
    before = dict(scope.names)
    lists = [(value, list(value)) for value in before.values() if isinstance(value, list)]
    left = run_block(node.body, scope, run)
    first, scope.names = scope.names, dict(before)
    right = run_block(node.orelse, scope, run)
    if any(isinstance(part, Made) for value, old in lists for part in value[len(old) :]):
        for value, old in lists:
            value[:] = old
        scope.names = before
        return _decided(node, written(node.test), True, scope, run)
    if left is not None and right is None:
        return None
    if right is not None:
        scope.names = first
        return left
    for name, value in first.items():
        if not alike(scope.names.get(name), value):
            scope.names[name] = run.missing(ast.copy_location(ast.Name(id=name, ctx=ast.Load()), node.test))
    return None


def _for(node: ast.For | ast.AsyncFor, scope: Scope, run: Run) -> Done | None:
    for item in members(evaluate(node.iter, scope, run), node.iter, run)[:MAX_ROUNDS]:
        bind(node.target, item, scope, run)
        done = run_block(node.body, scope, run)
        if done is not None and done.kind != "loop":
            return done
    return run_block(node.orelse, scope, run)


def _while(node: ast.While, scope: Scope, run: Run) -> Done | None:
    done = run_block(node.body, scope, run)
    return done if done is not None and done.kind != "loop" else None


def _with(node: ast.With | ast.AsyncWith, scope: Scope, run: Run) -> Done | None:
    for item in node.items:
        value = evaluate(item.context_expr, scope, run)
        if item.optional_vars is not None:
            bind(item.optional_vars, value, scope, run)
    return run_block(node.body, scope, run)


def _try(node: ast.Try | ast.TryStar, scope: Scope, run: Run) -> Done | None:
    done = run_block(node.body, scope, run) or run_block(node.orelse, scope, run)
    for handler in node.handlers:  # an import that may fail has its names from the first try
        kept = dict(scope.names)
        run_block(handler.body, scope, run)
        scope.names |= kept
    return run_block(node.finalbody, scope, run) or (done if done is None or done.kind != "raise" else None)


def _match(node: ast.Match, scope: Scope, run: Run) -> None:
    for case in node.cases:
        run_block(case.body, scope, run)


def _import(node: ast.Import | ast.ImportFrom, scope: Scope, run: Run) -> None:  # noqa: ARG001
    scope.names |= dict(imported(node))


def _function(node: ast.FunctionDef | ast.AsyncFunctionDef, scope: Scope, run: Run) -> None:
    made = Function(node, scope, _defaults(node.args, scope, run))
    scope.names[node.name] = made
    run.functions.append(made)


def _defaults(signature: ast.arguments, scope: Scope, run: Run) -> dict[str, Value]:
    places = [*signature.posonlyargs, *signature.args]
    late = places[len(places) - len(signature.defaults) :]
    pairs = [
        *zip(late, signature.defaults, strict=True),
        *zip(signature.kwonlyargs, signature.kw_defaults, strict=True),
    ]
    return {place.arg: evaluate(value, scope, run) for place, value in pairs if value is not None}


def _class(node: ast.ClassDef, scope: Scope, run: Run) -> None:
    inner = Scope({}, scope, node.name, is_class=True)
    made = Class(node.name, inner)
    run_block(node.body, inner, run)
    for value in inner.names.values():
        if isinstance(value, Function):
            value.owner = made
    scope.names[node.name] = made


def _raise(node: ast.Raise, scope: Scope, run: Run) -> Done:  # noqa: ARG001
    return Done("raise")


def _leave(node: ast.stmt, scope: Scope, run: Run) -> Done:  # noqa: ARG001
    return Done("loop")


def _others(node: ast.stmt, scope: Scope, run: Run) -> None:
    """Whatever else there is: pipelines may stand in it."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.expr) and not isinstance(node, ast.Delete):
            evaluate(child, scope, run)


_STATEMENTS: dict[type[ast.stmt], Callable[[Any, Scope, Run], Done | None]] = {
    ast.Assign: _assign,
    ast.AnnAssign: _annotated,
    ast.AugAssign: _augmented,
    ast.Expr: _expression,
    ast.Return: _return,
    ast.If: _if,
    ast.For: _for,
    ast.AsyncFor: _for,
    ast.While: _while,
    ast.With: _with,
    ast.AsyncWith: _with,
    ast.Try: _try,
    ast.TryStar: _try,
    ast.Match: _match,
    ast.Import: _import,
    ast.ImportFrom: _import,
    ast.FunctionDef: _function,
    ast.AsyncFunctionDef: _function,
    ast.ClassDef: _class,
    ast.Raise: _raise,
    ast.Break: _leave,
    ast.Continue: _leave,
}
