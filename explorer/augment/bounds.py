"""Warnings about values that are absurd for an image, for the fields of parameters before the step is drawn.

None of these values is wrong, and each can be drawn. A value is beyond what an image can show, by the role of the
parameter; or it makes the result of the step too large, or the step too slow or too large for the memory.
"""

import functools
import json
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from explorer.augment import costs
from explorer.augment.catalog import catalog
from explorer.augment.drivers import Driver, Role, drivers, visible
from explorer.augment.parameters import Kind, Parameter
from explorer.augment.sizes import Size, area, made_size
from explorer.augment.values import known, largest, numbers
from explorer.data.sample import MAX_PIXELS

MAX_SECONDS = 60.0  # of one step


class Load(StrEnum):
    """A load of a step that can be too much."""

    PIXELS = "pixels"
    MEMORY = "memory"  # bytes
    TIME = "time"  # seconds


@dataclass(frozen=True)
class Caution:
    """Why a value is probably a mistake.

    Attributes:
        about: The role in which it is beyond the image, or the load that it drives beyond its limit.
        value: The number that does so.
        bound: The largest number that does not, None if other parameters have to change too.
        at_least: Whether `bound` is the smallest such number instead.
        load: The load of the step in pixels, bytes or seconds.
        most: The limit, in the same unit or in that of the role.
    """

    about: Role | Load
    value: float
    bound: float | None
    at_least: bool = False
    load: float = 0.0
    most: float = 0.0


def cautions(transform: str, params: Mapping[str, Any], size: Size, memory: float) -> Mapping[str, Caution]:
    """Parameter -> why its value is absurd for an image of `size`, for a valid step that may take `memory` bytes."""
    return _cautions(transform, json.dumps(params, sort_keys=True), size, memory)


@functools.lru_cache(maxsize=512)
def _cautions(transform: str, text: str, size: Size, memory: float) -> Mapping[str, Caution]:
    step = _Step(transform, {**_starts(transform), **json.loads(text)}, size, memory)
    loaded = _loaded(step)
    unseen = {driver.name: caution for driver in drivers(transform) if (caution := _unseen(step, driver))}
    return loaded | {name: _with_bound(caution, loaded.get(name)) for name, caution in unseen.items()}


def _with_bound(unseen: Caution, loaded: Caution | None) -> Caution:
    """The caution for what cannot be seen, with the bound of the load if that is lower."""
    bound = min(caution.bound for caution in (unseen, loaded) if caution is not None and caution.bound is not None)
    even_filter = unseen.about is Role.KERNEL and bound % 2 == 0  # most of them have to be odd
    return replace(unseen, bound=bound - 1 if even_filter else bound)


def _starts(transform: str) -> dict[str, Any]:
    return known(transform, catalog()[transform].starts)


@dataclass(frozen=True)
class _Step:
    transform: str
    values: Mapping[str, Any]
    size: Size
    memory: float

    def having(self, name: str, value: Any) -> "_Step":
        return replace(self, values={**self.values, name: value})


def _unseen(step: _Step, driver: Driver) -> Caution | None:
    value, most = largest(step.values.get(driver.name)), math.floor(visible(driver.role, step.size))
    return Caution(driver.role, value, most, most=most) if value > most else None


_LOADS: Mapping[Load, Callable[[_Step], float]] = {
    Load.PIXELS: lambda step: area(made_size(step.transform, step.values, step.size)),
    Load.MEMORY: lambda step: costs.memory(step.transform, step.values, step.size),
    Load.TIME: lambda step: costs.estimate(step.transform, step.values, step.size) / 1000,
}


def _too_much(step: _Step) -> Iterator[tuple[Load, float]]:
    for load, most in ((Load.PIXELS, MAX_PIXELS), (Load.MEMORY, step.memory), (Load.TIME, MAX_SECONDS)):
        if _LOADS[load](step) > most:
            yield load, most


def _loaded(step: _Step) -> dict[str, Caution]:
    """Cautions for the parameters that drive the first load that is too much."""
    load, most = next(_too_much(step), (None, 0.0))
    if load is None:
        return {}
    found = {name: _driving(step, load, name) for name in catalog()[step.transform].parameters}
    return {name: replace(caution, most=most) for name, caution in found.items() if caution is not None}


def _driving(step: _Step, load: Load, name: str) -> Caution | None:
    """The caution at a parameter that would halve the load with the value that it starts with."""
    parameter, value = catalog()[step.transform].parameters[name], step.values.get(name)
    if parameter.kind is Kind.FILL or not numbers(value):
        return None
    measure, start = _LOADS[load], _starts(step.transform)[name]
    now = measure(step)
    for ends in (_from_below(parameter, start, value), _from_above(parameter, start, value)):

        def having(number: float, ends: _Ends = ends) -> _Step:
            return step.having(name, ends.kept(value, number))

        if ends.calm != ends.wild and measure(having(ends.calm)) < now / 2:
            bound = _bound(lambda number: not any(_too_much(having(number))), ends)
            return Caution(load, ends.wild, bound, ends.at_least, now)
    return None


@dataclass(frozen=True)
class _Ends:
    """The search range for a bound of a parameter: from the number that it starts with to the one that it has."""

    calm: float
    wild: float
    whole: bool

    @property
    def at_least(self) -> bool:
        return self.wild < self.calm

    def kept(self, value: Any, bound: float) -> Any:
        """The value with all numbers limited to a bound."""
        if isinstance(value, Mapping):
            return {name: self.kept(part, bound) for name, part in value.items()}
        if isinstance(value, list | tuple):
            return [self.kept(part, bound) for part in value]
        if not numbers(value):
            return value
        size = max(abs(value), bound) if self.at_least else min(abs(value), bound)
        return type(value)(math.copysign(size, value))


def _from_below(parameter: Parameter, start: Any, value: Any) -> _Ends:
    calm = largest(start) or parameter.soft_high or 1.0
    return _Ends(calm, max(largest(value), calm), _is_whole(parameter, value))


def _from_above(parameter: Parameter, start: Any, value: Any) -> _Ends:
    calm = min(map(abs, numbers(start)), default=0.0) or 1.0
    return _Ends(calm, min(min(map(abs, numbers(value))), calm), _is_whole(parameter, value))


def _is_whole(parameter: Parameter, value: Any) -> bool:
    return parameter.kind in (Kind.INT, Kind.INT_RANGE, Kind.INT_PAIR) or all(
        number.is_integer() for number in numbers(value)
    )


def _bound(fits: Callable[[float], bool], ends: _Ends) -> float | None:
    """The number nearest to `wild` that fits, with two digits; None if not even `calm` fits."""
    if not fits(ends.calm):
        return None
    good, bad = math.log(ends.calm), math.log(max(ends.wild, 1e-12))
    for _ in range(30):
        middle = (good + bad) / 2
        good, bad = (middle, bad) if fits(math.exp(middle)) else (good, middle)
    found = math.exp(good)
    unit = 10.0 ** (math.floor(math.log10(found)) - 1)  # of the second digit
    if ends.at_least:
        return math.ceil(found / unit) * unit
    rounded = math.floor(found / unit + 1e-9) * unit
    return max(float(math.floor(rounded)) if ends.whole else rounded, ends.calm)
