"""Two models on the same validation images: their difference, how sure it is, and the images that changed sides.

All of it says something about these two models. It does not say which recipe is better: another seed gives another
model, and that spread is in none of these numbers.
"""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.metrics.counts import Counts

Values = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Alignment:
    """The images that two runs have in common.

    Attributes:
        rows_a, rows_b: (M,) rows of the same images in the lists of both runs, ascending in that of A.
        only_a, only_b: Images whose id the other run does not have.
        changed: Images of one id with other contents.
        unknown: Images of one id whose contents are not known in one of the runs.
        relabeled: Equal images of another class.
    """

    rows_a: Counts
    rows_b: Counts
    only_a: int
    only_b: int
    changed: int
    unknown: int
    relabeled: int

    @property
    def complete(self) -> bool:
        """Whether both runs have the same images and no others."""
        return not (self.only_a or self.only_b or self.changed or self.unknown or self.relabeled)


@dataclass(frozen=True, eq=False)
class ImageList:
    """N images: ids, which may repeat, hashes of what they are made of ("" where not known), and (N,) classes.

    Where images can have several labels, these are (N, L), 0 or 1.
    """

    ids: Sequence[str]
    hashes: Sequence[str]
    labels: Counts

    def keys(self) -> list[tuple[str, str, Hashable, int]]:
        """Return (id, hash, class or labels, number among equal ones) of each image."""
        seen: dict[tuple[str, str, Hashable], Iterator[int]] = defaultdict(count)
        labels = self.labels.tolist() if self.labels.ndim == 1 else map(tuple, self.labels.tolist())
        return [(*key, next(seen[key])) for key in zip(self.ids, self.hashes, labels, strict=True)]


def align(a: ImageList, b: ImageList) -> Alignment:
    """Find the images that two runs have in common: those of one id, with the same known hash and the same class.

    Where ids repeat, the first of equal images belongs to the first, the second to the second, and so on.
    """
    places = {key: row for row, key in enumerate(b.keys()) if key[1]}
    keys = a.keys()
    pairs = [(row, places[key]) for row, key in enumerate(keys) if key in places]
    rows_a, rows_b = np.array(pairs, np.int64).reshape(-1, 2).T
    rest = [_rest(images, rows) for images, rows in ((a, rows_a), (b, rows_b))]
    both = rest[0].keys() & rest[1].keys()
    found: Counter[str] = Counter()
    for name in both:
        mine, others = rest[0][name], rest[1][name]
        found[_difference(mine, others)] += min(len(mine), len(others))
    only_a, only_b = (sum(map(len, side.values())) - sum(found.values()) for side in rest)
    return Alignment(rows_a, rows_b, only_a, only_b, found["changed"], found["unknown"], found["relabeled"])


def _rest(images: ImageList, used: Counts) -> dict[str, list[str]]:
    """The hashes of the images that are in no pair, by id."""
    left: dict[str, list[str]] = defaultdict(list)
    for row in np.setdiff1d(np.arange(len(images.ids)), used):
        left[images.ids[row]].append(images.hashes[row])
    return left


def _difference(mine: Sequence[str], others: Sequence[str]) -> str:
    if "" in mine or "" in others:
        return "unknown"
    return "relabeled" if {*mine} & {*others} else "changed"


@dataclass(frozen=True, eq=False)
class Answers:
    """What a model of C classes says about N images: (N, C) finite logits, and the (N,) classes that it predicts.

    Where an image can have several labels, predictions are (N, C), 0 or 1.
    """

    logits: NDArray[np.floating[Any]]
    predicted: Counts

    def take(self, rows: Counts) -> "Answers":
        """Return the answers about some of the images."""
        return Answers(self.logits[rows], self.predicted[rows])


@dataclass(frozen=True)
class McNemar:
    """How often two models are right about the same images, and the exact two-sided p of McNemar's test.

    p is the probability of a split of the images that changed sides at least as uneven as this one, where each of them
    is as likely to change in one way as in the other.
    """

    both_right: int
    only_a: int
    only_b: int
    both_wrong: int
    p: float


def mcnemar(labels: Counts, a: Answers, b: Answers) -> McNemar:
    """Compare which of the same images two models get right."""
    # Imported here: it takes half a second.
    from scipy.stats import binomtest

    right_a, right_b = a.predicted == labels, b.predicted == labels
    only_a, only_b = int((right_a & ~right_b).sum()), int((~right_a & right_b).sum())
    changed = only_a + only_b
    p = float(binomtest(only_a, changed, 0.5).pvalue) if changed else 1.0
    return McNemar(int((right_a & right_b).sum()), only_a, only_b, int((~right_a & ~right_b).sum()), p)


def changed_sides(labels: Counts, a: Answers, b: Answers) -> tuple[Counts, Counts]:
    """Return the rows where A is right and B is wrong, and those where A is wrong and B is right.

    The rows where the wrong model is most sure of its answer come first.
    """
    right_a, right_b = a.predicted == labels, b.predicted == labels
    lost, won = np.flatnonzero(right_a & ~right_b), np.flatnonzero(~right_a & right_b)
    return lost[np.argsort(-_lead(b, labels, lost))], won[np.argsort(-_lead(a, labels, won))]


def _lead(answers: Answers, labels: Counts, rows: Counts) -> Values:
    """By how much the logit of the predicted class is above that of the true class."""
    logits = answers.logits[rows].astype(np.float64)
    places = np.arange(len(rows))
    return np.asarray(logits[places, answers.predicted[rows]] - logits[places, labels[rows]], np.float64)
