"""The values of a step's parameters, including albumentations' defaults, and the numbers in them."""

import functools
import math
from collections.abc import Mapping
from typing import Any

from explorer.augment.catalog import catalog

_BEYOND = 1e12  # limit of numbers, so that their squares stay finite


def known(transform: str, params: Mapping[str, Any]) -> dict[str, Any]:
    """All parameters of a transform with their values; only `params` if the catalog does not have it."""
    return {**_defaults(transform), **params}


@functools.cache
def _defaults(transform: str) -> Mapping[str, Any]:
    offered = catalog().get(transform)
    return {name: parameter.default for name, parameter in offered.parameters.items()} if offered else {}


def numbers(value: Any) -> list[float]:
    """All numbers in a value, which may be a number, a range, or a range for each axis."""
    if isinstance(value, Mapping):
        return [number for part in value.values() for number in numbers(part)]
    if isinstance(value, list | tuple):
        return [number for part in value for number in numbers(part)]
    return [_within(value)] if isinstance(value, int | float) and not isinstance(value, bool) else []


def largest(value: Any) -> float:
    """The largest absolute value of the numbers in a value, 0 for none."""
    return max(map(abs, numbers(value)), default=0.0)


def limits(value: Any) -> tuple[float, float]:
    """A range of changes by a share; a single number goes to both sides."""
    found = numbers(value) or [0.0]
    return (-abs(found[0]), abs(found[0])) if len(found) == 1 else (min(found), max(found))


def ends(value: Any) -> tuple[float, float]:
    """The ends of a range; a single number is both, and None is infinite."""
    low, high = value if isinstance(value, list | tuple) and len(value) == 2 else (value, value)
    return _number(low), _number(high)


def mean(value: Any) -> float:
    """The middle of a range, or a single number."""
    return sum(ends(value)) / 2


def _number(value: Any) -> float:
    return _within(value) if isinstance(value, int | float) else math.inf


def _within(value: float) -> float:
    return max(-_BEYOND, min(_BEYOND, float(value)))
