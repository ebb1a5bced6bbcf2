"""The values of a parameter that a sweep shows side by side."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from explorer.augment.parameters import JsonValue, Kind, Parameter
from explorer.augment.spread import NUMBERS, RANGES, Pair, on_step, spread
from explorer.augment.spread import bounds as bounds_of
from explorer.ui.session.view import Ends
from explorer.ui.step_editor.parameters import is_number, is_pair, start_value

MAX_CHOICES = 24


@dataclass(frozen=True)
class Value:
    """A value of the parameter, and whether it is the one in the draft."""

    value: JsonValue
    present: bool


def sweepable(parameter: Parameter) -> bool:
    """Return whether the values of the parameter have an order or are few."""
    if parameter.kind is Kind.CHOICE:
        return len(parameter.choices) > 1
    return parameter.kind in RANGES | NUMBERS or parameter.kind is Kind.BOOL


def first(parameters: Iterable[Parameter], given: Iterable[str]) -> str:
    """Return the parameter to begin with: preferably a number that the step sets; "" if none can be swept."""
    offered = [parameter for parameter in parameters if sweepable(parameter)]
    set_here = frozenset(given)

    def rank(parameter: Parameter) -> tuple[bool, bool, bool]:
        numeric = parameter.kind in RANGES | NUMBERS
        return (not (numeric and parameter.name in set_here), not numeric, parameter.default is None)

    return min(offered, key=rank).name if offered else ""


def values(parameter: Parameter, present: JsonValue, count: int, ends: Ends) -> tuple[Value, ...]:
    """Return evenly spaced values over the range of the slider, with the present one in its place among them.

    Args:
        parameter: The parameter to sweep.
        present: Its value in the draft.
        count: Number of values of a number or a range; of choices, all are shown.
        ends: Which ends of a range move.
    """
    shown = _spread(parameter, present, count, ends)
    same_type = isinstance(present, bool)  # True equals 1
    at = next((i for i, each in enumerate(shown) if each == present and isinstance(each, bool) is same_type), None)
    if at is None:
        at = _place(shown, present)
        shown.insert(at, present)
    return tuple(Value(value, index == at) for index, value in enumerate(shown))


def _spread(parameter: Parameter, present: JsonValue, count: int, ends: Ends) -> list[JsonValue]:
    if parameter.kind is Kind.BOOL:
        return [False, True]
    if parameter.kind is Kind.CHOICE:
        return [choice.value for choice in parameter.choices[:MAX_CHOICES]]
    bounds = bounds_of(parameter)
    if parameter.kind in NUMBERS:
        return list(spread(parameter, bounds, count))
    low, high = present if is_pair(present) else start_value(parameter)
    found = SPREADS[ends](parameter, bounds, (low, high), count)
    return list(map(list, dict.fromkeys(found)))


def _exact(parameter: Parameter, bounds: Pair, present: Pair, count: int) -> Sequence[Pair]:  # noqa: ARG001
    return [(value, value) for value in spread(parameter, bounds, count)]


def _low(parameter: Parameter, bounds: Pair, present: Pair, count: int) -> Sequence[Pair]:
    top = max(bounds[0], present[1])
    return [(value, present[1]) for value in spread(parameter, (bounds[0], top), count)]


def _high(parameter: Parameter, bounds: Pair, present: Pair, count: int) -> Sequence[Pair]:
    bottom = min(bounds[1], present[0])
    return [(present[0], value) for value in spread(parameter, (bottom, bounds[1]), count)]


def _both(parameter: Parameter, bounds: Pair, present: Pair, count: int) -> Sequence[Pair]:
    """Return ranges that grow around 0 if the bounds have both signs, else around the middle of the present range."""
    low, high = bounds
    middle = 0 if low < 0 < high else sum(present) / 2
    reach = max(high - middle, middle - low)
    return [
        (on_step(parameter, max(low, middle - width), low), on_step(parameter, min(high, middle + width), low))
        for width in np.linspace(0, reach, count).tolist()
    ]


SPREADS: dict[Ends, Callable[[Parameter, Pair, Pair, int], Sequence[Pair]]] = {
    Ends.EXACT: _exact,
    Ends.LOW: _low,
    Ends.HIGH: _high,
    Ends.BOTH: _both,
}


def _place(shown: Sequence[JsonValue], present: JsonValue) -> int:
    """Return the place of the present value: before the first larger one; a value without an order goes first."""
    size = _size(present)
    if size is None:
        return 0
    sizes = [_size(value) for value in shown]
    return next((at for at, other in enumerate(sizes) if other is not None and other > size), len(shown))


def _size(value: JsonValue) -> tuple[float, float] | None:
    """Return the sort key of a number or a range: the middle of a range, then its width."""
    if is_number(value):
        return float(value), 0.0
    return (sum(value) / 2, value[1] - value[0]) if is_pair(value) else None
