"""Metrics of 10 million binary scores from the mergeable histogram, against scikit-learn and torchmetrics.

All are computed in one run and take turns. Machines are noisy: read the ratios, not the seconds. Then the AUROC on
scores that suit bins badly, with the bound that comes with it, and the time of the intervals.
"""

import statistics
import time
import tracemalloc
from collections.abc import Callable, Iterator
from functools import partial

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.special import expit
from sklearn.metrics import roc_auc_score
from torchmetrics.functional.classification import binary_roc

from explorer.metrics import thresholds
from explorer.metrics.counts import confusion_counts
from explorer.metrics.curves import average_precision, brier_of_bins, log_loss_of_bins
from explorer.metrics.intervals import intervals
from explorer.metrics.metric import Evaluation
from explorer.metrics.scores import (
    ScoreHistogram,
    areas_from_histogram,
    auroc,
    score_histogram,
    unsure,
)
from explorer.metrics.table import EVERY, values
from explorer.metrics.thresholds import Cuts

Logits = NDArray[np.float32]
Labels = NDArray[np.int64]

SCORES = 10_000_000
BLOCK = 1_000_000
ROUNDS = 3
BINNED = 100_000  # scores for torchmetrics' binned curves, whose time grows with their number: more take minutes
THRESHOLDS = 1001


def main(scores: int = SCORES) -> None:
    """Measure and print the tables."""
    logits, labels = drawn(scores, 2, 2.0)
    odds = logits[:, 1] - logits[:, 0]
    probability, truth = torch.from_numpy(expit(odds)), torch.from_numpy(labels)
    binned = min(BINNED, scores)
    subjects: dict[str, Callable[[], object]] = {
        "ours, all metrics and curves": lambda: everything(score_histogram(logits, labels)),
        "scikit-learn, exact AUROC": lambda: roc_auc_score(labels, odds),
        "torchmetrics, binned ROC": lambda: binary_roc(probability[:binned], truth[:binned], THRESHOLDS),
    }
    times: dict[str, list[float]] = {name: [] for name in subjects}
    for _ in range(ROUNDS):
        for name, work in subjects.items():
            times[name].append(timed(work) * (scores / binned if "torchmetrics" in name else 1))
    ours = statistics.median(times["ours, all metrics and curves"])
    print(
        f"{scores:,} binary scores; medians of {ROUNDS}; torchmetrics from {binned:,} scores, times {scores // binned}"
    )
    for name, found in times.items():
        print(f"{name:30}{statistics.median(found):>9.3f} s{statistics.median(found) / ours:>9.1f} times ours")
    _memory()
    _bounds()
    _intervals()


def drawn(count: int, classes: int, skill: float) -> tuple[Logits, Labels]:
    """Return logits as a trained network gives them: the true class stands out by `skill` on noise of 1.5."""
    rng = np.random.default_rng(0)
    labels = rng.integers(0, classes, count)
    logits = rng.normal(0, 1.5, (count, classes)).astype(np.float32)
    logits[np.arange(count), labels] += np.float32(skill)
    return logits, labels


def everything(histogram: ScoreHistogram) -> list[object]:
    """Return all that a histogram of 2 classes gives: areas with their bounds, scores, curves and thresholds."""
    found: list[object] = [areas_from_histogram(histogram), unsure(histogram)]
    found += [log_loss_of_bins(histogram), brier_of_bins(histogram)]
    for mine, rest in zip(histogram.positives, histogram.negatives, strict=True):
        cuts = Cuts.of_histogram(mine, rest)
        hits, wrong = cuts.true_positives, cuts.false_positives
        found += [
            average_precision(cuts),
            thresholds.best_f1(cuts),
            thresholds.youden(cuts),
            thresholds.calibration(cuts),
        ]
        found += [
            hits / hits[-1],
            wrong / wrong[-1],
            hits[1:] / (hits + wrong)[1:],
            2 * hits / (hits[-1] + hits + wrong),
        ]
    hits, wrong = cuts.true_positives, cuts.false_positives
    half = int((cuts.scores >= 0).sum())
    confusion = np.array([[wrong[-1] - wrong[half], wrong[half]], [hits[-1] - hits[half], hits[half]]])
    return [*found, values(Evaluation(confusion, (None, None), histogram=histogram))]


def timed(work: Callable[[], object]) -> float:
    """Return the seconds that something takes."""
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def blocks(count: int) -> Iterator[tuple[Logits, Labels]]:
    """Yield so many scores in blocks."""
    rng = np.random.default_rng(1)
    for _ in range(count // BLOCK):
        labels = rng.integers(0, 2, BLOCK)
        logits = rng.normal(0, 1.5, (BLOCK, 2)).astype(np.float32)
        logits[np.arange(BLOCK), labels] += 2
        yield logits, labels


def _memory() -> None:
    print(f"\nPeak memory of numpy, blocks of {BLOCK:,} scores with their making")
    for count in (2 * BLOCK, 10 * BLOCK):
        tracemalloc.start()
        sum((score_histogram(*block) for block in blocks(count)), ScoreHistogram.empty(2))
        print(f"{count:>12,} scores{tracemalloc.get_traced_memory()[1] / 1e6:>9.1f} MB")
        tracemalloc.stop()


def _bounds() -> None:
    print("\nAUROC from bins against the exact one, 200,000 scores, and the bound that comes with it")
    for name, scale in (("as trained", 1.0), ("sure, times 100", 100.0), ("tiny, times 1e-4", 1e-4), ("equal", 0.0)):
        logits, labels = drawn(200_000, 2, 2.0)
        logits = logits * np.float32(scale)
        exact, (found, _) = auroc(logits, labels)[1], areas_from_histogram(score_histogram(logits, labels))
        bound = unsure(score_histogram(logits, labels))[1]
        print(f"{name:20} error {abs((exact or 0) - (found[1] or 0)):.7f}   bound {bound:.7f}")


def _intervals() -> None:
    print("\nIntervals, the best of 3")
    all_keys = tuple(EVERY)
    headline = ("auroc", "f1_macro", "accuracy", "balanced_accuracy", "mcc")
    for count, classes, keys in ((400, 2, headline), (400, 2, all_keys), (2000, 10, all_keys), (50_000, 100, all_keys)):
        logits, labels = drawn(count, classes, 2.0)
        confusion = confusion_counts(labels, logits.argmax(axis=1), classes)
        areas = auroc(logits, labels)
        times = []
        for _ in range(3):
            found = Evaluation(confusion, areas, 0.5, None, logits, labels)
            times.append(timed(partial(intervals, found, keys)))
        what = "headline" if keys is headline else "all metrics"
        print(f"{count:>7,} images, {classes:>3} classes, {what:12}{min(times) * 1e3:>9.0f} ms")
