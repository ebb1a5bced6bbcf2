"""Evaluates a whole text: its statements, then each of its functions, along every branch that changes a pipeline."""

import ast
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from explorer.augment.code.calls import apply
from explorer.augment.code.configurations import WRAPPERS, Configuration, in_brackets
from explorer.augment.code.memory import Memory
from explorer.augment.code.names import transform_names
from explorer.augment.code.run import Candidate, Run
from explorer.augment.code.scopes import Function, Scope
from explorer.augment.code.statements import last_name, run_block, run_function
from explorer.augment.code.values import Budget, Made
from explorer.augment.parameters import JsonValue

MAX_PASSES = 16  # along the branches of one function, or of the statements outside of all
_LEAST, _EACH = 200_000, 4  # how much is looked at: at least, and for each piece of syntax
_ROUNDS = 6  # of functions that call functions that make pipelines


@dataclass
class Scan:
    """All evaluated calls of albumentations, and the lists and steps that have a name."""

    made: list[Made] = field(default_factory=list)
    candidates: list[Candidate] = field(default_factory=list)


def _add_configured(found: Scan, described: Iterable[Candidate], answers: Mapping[str, JsonValue]) -> None:
    """Add the calls and lists of steps that dicts of the code describe, with their names."""
    work = Configuration(answers=answers)
    for one in described:
        for pipeline in work.pipelines(one.value):
            value, label = pipeline.value, one.origin.label + in_brackets(pipeline.path)
            origin = replace(one.origin, label=label, line=pipeline.line)
            if not isinstance(value, Made):
                found.candidates.append(replace(one, value=value, origin=origin))
            elif not (value.origin.label or value.origin.scope):
                value.origin = origin
    found.made += work.made


def scan(trees: Iterable[ast.Module], answers: Mapping[str, JsonValue]) -> Scan:
    """Evaluate texts that share their names. Raises CodeError if they are too long."""
    parsed = list(trees)
    places, found = _places(parsed), Scan()
    relevant, budget = _relevant(places), Budget(_LEAST + _EACH * places.nodes)
    functions: dict[int, Function] = {}

    def whole(run: Run) -> None:
        scope = Scope({})
        for tree in parsed:
            run_block(tree.body, scope, run)

    def explore(work: Callable[[Run], object]) -> None:
        for run in _passes(Run(answers, budget, relevant, run_function, apply), work):
            found.made += run.made
            found.candidates += run.candidates
            _add_configured(found, run.described, answers)
            for function in run.functions:
                if not run.depth:
                    functions.setdefault(id(function.node), function)

    explore(whole)
    done: set[int] = set()
    while waiting := [key for key in functions if key not in done]:
        for key in sorted(waiting, key=lambda key: functions[key].name != "__init__"):
            done.add(key)
            if key in relevant or _sets_up(functions[key], functions.values(), relevant):
                explore(_keeping(functions[key]))
    return found


def _passes(first: Run, work: Callable[[Run], object]) -> Iterator[Run]:
    """A pass with every condition as it usually is, then one for each other combination."""
    pending: list[dict[str, bool]] = [{}]
    for _ in range(MAX_PASSES):
        if not pending:
            return
        run = Run(first.answers, first.budget, first.relevant, first.follow, first.apply, pending.pop(0))
        work(run)
        yield run
        before: dict[str, bool] = {}
        for text, truth in run.met.items():
            if text not in run.assumed:
                pending.append({**run.assumed, **before, text: not truth})
            before[text] = truth


def _keeping(function: Function) -> Callable[[Run], object]:
    """Evaluate a function without a call, and undo what it changes outside."""

    def work(run: Run) -> None:
        memory, scopes = Memory.of(function.scope, run), list(function.scope.around())
        names = [scope.names.copy() for scope in scopes]
        run_function(function, [], {}, run)
        memory.restore()
        for scope, before in zip(scopes, names, strict=True):
            scope.names = before

    return work


def _sets_up(function: Function, functions: Iterable[Function], relevant: frozenset[int]) -> bool:
    """Whether it is the `__init__` of a class that makes a pipeline in another method, which needs its attributes."""
    owner = function.owner
    if owner is None or function.name != "__init__":
        return False
    classes = (one.owner for one in functions if one.owner is not None and id(one.node) in relevant)
    return any(owner in cls.order for cls in classes)


@dataclass(frozen=True)
class _Around:
    """A condition, function or class around a place in the syntax, with the name by which it is called."""

    node: ast.AST
    outer: "_Around | None"
    name: str = ""


@dataclass
class _Places:
    """Places of calls, by the last part of the called name, and of returns; and the number of pieces of syntax."""

    called: dict[str, list[_Around | None]] = field(default_factory=dict)
    returns: list[_Around | None] = field(default_factory=list)
    lambdas: dict[int, str] = field(default_factory=dict)
    nodes: int = 0


def _with_subclasses(*classes: type[Any]) -> frozenset[type[Any]]:
    return frozenset({*classes, *(inner for cls in classes for inner in cls.__subclasses__())})


# Nothing below these matters. Types are compared, since every node of the text is visited and isinstance is slower.
_LEAVES = _with_subclasses(
    ast.Constant, ast.Name, ast.expr_context, ast.operator, ast.cmpop, ast.alias, ast.arguments
) | {str, int, float, complex, bool, bytes, type(None), type(...)}  # fmt: skip

_NOTED = frozenset({ast.Call, ast.Dict, ast.Assign, ast.Return, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef,
                    ast.If, ast.IfExp, ast.BoolOp, ast.Lambda})  # fmt: skip


def _places(trees: Iterable[ast.Module]) -> _Places:
    found = _Places()
    pending: list[tuple[Any, _Around | None]] = [(tree, None) for tree in trees]
    while pending:
        node, around = pending.pop()
        found.nodes += 1
        if type(node) in _NOTED:
            around = _note(node, around, found)
        for name in node._fields:
            value = getattr(node, name, None)
            if type(value) is list:
                pending += [(one, around) for one in value if type(one) not in _LEAVES]
            elif type(value) not in _LEAVES:
                pending.append((value, around))
    return found


def _note(node: Any, around: _Around | None, found: _Places) -> _Around | None:
    """Note a piece of syntax, and return what is around the pieces below it."""
    match node:
        case ast.Call(func=function, keywords=keywords):
            found.called.setdefault(last_name(function), []).append(around)
            _note_wrapper(((keyword.arg, keyword.value) for keyword in keywords), around, found)
        case ast.Dict(keys=keys, values=values):
            names = (key.value if isinstance(key, ast.Constant) else None for key in keys)
            _note_wrapper(zip(names, values, strict=True), around, found)
        case ast.Assign(value=ast.Lambda() as function, targets=targets):
            found.lambdas[id(function)] = next((one.id for one in targets if isinstance(one, ast.Name)), "")
        case ast.Return(value=value) if not isinstance(value, ast.Constant | None):
            found.returns.append(around)
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef() | ast.If() | ast.IfExp() | ast.BoolOp():
            return _Around(node, around, getattr(node, "name", ""))
        case ast.Lambda():
            return _Around(node, around, found.lambdas.get(id(node), ""))
    return around


def _note_wrapper(pairs: Iterable[tuple[Any, ast.expr]], around: _Around | None, found: _Places) -> None:
    """Note the step that a dict such as `dict(type="Albu", ...)` describes as if it were called."""
    for key, value in pairs:
        if key == "type" and isinstance(value, ast.Constant):
            found.called.setdefault(str(value.value).rpartition(".")[2], []).append(around)


def _relevant(places: _Places) -> frozenset[int]:
    """The ids of the conditions and functions around what may be a transform, or leads to a function with one."""
    marked: set[int] = set()
    names = {*transform_names(), *WRAPPERS} & set(places.called)
    for _ in range(_ROUNDS):
        news = {name for called in names for around in places.called[called] for name in _mark(around, marked)}
        names = news & set(places.called)
    for around in places.returns:
        _mark_conditions(around, marked)
    return frozenset(marked)


def _mark(around: _Around | None, marked: set[int]) -> Iterator[str]:
    """Mark everything around a place, and yield the names of functions and classes that were not marked yet."""
    while around is not None and id(around.node) not in marked:
        marked.add(id(around.node))
        if around.name:
            yield around.name
        around = around.outer


def _mark_conditions(around: _Around | None, marked: set[int]) -> None:
    """Mark the conditions around a return, in functions that are marked."""
    inside: list[ast.AST] = []
    while around is not None and isinstance(around.node, ast.If):
        inside.append(around.node)
        around = around.outer
    if around is not None and id(around.node) in marked:
        marked.update(map(id, inside))
