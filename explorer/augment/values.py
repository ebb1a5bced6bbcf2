"""The values of a step's parameters: albumentations' default where none is given, and the numbers in them."""

import functools
import math
from collections.abc import Mapping
from typing import Any

from explorer.augment.catalog import catalog

_BEYOND = 1e12  # larger numbers are taken for this: they mean the same, and their squares stay numbers


def known(transform: str, params: Mapping[str, Any]) -> dict[str, Any]:
    """All parameters of a transform; none but `params` where the catalog does not have it."""
    return {**_defaults(transform), **params}


@functools.cache
def _defaults(transform: str) -> Mapping[str, Any]:
    offered = catalog().get(transform)
    return {name: parameter.default for name, parameter in offered.parameters.items()} if offered else {}


def numbers(value: Any) -> list[float]:
    """All numbers in a value: of a range, of a range for each axis, or a single one."""
    if isinstance(value, Mapping):
        return [number for part in value.values() for number in numbers(part)]
    if isinstance(value, list | tuple):
        return [number for part in value for number in numbers(part)]
    return [_within(value)] if isinstance(value, int | float) and not isinstance(value, bool) else []


def largest(value: Any) -> float:
    """The largest number in a value, signs aside; 0 where it has none."""
    return max(map(abs, numbers(value)), default=0.0)


def limits(value: Any) -> tuple[float, float]:
    """A range of changes by a share; a single number goes to both sides."""
    found = numbers(value) or [0.0]
    return (-abs(found[0]), abs(found[0])) if len(found) == 1 else (min(found), max(found))


def ends(value: Any) -> tuple[float, float]:
    """The ends of a range; a single number is both. What is not set is without bound."""
    low, high = value if isinstance(value, list | tuple) and len(value) == 2 else (value, value)
    return _number(low), _number(high)


def mean(value: Any) -> float:
    return sum(ends(value)) / 2


def _number(value: Any) -> float:
    return _within(value) if isinstance(value, int | float) else math.inf


def _within(value: float) -> float:
    return max(-_BEYOND, min(_BEYOND, float(value)))
