"""Which parameters let the cost of a step grow without limit: one table, by the names and the kinds of parameters.

The tables of `costs` measure by transform what a parameter costs within its slider. Beyond it, a value costs what its
role says, which was measured over all transforms with values up to 100,000 times their starting ones.
"""

import functools
import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from explorer.augment.catalog import catalog
from explorer.augment.parameters import Kind, Parameter
from explorer.augment.sizes import Size, area
from explorer.augment.values import largest, numbers


class Role(StrEnum):
    """What a number means for the image, which decides what it costs and how much of it can be seen."""

    KERNEL = "kernel"  # side of a filter in px
    SIGMA = "sigma"  # deviation of a blur in px, whose filter is about eight times as wide
    REACH = "reach"  # radius in px
    COUNT = "count"  # of what is made one after another
    CELLS = "cells"  # along a side of the image
    CHANNELS = "channels"  # of the result


@dataclass(frozen=True)
class _Rule:
    """A pattern for "Transform.parameter", kinds of parameters, and what a value means for an image of a size."""

    names: str
    kinds: frozenset[Kind]
    visible: Callable[[Size], float]
    milliseconds: Callable[[float, Size], float]
    bytes_needed: Callable[[float, Size], float]


def _filter(side: float, size: Size) -> float:
    return 0.3 * side * area(size) / 1e6 + 1.1e-4 * side**2


_PER_SIGMA = 8.0  # px of a filter's side for each of its deviation
_WHOLE = frozenset({Kind.INT, Kind.INT_RANGE, Kind.INT_PAIR})
_DECIMAL = frozenset({Kind.FLOAT, Kind.FLOAT_RANGE})
_RULES: Mapping[Role, _Rule] = {
    Role.KERNEL: _Rule(
        r"Morphological\.scale|\w+\.(blur_limit|blur_value|kernel_size)", _WHOLE, min,
        _filter,
        lambda side, size: 13 * side**2 + 12 * side * max(size),
    ),
    Role.SIGMA: _Rule(
        r"\w+\.(\w+_)?sigma(_\w+)?", _DECIMAL, max,
        lambda sigma, size: _filter(_PER_SIGMA * sigma, size),
        lambda sigma, size: 12 * _PER_SIGMA * sigma * max(size),
    ),
    Role.REACH: _Rule(
        r"\w+\.(\w+_)?radius", _WHOLE | _DECIMAL, lambda size: math.hypot(*size),
        lambda radius, size: 0.25 * radius * area(size) / 1e6,
        lambda radius, _: 0.0,
    ),
    Role.CELLS: _Rule(
        r"\w+\.(\w+_)?grid(_\w+)?|\w+\.(nb_(rows|cols)|holes_number_xy|num_control_points|num_steps)", _WHOLE, max,
        lambda cells, _: 0.005 * cells,
        lambda cells, _: 380 * cells,
    ),
    Role.CHANNELS: _Rule(
        r"\w+\.num_output_channels", _WHOLE, lambda _: 3,
        lambda channels, size: channels * area(size) / 1e6,
        lambda channels, size: channels * area(size),
    ),
    Role.COUNT: _Rule(
        r"\w+\.((num|number|n)_(?!bits)\w+|max_objects|iterations|shadow_dimension)", _WHOLE, area,
        lambda count, _: 0.01 * count,
        lambda count, _: 500 * count,
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Driver:
    """A parameter that drives what a step costs; `within` is the largest value that its slider shows."""

    name: str
    role: Role
    kind: Kind
    within: float


@functools.cache
def drivers(transform: str) -> tuple[Driver, ...]:
    """The parameters of a transform that drive its cost; a hard upper bound keeps one out."""
    offered = catalog().get(transform)
    found = [] if offered is None else [_driver(transform, parameter) for parameter in offered.parameters.values()]
    return tuple(driver for driver in found if driver is not None)


def _driver(transform: str, parameter: Parameter) -> Driver | None:
    if parameter.high is not None:
        return None
    full = f"{transform}.{parameter.name}"
    role = next((role for role, rule in _RULES.items() if re.fullmatch(rule.names, full)), None)
    if role is None or parameter.kind not in _RULES[role].kinds:
        return None
    return Driver(parameter.name, role, parameter.kind, parameter.soft_high or 1.0)


def visible(role: Role, size: Size) -> float:
    """The largest value whose effect can be seen in an image of that size."""
    return _RULES[role].visible(size)


def milliseconds(transform: str, values: Mapping[str, Any], size: Size) -> float:
    """What values beyond their sliders add to the time of a step on an image of that size."""
    return sum(
        _RULES[role].milliseconds(amount, size) - _RULES[role].milliseconds(within, size)
        for role, amount, within in _amounts(transform, values)
        if amount > within
    )


def bytes_needed(transform: str, values: Mapping[str, Any], size: Size) -> float:
    """The memory that the values of a step take, in addition to the image's."""
    return sum(_RULES[role].bytes_needed(amount, size) for role, amount, _ in _amounts(transform, values))


def _amounts(transform: str, values: Mapping[str, Any]) -> Iterator[tuple[Role, float, float]]:
    """Role, amount, and the amount at the end of the slider; cells are those of the whole grid."""
    found = drivers(transform)
    yield from ((one.role, largest(values.get(one.name)), one.within) for one in found if one.role is not Role.CELLS)
    grid = [one for one in found if one.role is Role.CELLS]
    if grid:
        yield Role.CELLS, _cells(grid, values), _cells(grid, {one.name: one.within for one in grid})


def _cells(grid: list[Driver], values: Mapping[str, Any]) -> float:
    sides = [side for one in grid for side in _sides(one, values.get(one.name))]
    return math.prod(sides) if len(sides) > 1 else math.prod(sides * 2)


def _sides(driver: Driver, value: Any) -> list[float]:
    both = driver.kind is Kind.INT_PAIR and isinstance(value, list | tuple)
    return numbers(value) if both else [largest(value)] * (2 if driver.kind is Kind.INT_PAIR else 1)
