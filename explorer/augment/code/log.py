"""Notes, unknown names and ids that come up while a draft is made of code."""

import itertools
from dataclasses import dataclass, field
from typing import Any

from explorer.augment.code.contents import filled, has_default, missing_in, parts, unknown_in
from explorer.augment.code.results import Difference, Note, NoteKind, Unknown
from explorer.augment.code.values import NOTHING, Array, Missing, Value, brief
from explorer.augment.parameters import is_ordinary

_MAX_SHOWN = 50


class Unusable(ValueError):
    """A value that no parameter can have."""


class NotKnown(ValueError):
    """A value that depends on unknown names, which are listed already."""


@dataclass
class Log:
    """Notes, unknown names, and steps that 1.x and 2.x read differently."""

    notes: list[Note] = field(default_factory=list)
    unknowns: dict[str, Unknown] = field(default_factory=dict)
    differences: list[Difference] = field(default_factory=list)
    without_effect: dict[str, int] = field(default_factory=dict)
    numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    def note(self, line: int, kind: NoteKind, text: str) -> None:
        """Add a note unless it is there already."""
        found = Note(line, kind, text)
        if found not in self.notes:
            self.notes.append(found)

    def drop(self, argument: str) -> None:
        """Count an argument that is left out because it changes nothing."""
        self.without_effect[argument] = self.without_effect.get(argument, 0) + 1

    def sum_up(self, line: int) -> None:
        """Add one note for all arguments that change nothing: one for each would hide the rest."""
        if self.without_effect:
            dropped = [f"{text} ({count} times)" if count > 1 else text for text, count in self.without_effect.items()]
            self.note(line, "translated", f"Not carried over, since it changes nothing in 2.0.8: {', '.join(dropped)}.")

    def new_id(self) -> str:
        return f"n{next(self.numbers)}"

    def value(self, value: Value, where: str) -> Any:
        """A value as JSON. Raises Unusable, and NotKnown after listing the unknown names that it depends on."""
        for one in missing_in(value):
            self.ask(one, where)
        if not all(map(has_default, unknown_in(parts(value)))):
            raise NotKnown
        found = as_json(filled(value))
        if not is_ordinary(found):
            raise Unusable("it is no ordinary number")
        return found

    def argument(self, value: Value, line: int, name: str, key: str) -> Any:
        """An argument as JSON; NOTHING if it is unknown, or if no parameter can have it, which is noted."""
        try:
            return self.value(value, f"{name}, {key}")
        except NotKnown:
            pass
        except Unusable as error:
            self.note(line, "left out", f"{name}: {key} is left out: {error}.")
        return NOTHING

    def probability(self, value: Value, line: int, name: str, default: float) -> float:
        """The p of a call, or `default` if it is unknown or no number."""
        found = self.argument(value, line, name, "p")
        if isinstance(found, int | float):
            return float(found)
        if found is not NOTHING:
            self.note(line, "left out", f"{name}: p is left out: it is no number.")
        return default

    def ask(self, missing: Missing, where: str) -> None:
        """List a name that has to be asked for."""
        default = missing.default if has_default(missing) and is_plain(missing.default) else None
        self.unknowns.setdefault(missing.text, Unknown(missing.text, missing.line, where, default))


def is_plain(value: Value) -> bool:
    """Whether a parameter can have the value."""
    try:
        return is_ordinary(as_json(value))
    except Unusable:
        return False


def as_json(value: Value) -> Any:
    """A value as JSON would return it. Raises Unusable."""
    if isinstance(value, Array):
        return value.numbers.tolist()
    if isinstance(value, list | tuple):
        return [as_json(part) for part in value]
    if isinstance(value, dict):
        return {str(key): as_json(part) for key, part in value.items()}
    if value is None or isinstance(value, bool | int | float | str):
        return value
    raise Unusable("it is no plain value")


def shown(value: Any) -> str:
    """A value as a note shows it."""
    text = f"{value:.4g}" if isinstance(value, float) else repr(value)
    if isinstance(value, list):
        text = f"({', '.join(map(shown, value))})"
    return brief(text, _MAX_SHOWN)
