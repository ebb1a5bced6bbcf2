"""Extreme values of a parameter: huge, tiny, negative, nothing, ranges the wrong way round."""

import random
from collections.abc import Callable

from explorer.augment.parameters import JsonValue, Kind, Parameter

_WHOLE = (
    -(2**63),
    -(10**9),
    -1000,
    -1,
    0,
    1,
    2,
    3,
    8,
    255,
    1000,
    2000,
    10**4,
    10**5,
    10**6,
    10**7,
    10**9,
    2**31,
    2**63,
)
_REAL = (-1e300, -1e9, -1000.0, -1.0, -1e-9, 0.0, 1e-300, 1e-9, 0.5, 1.0, 100.0, 2000.0, 1e5, 1e6, 1e8, 1e12, 1e300)
_TEXTS = ("", " ", "a", "a" * 500, "é 漢字 \u200f", "%s {0} \\x00", "0", "-1", "right", "random")
_BEYOND = 0.5  # how often a value is not held to the bounds that the parameter has
_USEFUL = 0.3  # how often it lies in the range that a slider shows, or a few times beyond


def value(parameter: Parameter, chance: random.Random) -> JsonValue:
    """A value for a parameter; whether a step takes it is another question."""
    if parameter.nullable and chance.random() < 0.1:
        return None
    if parameter.choices and chance.random() < 0.5:
        return chance.choice(parameter.choices).value
    return _KINDS[parameter.kind](parameter, chance)


def _whole(parameter: Parameter, chance: random.Random) -> int:
    if chance.random() < _USEFUL:
        return round(_useful(parameter, chance))
    if chance.random() < 0.3:
        return round(10 ** chance.uniform(0, 9))
    return int(_held(chance.choice(_WHOLE), parameter, chance))


def _real(parameter: Parameter, chance: random.Random) -> float:
    if chance.random() < _USEFUL:
        return _useful(parameter, chance)
    if chance.random() < 0.3:
        return chance.choice((-1, 1)) * 10 ** chance.uniform(-6, 9)
    return _held(chance.choice(_REAL), parameter, chance)


def _useful(parameter: Parameter, chance: random.Random) -> float:
    low, high = parameter.soft_low or 0.0, parameter.soft_high or 1.0
    return _held(chance.uniform(low, high) * chance.choice((1, 1, 3, 10)), parameter, chance)


def _held(number: float, parameter: Parameter, chance: random.Random) -> float:
    if chance.random() < _BEYOND:
        return number
    low = number if parameter.low is None else max(number, parameter.low)
    return low if parameter.high is None else min(low, parameter.high)


def _two(one: Callable[[Parameter, random.Random], float]) -> Callable[[Parameter, random.Random], JsonValue]:
    def draw(parameter: Parameter, chance: random.Random) -> JsonValue:
        first, second = one(parameter, chance), one(parameter, chance)
        if chance.random() < 0.2:
            second = first
        return [first, second] if chance.random() < 0.2 else sorted([first, second])

    return draw


def _fill(parameter: Parameter, chance: random.Random) -> JsonValue:
    several = parameter.color_only or chance.random() < 0.5
    return [_real(parameter, chance) for _ in range(3)] if several else _real(parameter, chance)


def _box(parameter: Parameter, chance: random.Random) -> JsonValue:  # noqa: ARG001
    return [chance.choice((-1.0, 0.0, 1e-9, 0.3, 0.7, 1.0, 5.0)) for _ in range(4)]


def _as_it_is(parameter: Parameter, chance: random.Random) -> JsonValue:  # noqa: ARG001
    return parameter.default


def _literal(parameter: Parameter, chance: random.Random) -> JsonValue:
    """Another value of the same shape, with other numbers."""
    return _changed(parameter.default, parameter, chance)


def _changed(known: JsonValue, parameter: Parameter, chance: random.Random) -> JsonValue:
    if isinstance(known, list):
        return [_changed(part, parameter, chance) for part in known]
    if isinstance(known, dict):
        return {name: _changed(part, parameter, chance) for name, part in known.items()}
    if isinstance(known, bool) or known is None or isinstance(known, str):
        return known
    return _whole(parameter, chance) if isinstance(known, int) else _real(parameter, chance)


_KINDS: dict[Kind, Callable[[Parameter, random.Random], JsonValue]] = {
    Kind.BOOL: lambda parameter, chance: chance.random() < 0.5,
    Kind.INT: _whole,
    Kind.FLOAT: _real,
    Kind.INT_RANGE: _two(_whole),
    Kind.FLOAT_RANGE: _two(_real),
    Kind.INT_PAIR: _two(_whole),
    Kind.CHOICE: lambda parameter, chance: chance.choice(parameter.choices).value,
    Kind.FILL: _fill,
    Kind.TEXT: lambda parameter, chance: chance.choice(_TEXTS),
    Kind.PICTURES: _as_it_is,
    Kind.FONT: _as_it_is,
    Kind.BOX: _box,
    Kind.LITERAL: _literal,
}
