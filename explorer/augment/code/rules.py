"""How arguments of albumentations 1.x become arguments of 2.0.8: the rules that the table in `legacy` is made of."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from explorer.augment.code.results import NoteKind
from explorer.augment.parameters import JsonValue

Arguments = Mapping[str, JsonValue]


class Untranslatable(ValueError):
    """A value that an argument of 1.x took and that 2.0.8 cannot express; the message says why."""


Gives = Callable[[Arguments], dict[str, JsonValue]]
Kind = NoteKind | Callable[[Arguments], NoteKind]


@dataclass(frozen=True)
class Rule:
    """How arguments of 1.x become arguments of 2.0.8.

    Attributes:
        takes: Arguments of 1.x that are read together.
        gives: Makes arguments of 2.0.8 from those of them that a call has.
        kind: Kind of the note about the result, or a function of the arguments that gives it.
        why: What the note adds.
        numbers_only: Whether anything but a number means the same in both.
        unread: Whether the values do not matter.
    """

    takes: tuple[str, ...]
    gives: Gives
    kind: Kind = "translated"
    why: str = ""
    numbers_only: bool = False
    unread: bool = False


def rule(*takes: str, kind: Kind = "translated", why: str = "") -> Callable[[Gives], Rule]:
    """Make a `Rule` of the function below, which gives the arguments of 2.0.8."""
    return lambda gives: Rule(takes, gives, kind, why)


@dataclass(frozen=True)
class Old:
    """A transform of 1.x.

    Attributes:
        order: Arguments by position; `always_apply` and `p` come last if they are not named.
        rules: Rules for arguments that 2.0.8 lacks or reads in another way.
        usual: Arguments of 2.0.8 that do what 1.x did by default.
        becomes: Name in 2.0.8, "" if nothing takes its place, None for the same name.
        p: Default of p in 1.x, None for that of 2.0.8.
        why: What a note says if the whole step is only approximately what it was.
        fallback: Makes further `usual` arguments from those that were given.
        unsaid: Arguments of 1.x whose default has an effect that 2.0.8 lacks.
        usual_kind: Kind of the note about `usual`.
    """

    order: tuple[str, ...]
    rules: tuple[Rule, ...] = ()
    usual: Mapping[str, JsonValue] | None = None
    becomes: str | None = None
    p: float | None = None
    why: str = ""
    fallback: Gives | None = None
    unsaid: Mapping[str, JsonValue] | None = None
    usual_kind: NoteKind = "translated"


def renamed(old: str, new: str) -> Rule:
    """An argument under another name."""
    return Rule((old,), lambda given: {new: given[old]})


def color(old: str, new: str) -> Rule:
    """A color under another name; None stood for 0."""
    return Rule((old,), lambda given: {} if given[old] is None else {new: given[old]})


def ends(low: str, high: str, new: str, usual: tuple[float, float]) -> Rule:
    """Two arguments for the two ends of a range."""
    return Rule((low, high), lambda given: {new: [given.get(low, usual[0]), given.get(high, usual[1])]})


def fixed(name: str) -> Rule:
    """A number that meant itself; 2.0.8 would make a range of it."""
    return Rule((name,), lambda given: {name: _twice(given[name])}, numbers_only=True)


def _twice(value: JsonValue) -> JsonValue:
    return [value, value] if is_number(value) else value


def gone(name: str, why: str) -> Rule:
    """An argument that means nothing in 2.0.8. In 1.x it did nothing either if it was 0 or None."""
    return Rule((name,), lambda given: {}, lambda given: "left out" if given[name] else "translated", why)


def is_number(value: JsonValue) -> bool:
    """Whether it is an int or a float, but not a bool."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def numbers(value: Any, low: float | None = None) -> tuple[float, float]:
    """A range as 1.x read it: two numbers, or one that starts at `low`, or at its own negative if that is None."""
    if is_number(value):
        return (-value if low is None else min(low, value)), max(value, low if low is not None else value)
    if isinstance(value, list) and len(value) == 2 and all(map(is_number, value)):
        return value[0], value[1]
    raise Untranslatable("It should be a number or two.")
