"""Counts of many draws, which add up: merging the counts of two ranges of draws gives the counts of both.

They are plain data and can be kept as JSON: numbers are summed, lists are joined, dicts are merged by name.
"""

from typing import Any

DrawCounts = dict[str, Any]


def merge(first: DrawCounts, second: DrawCounts) -> DrawCounts:
    """The counts of the draws of both; neither is changed. `{}` are the counts of no draws."""
    merged = dict(first)
    for name, value in second.items():
        merged[name] = _added(merged[name], value) if name in merged else value
    return merged


def _added(first: Any, second: Any) -> Any:
    return merge(first, second) if isinstance(first, dict) else first + second


def add(counts: DrawCounts, *path: str, by: float = 1) -> None:
    """Add to the number at a path, in place; it begins at 0."""
    for name in path[:-1]:
        counts = counts.setdefault(name, {})
    counts[path[-1]] = counts.get(path[-1], 0) + by


def note(counts: DrawCounts, *path: str, value: float) -> None:
    """Append to the list at a path, in place."""
    for name in path[:-1]:
        counts = counts.setdefault(name, {})
    counts.setdefault(path[-1], []).append(value)
