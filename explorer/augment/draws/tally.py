"""Counts of many draws that add up: `merge` of two tallies is the tally of both.

A tally is plain data, so that it travels as JSON: numbers are summed, lists are joined, dicts are merged by name.
"""

from collections.abc import Iterable
from functools import reduce
from typing import Any

Tally = dict[str, Any]


def merge(first: Tally, second: Tally) -> Tally:
    """The tally of the draws of both; neither is changed. `{}` is the tally of no draws."""
    merged = dict(first)
    for name, value in second.items():
        merged[name] = _added(merged[name], value) if name in merged else value
    return merged


def _added(first: Any, second: Any) -> Any:
    return merge(first, second) if isinstance(first, dict) else first + second


def total(tallies: Iterable[Tally]) -> Tally:
    """The tally of all."""
    return reduce(merge, tallies, {})


def in_order(tally: Tally) -> Tally:
    """The same tally whatever the order in which its parts were merged: lists sorted, names in order."""
    return {
        name: in_order(value) if isinstance(value, dict) else sorted(value) if isinstance(value, list) else value
        for name, value in sorted(tally.items())
    }


def add(tally: Tally, *path: str, by: float = 1) -> None:
    """Add to the number at a path, in place; it begins at 0."""
    for name in path[:-1]:
        tally = tally.setdefault(name, {})
    tally[path[-1]] = tally.get(path[-1], 0) + by


def note(tally: Tally, *path: str, value: float) -> None:
    """Append to the list at a path, in place."""
    for name in path[:-1]:
        tally = tally.setdefault(name, {})
    tally.setdefault(path[-1], []).append(value)
