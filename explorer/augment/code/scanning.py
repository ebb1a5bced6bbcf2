"""A whole text: its statements in order, then each of its functions, along every branch that decides on a pipeline."""

import ast
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from explorer.augment.code import calls  # noqa: F401 - calls become expressions that are understood
from explorer.augment.code.configurations import Configuration, in_brackets
from explorer.augment.code.memory import Memory
from explorer.augment.code.names import transform_names
from explorer.augment.code.run import Budget, Candidate, Run
from explorer.augment.code.statements import run_block, run_function
from explorer.augment.code.values import Function, Made, Scope
from explorer.augment.parameters import JsonValue

MAX_PASSES = 16  # along the branches of one function, or of the statements outside of all
_LEAST, _EACH = 200_000, 4  # how much is looked at: at least, and for each piece of syntax
_ROUNDS = 6  # of functions that call functions that make pipelines


@dataclass
class Scan:
    """All calls of albumentations that were come to, and the lists and steps that have a name."""

    made: list[Made] = field(default_factory=list)
    candidates: list[Candidate] = field(default_factory=list)

    def add(self, other: "Scan") -> None:
        """Take up what another one found."""
        self.made += other.made
        self.candidates += other.candidates


def _configured(described: Iterable[Candidate], answers: Mapping[str, JsonValue]) -> Scan:
    """The calls and lists of steps that dicts of the code describe, under the names that the code has for them."""
    found, work = Scan(), Configuration(answers=answers)
    for one in described:
        for pipeline in work.pipelines(one.value):
            value, label = pipeline.value, one.label + in_brackets(pipeline.path)
            if isinstance(value, Made):
                if not (value.label or value.scope):
                    value.label, value.scope, value.met, value.depth = label, one.scope, one.met, int(one.inlined)
            else:
                found.candidates.append(replace(one, value=value, label=label, line=pipeline.line))
    found.made = work.made
    return found


def scan(trees: Iterable[ast.Module], answers: Mapping[str, JsonValue]) -> Scan:
    """Go through texts that share their names. Raises CodeError where they are too much."""
    parsed = list(trees)
    places, found = _places(parsed), Scan()
    telling, budget = _telling(places), Budget(_LEAST + _EACH * places.nodes)
    functions: dict[int, Function] = {}

    def start(assumed: dict[str, bool]) -> Run:
        return Run(answers, budget, telling, run_function, assumed)

    def whole(run: Run) -> None:
        scope = Scope({})
        for tree in parsed:
            run_block(tree.body, scope, run)

    def explore(work: Callable[[Run], object]) -> None:
        for run in _passes(start, work):
            found.made += run.made
            found.candidates += run.candidates
            found.add(_configured(run.described, answers))
            for function in run.functions:
                if not run.depth:
                    functions.setdefault(id(function.node), function)

    explore(whole)
    done: set[int] = set()
    while waiting := [key for key in functions if key not in done]:
        for key in sorted(waiting, key=lambda key: functions[key].name != "__init__"):
            done.add(key)
            if key in telling or _sets_up(functions[key], functions.values(), telling):
                explore(_keeping(functions[key]))
    return found


def _passes(start: Callable[[dict[str, bool]], Run], work: Callable[[Run], object]) -> Iterator[Run]:
    """A pass with every condition as it usually is, then one for each other way that they can fall out."""
    pending: list[dict[str, bool]] = [{}]
    for _ in range(MAX_PASSES):
        if not pending:
            return
        run = start(pending.pop(0))
        work(run)
        yield run
        before: dict[str, bool] = {}
        for text, truth in run.met.items():
            if text not in run.assumed:
                pending.append({**run.assumed, **before, text: not truth})
            before[text] = truth


def _keeping(function: Function) -> Callable[[Run], object]:
    """Go through a function as it is defined; what it changes outside of it is taken back."""

    def work(run: Run) -> None:
        memory, scopes = Memory.of(function.scope, run), list(_around(function.scope))
        names = [scope.names.copy() for scope in scopes]
        run_function(function, [], {}, run)
        memory.restore()
        for scope, before in zip(scopes, names, strict=True):
            scope.names = before

    return work


def _around(scope: Scope | None) -> Iterator[Scope]:
    while scope is not None:
        yield scope
        scope = scope.parent


def _sets_up(function: Function, functions: Iterable[Function], telling: frozenset[int]) -> bool:
    """Whether it is the `__init__` of a class that makes a pipeline elsewhere: its numbers are set there."""
    owner = function.owner
    if owner is None or function.name != "__init__":
        return False
    classes = (one.owner for one in functions if one.owner is not None and id(one.node) in telling)
    return any(owner in cls.order for cls in classes)


@dataclass(frozen=True)
class _Around:
    """The conditions, functions and classes around a place in the syntax, innermost first. name: as it is called."""

    node: ast.AST
    outer: "_Around | None"
    name: str = ""


@dataclass
class _Places:
    """Where things are: calls by the last part of what is called, and returns of something; how much there is."""

    called: dict[str, list[_Around | None]] = field(default_factory=dict)
    returns: list[_Around | None] = field(default_factory=list)
    nodes: int = 0


_LEAVES = (ast.Constant, ast.Name, ast.expr_context, ast.operator, ast.cmpop, ast.alias, ast.arguments)


def _places(trees: Iterable[ast.Module]) -> _Places:
    found, named = _Places(), dict[int, str]()
    pending: list[tuple[Any, _Around | None]] = [(tree, None) for tree in trees]
    while pending:
        node, around = pending.pop()
        found.nodes += 1
        if isinstance(node, ast.Call):
            found.called.setdefault(_called_name(node), []).append(around)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            around = _Around(node, around, node.name)
        elif isinstance(node, ast.If | ast.IfExp | ast.BoolOp | ast.Lambda):
            around = _Around(node, around, named.get(id(node), ""))
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Lambda):
            named[id(node.value)] = next((one.id for one in node.targets if isinstance(one, ast.Name)), "")
        elif isinstance(node, ast.Return) and not isinstance(node.value, ast.Constant | None):
            found.returns.append(around)
        for name in node._fields:
            value = getattr(node, name, None)
            if isinstance(value, list):
                pending += [(one, around) for one in value if isinstance(one, ast.AST) and not isinstance(one, _LEAVES)]
            elif isinstance(value, ast.AST) and not isinstance(value, _LEAVES):
                pending.append((value, around))
    return found


def _telling(places: _Places) -> frozenset[int]:
    """The ids of the conditions and functions around what may be a transform, or leads to a function with one."""
    marked: set[int] = set()
    names = set(transform_names()) & set(places.called)
    for _ in range(_ROUNDS):
        news = {name for called in names for around in places.called[called] for name in _mark(around, marked)}
        names = news & set(places.called)
    for around in places.returns:
        _mark_conditions(around, marked)
    return frozenset(marked)


def _called_name(node: ast.Call) -> str:
    function = node.func
    return (
        function.id if isinstance(function, ast.Name) else function.attr if isinstance(function, ast.Attribute) else ""
    )


def _mark(around: _Around | None, marked: set[int]) -> Iterator[str]:
    """Mark all that is around a place; the names of functions and classes that are marked for the first time."""
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
