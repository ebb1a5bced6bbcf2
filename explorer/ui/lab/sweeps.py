"""Which values of a parameter are worth seeing side by side, and what people read under each."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from explorer.augment.parameters import JsonValue, Kind, Parameter
from explorer.ui.session.view import Ends
from explorer.ui.step_editor.parameters import start_value

RANGES = frozenset({Kind.INT_RANGE, Kind.FLOAT_RANGE, Kind.INT_PAIR})
NUMBERS = frozenset({Kind.INT, Kind.FLOAT})
_WHOLE = frozenset({Kind.INT, Kind.INT_RANGE, Kind.INT_PAIR})
MAX_CHOICES = 24
Pair = tuple[float, float]


@dataclass(frozen=True)
class Value:
    """A value of the parameter; present: whether the draft has it now."""

    value: JsonValue
    present: bool


def sweepable(parameter: Parameter) -> bool:
    """Whether its values have an order or are few."""
    if parameter.kind is Kind.CHOICE:
        return len(parameter.choices) > 1
    return parameter.kind in RANGES | NUMBERS or parameter.kind is Kind.BOOL


def first(parameters: Iterable[Parameter], given: Iterable[str]) -> str:
    """The parameter to begin with: one that the step sets, else a number, else any; "" where none can be swept."""
    offered = [parameter for parameter in parameters if sweepable(parameter)]
    set_here = frozenset(given)

    def rank(parameter: Parameter) -> tuple[bool, bool, bool]:
        numeric = parameter.kind in RANGES | NUMBERS
        return (not (numeric and parameter.name in set_here), not numeric, parameter.default is None)

    return min(offered, key=rank).name if offered else ""


def values(parameter: Parameter, present: JsonValue, count: int, ends: Ends) -> tuple[Value, ...]:
    """Evenly spread values over what the slider shows, and the present one in its place among them.

    count: how many numbers; of choices all are shown. ends: for a range, which of its ends moves.
    """
    spread = _spread(parameter, present, count, ends)
    at = next((index for index, value in enumerate(spread) if _same(value, present)), None)
    if at is None:
        at = _place(spread, present)
        spread.insert(at, present)
    return tuple(Value(value, index == at) for index, value in enumerate(spread))


def _spread(parameter: Parameter, present: JsonValue, count: int, ends: Ends) -> list[JsonValue]:
    if parameter.kind is Kind.BOOL:
        return [False, True]
    if parameter.kind is Kind.CHOICE:
        return [choice.value for choice in parameter.choices[:MAX_CHOICES]]
    bounds = _bounds(parameter)
    if parameter.kind in NUMBERS:
        return list(_steps(parameter, bounds, count))
    low, high = present if _is_pair(present) else start_value(parameter)
    found = SPREADS[ends](parameter, bounds, (low, high), count)
    return list(map(list, dict.fromkeys(found)))


def _bounds(parameter: Parameter) -> Pair:
    low = parameter.soft_low if parameter.soft_low is not None else 0.0
    high = parameter.soft_high if parameter.soft_high is not None else 1.0
    return low, high


def _steps(parameter: Parameter, bounds: Pair, count: int) -> tuple[float, ...]:
    """Numbers from end to end, each where the slider can stand: kernels of odd size stay odd."""
    low, high = bounds
    step = parameter.step or 0.01
    found: list[float] = []
    for value in np.linspace(low, high, count).tolist():
        if parameter.kind in _WHOLE:
            stands = int(low + round((value - low) / step) * step)
            found.append(stands if stands <= high else int(stands - step))
        elif value in (low, high):
            found.append(float(value))
        else:
            found.append(round(float(low + round((value - low) / step) * step), _decimals(step)))
    return tuple(dict.fromkeys(found))


def _decimals(step: float) -> int:
    """Enough digits to distinguish neighbors; ends of a slider may be finer than its step."""
    return max(2, int(np.ceil(-np.log10(step))) + 1)


def _exact(parameter: Parameter, bounds: Pair, present: Pair, count: int) -> Sequence[Pair]:  # noqa: ARG001
    return [(value, value) for value in _steps(parameter, bounds, count)]


def _low(parameter: Parameter, bounds: Pair, present: Pair, count: int) -> Sequence[Pair]:
    top = max(bounds[0], present[1])
    return [(value, present[1]) for value in _steps(parameter, (bounds[0], top), count)]


def _high(parameter: Parameter, bounds: Pair, present: Pair, count: int) -> Sequence[Pair]:
    bottom = min(bounds[1], present[0])
    return [(present[0], value) for value in _steps(parameter, (bottom, bounds[1]), count)]


def _both(parameter: Parameter, bounds: Pair, present: Pair, count: int) -> Sequence[Pair]:
    """From the middle outwards: around 0 where the range has both signs, else around the middle of the present one."""
    low, high = bounds
    middle = 0 if low < 0 < high else sum(present) / 2
    reach = max(high - middle, middle - low)
    whole = parameter.kind in _WHOLE
    found = []
    for width in np.linspace(0, reach, count).tolist():
        pair = (max(low, middle - width), min(high, middle + width))
        found.append((_standing(parameter, pair[0], whole), _standing(parameter, pair[1], whole)))
    return found


def _standing(parameter: Parameter, value: float, whole: bool) -> float:
    low, step = parameter.soft_low or 0.0, parameter.step or 0.01
    stands = low + round((value - low) / step) * step
    return int(stands) if whole else round(float(stands), _decimals(step))


SPREADS: dict[Ends, Callable[[Parameter, Pair, Pair, int], Sequence[Pair]]] = {
    Ends.EXACT: _exact,
    Ends.LOW: _low,
    Ends.HIGH: _high,
    Ends.BOTH: _both,
}


def _is_pair(value: JsonValue) -> bool:
    return isinstance(value, list | tuple) and len(value) == 2 and all(map(_is_number, value))


def _is_number(value: JsonValue) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _same(one: JsonValue, other: JsonValue) -> bool:
    return one == other and isinstance(one, bool) == isinstance(other, bool)


def _place(spread: Sequence[JsonValue], present: JsonValue) -> int:
    """Where the present value goes: in front of the first that is larger; what has no order goes first."""
    size = _size(present)
    if size is None:
        return 0
    sizes = [_size(value) for value in spread]
    return next((at for at, other in enumerate(sizes) if other is not None and other > size), len(spread))


def _size(value: JsonValue) -> tuple[float, float] | None:
    """By what numbers and ranges are put in order: ranges by their middle, then by how wide they are."""
    if _is_number(value):
        return float(value), 0.0
    return (sum(value) / 2, value[1] - value[0]) if _is_pair(value) else None
