"""Evaluates statements in their order, as far as they can change a pipeline."""

import ast
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from explorer.augment.code.binding import MAX_ROUNDS, bind, members, unbind
from explorer.augment.code.contents import alike
from explorer.augment.code.expressions import defaults_of, evaluate, look_inside, operate, spread, truth_of
from explorer.augment.code.memory import Memory
from explorer.augment.code.names import imported
from explorer.augment.code.run import Run, bound
from explorer.augment.code.scopes import Class, Function, Scope
from explorer.augment.code.values import MAX_LENGTH, Made, Reference, Value, named, written


@dataclass
class Done:
    """The early end of a block by "return", "raise", "break" or "continue"."""

    kind: str
    value: Value = None


def run_block(body: Iterable[ast.stmt], scope: Scope, run: Run) -> Done | None:
    """Evaluate statements. Returns the early end of the block, or None."""
    for node in body:
        run.budget.spend()
        work = _STATEMENTS.get(type(node), look_inside)
        if (done := work(node, scope, run)) is not None:
            return done
    return None


def run_function(function: Function, args: list[Value], keywords: dict[str, Value], run: Run) -> tuple[bool, Value]:
    """Whether a call returns a value, and the value. An argument that is missing and has no default is unknown."""
    names = bound(function, args, keywords, run)
    scope = Scope(names, function.scope, function.title, function=function)
    done = run_block(function.body, scope, run)
    return (done is not None and done.kind == "return"), (None if done is None else done.value)


def _assign(node: ast.Assign, scope: Scope, run: Run) -> None:
    value = evaluate(node.value, scope, run)
    for target in node.targets:
        if isinstance(value, Function) and isinstance(value.node, ast.Lambda) and isinstance(target, ast.Name):
            value.label = value.label or target.id
        bind(target, value, scope, run)
        _label(target, value, scope, run)


def _label(target: ast.expr, value: Value, scope: Scope, run: Run) -> None:
    if isinstance(target, ast.Tuple | ast.List) and isinstance(value, list | tuple):
        for part, inner in zip(target.elts, value, strict=False):
            _label(part, inner, scope, run)
        return
    if run.makes(value):
        run.label(value, written(target), scope, target.lineno)
    run.describe(value, written(target), scope, target.lineno)


def _annotated(node: ast.AnnAssign, scope: Scope, run: Run) -> None:
    if node.value is not None:
        value = evaluate(node.value, scope, run)
        bind(node.target, value, scope, run)
        _label(node.target, value, scope, run)


def _augmented(node: ast.AugAssign, scope: Scope, run: Run) -> None:
    name = ast.copy_location(_loaded(node.target), node.target)
    old, more = evaluate(name, scope, run), evaluate(node.value, scope, run)
    whole = ast.copy_location(ast.BinOp(left=name, op=node.op, right=node.value), node)
    if isinstance(old, list) and isinstance(node.op, ast.Add):
        inner = spread(more)
        longer = [*old, *inner] if isinstance(inner, list) else [*old, more]
        if len(longer) <= MAX_LENGTH:
            run.budget.spend(len(longer) // 100)
            old[:] = longer
            return
        bind(node.target, run.missing(whole), scope, run)
        return
    value = operate(whole, node.op, old, more, scope, run)
    bind(node.target, value, scope, run)
    _label(node.target, value, scope, run)


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
    written_here = not isinstance(node.value, ast.Call) or (isinstance(value, Made) and value.node is node.value)
    if isinstance(value, Made | list | tuple) and written_here:
        run.label(value, "", scope, node.lineno, loose=True)
    run.describe(value, "", scope, node.lineno)


def _return(node: ast.Return, scope: Scope, run: Run) -> Done:
    value = None if node.value is None else evaluate(node.value, scope, run)
    if run.makes(value):
        run.label(value, "", scope, node.lineno)
    run.describe(value, "", scope, node.lineno)
    return Done("return", value)


def _if(node: ast.If, scope: Scope, run: Run) -> Done | None:
    known, truth = truth_of(node.test, scope, run)
    if id(node) in run.relevant:
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
    """Evaluate both branches of an unknown condition, after which the values that differ are unknown.

    If one of them changes a list of steps, only one branch is taken.
    """
    memory = Memory.before([*node.body, *node.orelse], scope, run)
    left = run_block(node.body, scope, run)
    first, first_memory, steps = scope.names, memory.now(), memory.steps_changed()
    memory.restore()
    right = run_block(node.orelse, scope, run)
    if steps or memory.steps_changed():
        memory.restore()
        return _decided(node, written(node.test), True, scope, run)
    if left is not None and right is None:
        return None
    if right is not None:
        scope.names = first
        memory.fill(first_memory)
        return left
    memory.merge(first_memory, run, node.test, node)
    for name, value in first.items():
        if not alike(scope.names.get(name), value):
            scope.names[name] = run.missing(named(name, node.test))
    return None


def _for(node: ast.For | ast.AsyncFor, scope: Scope, run: Run) -> Done | None:
    items = members(evaluate(node.iter, scope, run), node.iter, run)
    memory = Memory.before(node.body, scope, run) if len(items) > MAX_ROUNDS else None
    for item in items[:MAX_ROUNDS]:
        bind(node.target, item, scope, run)
        done = run_block(node.body, scope, run)
        if done is not None and done.kind == "break":
            return None
        if done is not None and done.kind != "continue":
            return done
    if memory is not None:
        memory.forget_changes(run, node.iter, node)
    return run_block(node.orelse, scope, run)


def _while(node: ast.While, scope: Scope, run: Run) -> Done | None:
    """Repeat a loop that changes a list of steps while its condition is surely true; evaluate others once."""
    known, truth = truth_of(node.test, scope, run)
    if known and not truth:
        return run_block(node.orelse, scope, run)
    memory = Memory.before(node.body, scope, run)
    for _ in range(MAX_ROUNDS):
        done = run_block(node.body, scope, run)
        if done is not None and done.kind == "break":
            return None
        if done is not None and done.kind != "continue":
            return done
        known, truth = truth_of(node.test, scope, run)
        if known and not truth:
            return run_block(node.orelse, scope, run)
        if not known or not memory.steps_changed():
            break
    memory.forget_changes(run, node.test, node)
    return None


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


def _function(node: ast.FunctionDef | ast.AsyncFunctionDef, scope: Scope, run: Run) -> None:
    made = Function(node, scope, defaults_of(node.args, scope, run))
    for decorator in map(last_name, node.decorator_list):
        made.kind = _KINDS.get(decorator, made.kind)
    if scope.names.get(node.name) is None or not any(last_name(one) == "setter" for one in node.decorator_list):
        scope.names[node.name] = made
    run.functions.append(made)


_KINDS = {"staticmethod": "static", "classmethod": "class", "property": "property", "cached_property": "property"}


def last_name(node: ast.expr) -> str:
    """The last part of a dotted name; "" for anything else."""
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _class(node: ast.ClassDef, scope: Scope, run: Run) -> None:
    inner = Scope({}, scope, node.name, is_class=True)
    bases = [(evaluate(base, scope, run), last_name(base)) for base in node.bases]
    run_block(node.body, inner, run)
    made = Class(
        node.name,
        inner,
        bases=tuple(base for base, _ in bases if isinstance(base, Class)),
        library=tuple(base if isinstance(base, Reference) else Reference(name)
                      for base, name in bases if not isinstance(base, Class)),
        fields=tuple(part.target.id for part in node.body
                     if isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Name)),
    )  # fmt: skip
    for value in inner.names.values():
        if isinstance(value, Function) and value.scope is inner and isinstance(value.node, ast.FunctionDef):
            value.owner = made
    assert made.order  # computed now, from the orders of its bases
    scope.names[node.name] = made


def _elsewhere(node: ast.Global | ast.Nonlocal, scope: Scope, run: Run) -> None:  # noqa: ARG001
    for name in node.names:
        outer = None if scope.parent is None or isinstance(node, ast.Global) else scope.parent.holder(name)
        scope.elsewhere[name] = outer or scope.outermost()


def _delete(node: ast.Delete, scope: Scope, run: Run) -> None:
    for target in node.targets:
        unbind(target, scope, run)


_STATEMENTS: dict[type[ast.stmt], Callable[[Any, Scope, Run], Done | None]] = {
    ast.Assign: _assign,
    ast.AnnAssign: _annotated,
    ast.AugAssign: _augmented,
    ast.Expr: _expression,
    ast.Return: _return,
    ast.If: _if,
    **dict.fromkeys((ast.For, ast.AsyncFor), _for),
    ast.While: _while,
    **dict.fromkeys((ast.With, ast.AsyncWith), _with),
    **dict.fromkeys((ast.Try, ast.TryStar), _try),
    ast.Match: _match,
    **dict.fromkeys((ast.Import, ast.ImportFrom), lambda node, scope, run: scope.names.update(imported(node))),
    **dict.fromkeys((ast.FunctionDef, ast.AsyncFunctionDef), _function),
    ast.ClassDef: _class,
    **dict.fromkeys((ast.Global, ast.Nonlocal), _elsewhere),
    ast.Delete: _delete,
    ast.Raise: lambda node, scope, run: Done("raise"),
    ast.Break: lambda node, scope, run: Done("break"),
    ast.Continue: lambda node, scope, run: Done("continue"),
}
