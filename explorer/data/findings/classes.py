"""Classes that are rare, missing in a part, or written in two ways."""

import unicodedata
from collections import defaultdict
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from explorer.data.findings.finding import Code, Finding
from explorer.data.findings.seen import Seen

UNEVEN = 3.0  # times as many images of the largest class as of the smallest
VERY_UNEVEN = 10.0
FEW = 10  # images of a class in a part: its score changes by a tenth with one image


def find(seen: Seen) -> Iterable[Finding]:
    """Yield what is wrong with the classes of a data set whose images have labels."""
    yield from _written_twice(seen.contents.classes)
    if len(seen.contents.classes) < 2 or not seen.counts.sum():
        return
    yield from missing(seen, "class_missing", seen.contents.classes, seen.counts)
    yield from _small(seen)
    yield from _imbalance(seen)


def _written_twice(classes: tuple[str, ...]) -> Iterable[Finding]:
    """Yield classes whose names differ only in case, in spaces or in their Unicode form."""
    alike: dict[str, list[str]] = defaultdict(list)
    for name in classes:
        alike[" ".join(unicodedata.normalize("NFKC", name).casefold().replace("_", " ").split())].append(name)
    found = tuple(tuple(names) for names in alike.values() if len(names) > 1)
    if found:
        yield Finding("class_case", "wrong", sum(map(len, found)), values={"names": found})


def missing(seen: Seen, code: Code, names: tuple[str, ...], counts: NDArray[np.int64]) -> Iterable[Finding]:
    """Yield the classes that no image of a part shows, where other classes are shown in it.

    Args:
        seen: The images.
        code: Of the finding.
        names: Of the C classes.
        counts: (P, C) images of each part that show a class.
    """
    parts = seen.contents.parts
    lacking = {
        part: tuple(names[label] for label in np.flatnonzero(row == 0))
        for part, row in enumerate(counts)
        if row.any() and (row == 0).any()
    }
    if lacking:
        different = {name for some in lacking.values() for name in some}
        values = {"missing": tuple((parts[part], some) for part, some in lacking.items())}
        yield Finding(code, "wrong" if seen.train in lacking else "check", len(different), values=values)


def _small(seen: Seen) -> Iterable[Finding]:
    names, parts = seen.contents.classes, seen.contents.parts
    small = tuple(
        (parts[part], names[label], int(row[label]))
        for part, row in enumerate(seen.counts)
        for label in np.flatnonzero((row > 0) & (row < FEW))
    )
    if small:
        yield Finding("class_small", "note", len({name for _, name, _ in small}), values={"small": small})


def _imbalance(seen: Seen) -> Iterable[Finding]:
    """Yield how uneven the classes of the training part are, with the weights that make up for it.

    Where an image can have several labels, the weight of a label is its pos_weight in BCE: the number of images without
    it, divided by the number of images with it.
    """
    if seen.train is None:
        return
    counts = seen.counts[seen.train]
    least, most = int(counts.argmin()), int(counts.argmax())
    if not counts[least] or counts[most] < UNEVEN * counts[least]:
        return
    names = seen.contents.classes
    several = seen.contents.several is not None
    images = seen.images(seen.train)
    weights = (images - counts) / counts if several else counts.sum() / (len(counts) * counts)
    values = {
        "ratio": float(counts[most] / counts[least]),
        "most": (names[most], int(counts[most])),
        "least": (names[least], int(counts[least])),
        "weights": tuple(map(float, weights)),
        "pos_weight": float(counts[0] / counts[1]) if len(counts) == 2 and not several else None,
    }
    severe = counts[most] >= VERY_UNEVEN * counts[least]
    yield Finding("imbalance", "check" if severe else "note", len(names), values=values, actions=("weights",))
