"""Names of classes that fit at a tick or in a legend; two different classes never look the same there."""

import unicodedata
from collections import Counter
from collections.abc import Sequence
from itertools import takewhile

_CUT = "…"


def distinct(names: Sequence[str], most: int = 14) -> list[str]:
    """A short label for each class.

    A name that is too long loses its middle. Where that leaves two classes with the same label, each shows the part in
    which the names differ, and where not even that distinguishes them, the number of the class.

    Args:
        names: names of the classes, in their order.
        most: characters that fit. Only a label that needs a number may be longer.

    Returns:
        A label for each name, in which plotly finds no markup. All labels look different.
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
    return [_plain(label) for label in labels]


def _middle(name: str, most: int) -> str:
    """The name without its middle, where it is too long: both ends say what it is."""
    if len(name) <= most:
        return name
    head = most * 3 // 5
    return name[:head] + _CUT + name[head + 1 - most :]


def _alike(labels: Sequence[str]) -> list[list[int]]:
    """The places of labels that look the same, a list for each such label."""
    looks = [_look(label) for label in labels]
    return [
        [index for index, look in enumerate(looks) if look == shared]
        for shared, count in Counter(looks).items()
        if count > 1
    ]


def _look(label: str) -> str:
    # A browser shows one space for several, and composed and decomposed letters alike.
    return " ".join(unicodedata.normalize("NFC", label).split())


def _differing(names: Sequence[str], most: int) -> list[str]:
    """The names from the place where the first of them differ."""
    start = sum(1 for _ in takewhile(lambda letters: len(set(letters)) == 1, zip(*names, strict=False)))
    return [_middle((_CUT if start else "") + name[start:], most) for name in names]


def _plain(label: str) -> str:
    return label.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
