"""Class names shortened for ticks and legends, so that two classes never look the same."""

import unicodedata
from collections.abc import Sequence
from itertools import takewhile

_CUT = "…"


def distinct(names: Sequence[str], most: int = 14) -> list[str]:
    """A short label for each class.

    A name that is too long loses its middle. If two classes then have the same label, each shows the part in which the
    names differ, and if that does not distinguish them either, the number of the class.

    Args:
        names: Names of the classes, in their order.
        most: Characters that fit. Only a label with a number may be longer.

    Returns:
        A label for each name, escaped for plotly. All labels look different.
    """
    labels = [_middle(name, most) for name in names]
    for group in _alike(labels):
        parts = _differing([names[index] for index in group], most)
        if not _alike(parts):
            for index, part in zip(group, parts, strict=True):
                labels[index] = part
    while groups := _alike(labels):
        for group in groups:
            for index in group:
                labels[index] = f"{labels[index]} ({index + 1})"
    return [label.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;") for label in labels]


def _middle(name: str, most: int) -> str:
    if len(name) <= most:
        return name
    head = most * 3 // 5
    return name[:head] + _CUT + name[head + 1 - most :]


def _alike(labels: Sequence[str]) -> list[list[int]]:
    """Return groups of indices of labels that look the same."""
    groups: dict[str, list[int]] = {}
    for index, label in enumerate(labels):
        # A browser shows several spaces as one, and composed and decomposed letters alike.
        groups.setdefault(" ".join(unicodedata.normalize("NFC", label).split()), []).append(index)
    return [group for group in groups.values() if len(group) > 1]


def _differing(names: Sequence[str], most: int) -> list[str]:
    """Return the names without their common prefix."""
    start = sum(1 for _ in takewhile(lambda letters: len(set(letters)) == 1, zip(*names, strict=False)))
    return [_middle((_CUT if start else "") + name[start:], most) for name in names]
