"""The state of one pass over a piece of code: its budget, its assumptions, and what it has found."""

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from explorer.augment.code.configurations import Described
from explorer.augment.code.contents import made_in, parts
from explorer.augment.code.scopes import Class, Function, Instance, Scope
from explorer.augment.code.values import NOTHING, Budget, Made, Missing, Origin, Value, named
from explorer.augment.parameters import JsonValue

Follow = Callable[[Function, list[Value], dict[str, Value], "Run"], tuple[bool, Value]]
Apply = Callable[[Value, "Call"], Value]

_MAX_DICTS = 4  # one in the other
_MAX_CALLS = 8  # calls of the code's own functions, one inside the other
_SHORT = 8  # statements; a longer function that makes no pipeline and sets no name outside is not followed
LONG = 80  # statements of an `__init__`, which says what the object holds


@dataclass
class Candidate:
    """A named or passed list of steps outside a composer, a single step, or dicts that describe either.

    Attributes:
        loose: Whether it is a statement of its own, as people paste it.
        passed: Whether it is an argument of something unknown.
        key: Ids of the syntax that it comes from, once it is known to be a pipeline.
    """

    value: Value
    origin: Origin
    loose: bool = False
    passed: bool = False
    key: tuple[int, ...] = ()


@dataclass
class Call:
    """A call with its evaluated arguments; `rest` was given as `*x` or `**x` and is no known list or dict."""

    node: ast.expr
    args: list[Value]
    keywords: dict[str, Value]
    rest: list[Value]
    scope: Scope
    run: "Run"

    def argument(self, place: int, name: str, usual: Value) -> Value:
        """The argument at a place or of a name, or `usual` if there is none."""
        return self.args[place] if len(self.args) > place else self.keywords.get(name, usual)

    def unknown(self, reason: str = "", default: Value = NOTHING) -> Value:
        """The unknown result of this call."""
        return self.run.missing(self.node, reason, default=default)

    def apply(self, target: Value, args: list[Value]) -> Value:
        """The result of another call at the same place."""
        self.run.budget.spend()
        return self.run.apply(target, Call(self.node, args, {}, [], self.scope, self.run))


@dataclass
class Run:
    """The state of a pass.

    Attributes:
        relevant: Ids of the syntax that pipelines can come from.
        follow: Evaluates a function of the code; `apply` evaluates any call.
        assumed: Text of a condition -> whether it is assumed to be true.
        met: The unknown conditions that were met, in order, with the truth that was taken.
        depth: Number of calls of the code's functions around; `called` is the line of the outermost one.
    """

    answers: Mapping[str, JsonValue]
    budget: Budget
    relevant: frozenset[int]
    follow: Follow
    apply: Apply
    assumed: dict[str, bool] = field(default_factory=dict)
    met: dict[str, bool] = field(default_factory=dict)
    depth: int = 0
    called: int = 0
    functions: list[Function] = field(default_factory=list)
    made: list[Made] = field(default_factory=list)
    candidates: list[Candidate] = field(default_factory=list)
    described: list[Candidate] = field(default_factory=list)

    def origin(self, scope: Scope, line: int, label: str = "") -> Origin:
        """The origin of something that is made or named now."""
        return Origin(line, scope.title, label, tuple(self.met.items()), self.depth, self.called)

    def follows(self, function: Function, limit: int = _SHORT) -> bool:
        """Whether a call is evaluated: it can lead to a pipeline, and calls are not nested too deep."""
        worth = id(function.node) in self.relevant or function.reaches_out or len(function.body) <= limit
        return worth and self.depth < _MAX_CALLS

    def inlined(
        self, function: Function, args: list[Value], keywords: dict[str, Value], node: ast.expr, limit: int = _SHORT
    ) -> Value:
        """The value that a function of the code returns for these arguments."""
        if not self.follows(function, limit):
            return self.missing(node)
        self.depth += 1
        self.called = self.called or node.lineno
        try:
            returned, value = self.follow(function, args, keywords, self)
        finally:
            self.depth -= 1
            self.called = self.called if self.depth else 0
        return value if returned else self.missing(node)

    def missing(
        self, node: ast.expr, reason: str = "", parts: tuple[Missing, ...] = (), default: Value = NOTHING
    ) -> Value:
        """A value that the code does not contain, or a person's answer for it."""
        found = Missing(node, node.lineno, reason, parts, default)
        if self.answers and not parts and found.text in self.answers:
            return self.answers[found.text]
        return found

    def parts(self, value: Value) -> list[Value]:
        """A value and all in it, at the cost of the budget. Raises CodeError for too many."""
        if not isinstance(value, list | tuple | dict):
            return [value]
        found = list(parts(value))
        self.budget.spend(len(found) // 20)
        return found

    def makes(self, value: Value) -> bool:
        """Whether a value holds a call of albumentations."""
        return any(isinstance(part, Made) for part in self.parts(value))

    def decide(self, text: str, usual: bool) -> bool:
        """Whether this pass takes an unknown condition for true."""
        if text not in self.met:
            self.met[text] = self.assumed.get(text, usual)
        return self.met[text]

    def label(self, value: Value, text: str, scope: Scope, line: int, depth: int = 0, loose: bool = False) -> None:
        """Give the pipelines in a value the name that they have in the code; `loose` values are statements.

        The first name stays, unless it is from inside a function: that of the caller says more.
        """
        if isinstance(value, dict):
            for key, part in value.items() if depth < _MAX_DICTS else ():
                self.label(part, f"{text}[{_quoted(key)}]", scope, line, depth + 1)
        elif isinstance(value, Made):
            self._label_made(value, text, scope, line)
            self._offer(value, text, scope, line, loose)
        elif isinstance(value, list | tuple) and any(isinstance(part, Made) for part in value):
            self._offer(value, text, scope, line, loose)
            if all(isinstance(part, Made) and part.is_compose for part in value):
                for at, part in enumerate(value):
                    self.label(part, f"{text}[{at}]", scope, line, depth + 1)

    def pass_on(self, value: Value, scope: Scope, depth: int = 0) -> None:
        """Note the steps in an argument of something unknown, since no composer may contain them."""
        if isinstance(value, dict):
            for part in value.values() if depth < _MAX_DICTS else ():
                self.pass_on(part, scope, depth + 1)
        elif isinstance(value, Made) or (isinstance(value, list | tuple) and self.makes(value)):
            self._offer(value, "", scope, 0)
            self.candidates[-1].passed = True

    def describe(self, value: Value, text: str, scope: Scope, line: int) -> None:
        """Note a value whose dicts may describe pipelines, with its name."""
        if isinstance(value, dict | list | tuple) and any(isinstance(part, Described) for part in self.parts(value)):
            self.described.append(Candidate(value, self.origin(scope, line, text)))

    def _label_made(self, value: Made, text: str, scope: Scope, line: int) -> None:
        # An argument of a function keeps the name or line that it has outside.
        if value.origin.depth < self.depth or (value.origin.label and self.depth >= value.label_depth):
            return
        label, title = (f"{scope.title}.{text}", "") if scope.is_class else (text, scope.title)
        value.origin = replace(value.origin, label=label, scope=title)
        value.label_line, value.label_depth = line, self.depth

    def _offer(self, value: Value, text: str, scope: Scope, line: int, loose: bool = False) -> None:
        where = line if text else next(made_in(value)).line
        alone = loose and scope.title == "" and not self.depth
        self.candidates.append(Candidate(value, self.origin(scope, where, text), alone))


def _quoted(key: Value) -> str:
    return f'"{key}"' if isinstance(key, str) else str(key)


def bound(function: Function, args: list[Value], keywords: dict[str, Value], run: Run) -> dict[str, Value]:
    """The names with which a call of a function starts."""
    signature, places = function.node.args, function.places
    given = {place.arg: value for place, value in zip(places, args, strict=False)} | keywords
    if function.owner is not None and function.kind != "static" and places and places[0].arg not in given:
        given[places[0].arg] = _self(function.owner, function.kind, places[0])
    names: dict[str, Value] = {}
    for place in [*places, *signature.kwonlyargs]:
        usual = function.defaults.get(place.arg, NOTHING)
        if usual is None or usual is NOTHING:  # None as a default says nothing about the value
            usual = run.missing(named(place.arg, place), default=usual)
        names[place.arg] = given.get(place.arg, usual)
    if signature.vararg is not None:
        names[signature.vararg.arg] = list(args[len(places) :])
    if signature.kwarg is not None:
        names[signature.kwarg.arg] = {name: value for name, value in given.items() if name not in names}
    return names


def _self(owner: Class, kind: str, place: ast.arg) -> Value:
    """The first argument of a method that is not called; all objects of a class are one then."""
    if kind == "class":
        return owner
    return Instance(owner, owner.own, Missing(named(place.arg, place), place.lineno))
