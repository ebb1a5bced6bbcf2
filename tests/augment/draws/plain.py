"""Counts of draws, in a form that tests compare."""

from collections.abc import Iterable
from functools import reduce

from explorer.augment.draws.counts import DrawCounts, merge


def total(parts: Iterable[DrawCounts]) -> DrawCounts:
    return reduce(merge, parts, {})


def in_order(counts: DrawCounts) -> DrawCounts:
    """The same counts whatever the order in which their parts were merged: lists sorted, names in order."""
    return {
        name: in_order(value) if isinstance(value, dict) else sorted(value) if isinstance(value, list) else value
        for name, value in sorted(counts.items())
    }
