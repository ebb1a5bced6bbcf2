"""How arguments of albumentations 1.x become arguments of 2.0.8: the rules that the table in `legacy` is made of."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from explorer.augment.code.results import NoteKind
from explorer.augment.parameters import JsonValue

Arguments = Mapping[str, JsonValue]


class Untranslatable(ValueError):
    """A value that an argument of 1.x took and that nothing in 2.0.8 stands for; says why."""


@dataclass(frozen=True)
class Rule:
    """takes: arguments of 1.x, read together. gives: those that are there -> arguments of 2.0.8.

    kind: what is said of the result; a function of the arguments where it depends on them. why: said besides.
    numbers_only: anything but a number means the same in both. unread: the values do not matter.
    """

    takes: tuple[str, ...]
    gives: Callable[[Arguments], dict[str, JsonValue]]
    kind: NoteKind | Callable[[Arguments], NoteKind] = "translated"
    why: str = ""
    numbers_only: bool = False
    unread: bool = False


@dataclass(frozen=True)
class Old:
    """What a transform was in 1.x.

    order: of its arguments, which people also gave by position; `always_apply` and `p` come last where they are not
    named. rules: for arguments that 2.0.8 lacks or reads in another way. usual: arguments of 2.0.8 that do what 1.x did
    where nothing was given. becomes: the name in 2.0.8, "" where there is no heir. p: where none was given. why: what
    is said where the whole step is only approximately what it was. unsaid: arguments of 1.x with an effect that 2.0.8
    lacks, also where they were not given. usual_kind: what `usual` is. fallback: as `usual`, from what was given.
    """

    order: tuple[str, ...]
    rules: tuple[Rule, ...] = ()
    usual: Mapping[str, JsonValue] | None = None
    becomes: str | None = None
    p: float | None = None
    why: str = ""
    fallback: Callable[[Arguments], dict[str, JsonValue]] | None = None
    unsaid: Mapping[str, JsonValue] | None = None
    usual_kind: NoteKind = "translated"


def renamed(old: str, new: str) -> Rule:
    """An argument under another name."""
    return Rule((old,), lambda given: {new: given[old]})


def color(old: str, new: str) -> Rule:
    """The same under another name; None stood for 0."""
    return Rule((old,), lambda given: {} if given[old] is None else {new: given[old]})


def ends(low: str, high: str, new: str, usual: tuple[float, float], why: str = "") -> Rule:
    """Two arguments for the two ends of a range."""
    return Rule((low, high), lambda given: {new: [given.get(low, usual[0]), given.get(high, usual[1])]}, why=why)


def fixed(name: str) -> Rule:
    """A number that meant itself, and of which 2.0.8 makes a range."""
    return Rule((name,), lambda given: {name: _twice(given[name])}, numbers_only=True)


def _twice(value: JsonValue) -> JsonValue:
    return [value, value] if is_number(value) else value


def gone(name: str, why: str) -> Rule:
    """An argument that means nothing in 2.0.8; it did nothing either where it was 0 or None."""
    return Rule((name,), lambda given: {}, lambda given: "left out" if given[name] else "translated", why)


def is_number(value: JsonValue) -> bool:
    """Whether it is an int or a float, but not a bool."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def numbers(value: Any, low: float | None = None) -> tuple[float, float]:
    """A range as 1.x read it: two numbers, or one that goes from `low`, from its own negative where that is None."""
    if is_number(value):
        return (-value if low is None else min(low, value)), max(value, low if low is not None else value)
    if isinstance(value, list) and len(value) == 2 and all(map(is_number, value)):
        return value[0], value[1]
    raise Untranslatable("It should be a number or two.")
