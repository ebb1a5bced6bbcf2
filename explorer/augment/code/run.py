"""One pass over a piece of code: what it may still cost, what was assumed, and what was found."""

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from explorer.augment.code.contents import made_in, parts
from explorer.augment.code.found import CodeError
from explorer.augment.code.values import NOTHING, Described, Function, Made, Missing, Scope, Value
from explorer.augment.parameters import JsonValue

Follow = Callable[[Function, list[Value], dict[str, Value], "Run"], tuple[bool, Value]]

_MAX_DICTS = 4  # one in the other
MAX_CALLS = 8  # calls of the code's own functions, one inside the other


@dataclass
class Budget:
    """How much may still be looked at, in all passes together."""

    left: int

    def spend(self, much: int = 1) -> None:
        """Take some. Raises CodeError when nothing is left."""
        self.left -= much
        if self.left < 0:
            raise CodeError("This is more code than can be read at once. Paste the part with the pipeline.")


@dataclass
class Candidate:
    """What the code gives a name to or hands to something: a list of steps outside a composer, a step alone, or dicts
    that describe either.

    called: the line in which a function of the code is called that makes it, 0 where there is none.
    loose: it stands alone, as a person pastes it. handed: it is an argument of something that is not known.
    """

    value: Value
    label: str
    scope: str
    line: int
    inlined: bool
    met: tuple[tuple[str, bool], ...]
    called: int = 0
    loose: bool = False
    handed: bool = False


@dataclass
class Call:
    """A call as it is worked out. rest: what was spread (`*x`, `**x`) and is no known list or dict."""

    node: ast.expr
    args: list[Value]
    keywords: dict[str, Value]
    rest: list[Value]
    scope: Scope
    run: "Run"

    def unknown(self, reason: str = "", default: Value = NOTHING) -> Value:
        """Its result where that is not known."""
        return self.run.missing(self.node, reason, default=default)


@dataclass
class Run:
    """The state of a pass.

    assumed: what is taken for true of conditions, by their text; `met` are those it came to that were open, in order.
    telling: ids of the syntax that pipelines come out of. follow: goes through a function of the code.
    depth: of calls of the code's own functions; called: the line of the outermost one of them.
    """

    answers: Mapping[str, JsonValue]
    budget: Budget
    telling: frozenset[int]
    follow: Follow
    assumed: dict[str, bool] = field(default_factory=dict)
    met: dict[str, bool] = field(default_factory=dict)
    depth: int = 0
    called: int = 0
    functions: list[Function] = field(default_factory=list)
    made: list[Made] = field(default_factory=list)
    candidates: list[Candidate] = field(default_factory=list)
    described: list[Candidate] = field(default_factory=list)

    def missing(
        self, node: ast.expr, reason: str = "", parts: tuple[Missing, ...] = (), default: Value = NOTHING
    ) -> Value:
        """A value that the code does not hold; the answer to it, where there is one."""
        found = Missing(node, node.lineno, reason, parts, default)
        if self.answers and not parts and found.text in self.answers:
            return self.answers[found.text]
        return found

    def parts(self, value: Value) -> list[Value]:
        """A value and all in it, counted as work. Raises CodeError where it is too much."""
        if not isinstance(value, list | tuple | dict):
            return [value]
        found = list(parts(value))
        self.budget.spend(len(found) // 20)
        return found

    def makes(self, value: Value) -> bool:
        """Whether there is a call of albumentations in a value."""
        return any(isinstance(part, Made) for part in self.parts(value))

    def decide(self, text: str, usual: bool) -> bool:
        """What to take an open condition for in this pass."""
        if text not in self.met:
            self.met[text] = self.assumed.get(text, usual)
        return self.met[text]

    def label(self, value: Value, text: str, scope: Scope, line: int, depth: int = 0, loose: bool = False) -> None:
        """Give the pipelines in a value the name under which the code keeps them.

        The first one stays; but a name where a function is called says more than one inside it. loose: the value is a
        statement of its own.
        """
        if isinstance(value, dict):
            for key, part in value.items() if depth < _MAX_DICTS else ():
                self.label(part, f"{text}[{_quoted(key)}]", scope, line, depth + 1)
        elif isinstance(value, Made):
            self._label_made(value, text, scope, line)
            self._offer(value, text, scope, line, loose)
        elif isinstance(value, list | tuple) and any(isinstance(part, Made) for part in value):
            self._offer(value, text, scope, line, loose)
            if all(_is_compose(part) for part in value):
                for at, part in enumerate(value):
                    self.label(part, f"{text}[{at}]", scope, line, depth + 1)

    def hand(self, value: Value, scope: Scope, depth: int = 0) -> None:
        """Offer the steps in an argument of something that is not known: nothing else may take them up."""
        if isinstance(value, dict):
            for part in value.values() if depth < _MAX_DICTS else ():
                self.hand(part, scope, depth + 1)
        elif isinstance(value, Made) or (isinstance(value, list | tuple) and self.makes(value)):
            self._offer(value, "", scope, 0)
            self.candidates[-1].handed = True

    def describe(self, value: Value, text: str, scope: Scope, line: int) -> None:
        """Keep a value whose dicts may describe pipelines, under its name."""
        if isinstance(value, dict | list | tuple) and any(isinstance(part, Described) for part in self.parts(value)):
            met = tuple(self.met.items())
            self.described.append(Candidate(value, text, scope.title, line, self.depth > 0, met, self.called))

    def _label_made(self, value: Made, text: str, scope: Scope, line: int) -> None:
        # What a function is given has its name, or its line, where it was made.
        if value.depth < self.depth or (value.label and self.depth >= value.label_depth):
            return
        value.label, value.scope, value.label_line, value.label_depth = text, scope.title, line, self.depth
        if scope.is_class:
            value.label, value.scope = f"{scope.title}.{text}", ""

    def _offer(self, value: Value, text: str, scope: Scope, line: int, loose: bool = False) -> None:
        first = next(made_in(value))
        where = first.line if text == "" else line
        met, alone = tuple(self.met.items()), loose and scope.title == "" and not self.depth
        self.candidates.append(Candidate(value, text, scope.title, where, self.depth > 0, met, self.called, alone))


def _quoted(key: Value) -> str:
    return f'"{key}"' if isinstance(key, str) else str(key)


def _is_compose(value: Value) -> bool:
    return isinstance(value, Made) and value.name in ("Compose", "ReplayCompose")
