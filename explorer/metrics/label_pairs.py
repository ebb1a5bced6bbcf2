"""The difference of each metric of several labels between two models on the same images, by paired bootstrap."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from explorer.metrics.draws import Ranked, influences
from explorer.metrics.labels import exact, f1_samples, label_areas, label_confusion, label_sets, sets_of
from explorer.metrics.metric import Evaluation
from explorer.metrics.paired_bootstrap import Difference
from explorer.metrics.pairs import Answers
from explorer.metrics.rates import Margins, ratio
from explorer.metrics.resampling import DRAWS, Counts, Values, draws
from explorer.metrics.table import EVERY, values

COMPARED = ("auroc", "f1_macro", "mean_precision", "f1_labels", "f1_samples", "subset_accuracy", "hamming_loss")
MOST_SCORES = 20_000_000  # drawn scores up to which images are ranked in each draw; with more it is approximated
_RANKED = ("auroc", "mean_precision")
_OF_COUNTS = ("f1_macro", "f1_labels")


def evaluated(labels: Counts, answers: Answers, loss: float = float("nan")) -> Evaluation:
    """Return what the metrics of (N, L) labels and answers are computed from."""
    return Evaluation(
        label_confusion(labels, answers.predicted),
        label_areas(answers.logits, labels),
        loss,
        logits=answers.logits,
        labels=labels,
        task="labels",
        sets=sets_of(labels, answers.predicted),
    )


@dataclass(frozen=True, eq=False)
class _Model:
    """What one of two models says about N images with L labels."""

    labels: Counts
    answers: Answers

    @cached_property
    def columns(self) -> Values:
        """(N, 3 L): of each image the labels that are found, that it has, and that are predicted."""
        found = self.labels & self.answers.predicted
        return np.concatenate([found, self.labels, self.answers.predicted], axis=1).astype(np.float64)

    @cached_property
    def each(self) -> dict[str, Values]:
        """The (N,) values of single images of those metrics that are means over the images."""
        sets = label_sets(self.labels, self.answers.predicted)
        wrong = (self.labels != self.answers.predicted).mean(axis=1)
        return {"f1_samples": f1_samples(sets), "subset_accuracy": exact(sets), "hamming_loss": wrong}

    @cached_property
    def ranked(self) -> list[Ranked]:
        """The images in the order of the score of each label that some image has."""
        return [Ranked(odds, mine) for odds, mine in self._scored()]

    @cached_property
    def changes(self) -> dict[str, Values]:
        """(N,) how the metrics of the order of the images change with the share of each image, times N."""
        pairs = [influences(*each) for each in self._scored() if not each[1].all()]
        parts = zip(*pairs, strict=True) if pairs else ([np.zeros(len(self.labels))],) * 2
        return {key: np.mean(list(one), axis=0) for key, one in zip(_RANKED, parts, strict=True)}

    def _scored(self) -> Iterator[tuple[Values, NDArray[np.bool_]]]:
        for odds, mine in zip(self.answers.logits.T, self.labels.T == 1, strict=True):
            if mine.any():
                yield odds.astype(np.float64), mine

    def drawn(self, keys: Collection[str], weights: Counts, *, ranks: bool) -> Iterator[tuple[str, Values]]:
        """Yield the (b,) values of each metric with (b, N) weights of the images; nan where one is undefined.

        ranks: Whether the images are ranked; else metrics of their order are what influences say, without the value.
        """
        times = weights.astype(np.float64)
        margins = Margins(*np.split(times @ self.columns, 3, axis=1))
        of_order = dict(zip(_RANKED, self._orders(weights), strict=True)) if ranks and set(_RANKED) & {*keys} else {}
        for key in keys:
            rate = EVERY[key].rate
            if key in _RANKED:
                yield key, of_order[key] if ranks else times @ self.changes[key] / len(self.labels)
            elif key in _OF_COUNTS:
                assert rate is not None
                yield key, rate(margins)
            else:
                known = np.isfinite(self.each[key])
                yield key, ratio(times @ np.where(known, self.each[key], 0.0), times @ known)

    def _orders(self, weights: Counts) -> tuple[Values, Values]:
        """(b,) mean AUROC and mean average precision over the labels for which they are defined in a draw."""
        if not self.ranked:
            return np.full(len(weights), np.nan), np.full(len(weights), np.nan)
        found = np.array([one.both(weights) for one in self.ranked])
        known = np.isfinite(found)
        areas, precisions = ratio(np.where(known, found, 0.0).sum(axis=0), known.sum(axis=0))
        return areas, precisions


def differences(
    labels: Counts, a: Answers, b: Answers, keys: Collection[str] = COMPARED, count: int = DRAWS
) -> dict[str, Difference]:
    """Compute metrics of two models with the interval of each difference B - A.

    Each draw takes whole images, with all of their labels, with replacement, and the same ones for both models. Where
    there are too many scores to rank them in each draw, the intervals of AUROC and mAP are approximate.

    Args:
        labels: (N, L), 0 or 1, N at least 1.
        a, b: The answers of both models.
        keys: Some of `COMPARED`.
        count: Bootstrap draws.
    """
    keys = [key for key in keys if key in COMPARED]
    models = _Model(labels, a), _Model(labels, b)
    ranks = count * labels.size <= MOST_SCORES
    drawn: dict[str, list[Values]] = {key: [] for key in keys}
    for weights in draws(np.zeros(len(labels), np.int64), count):
        of_a, of_b = (model.drawn(keys, weights, ranks=ranks) for model in models)
        for (key, one), (_, other) in zip(of_a, of_b, strict=True):
            drawn[key].append(other - one)
    found_a, found_b = (values(evaluated(labels, one), keys) for one in (a, b))
    return {
        key: Difference.of(found_a[key], found_b[key], np.concatenate(drawn[key]), not ranks and key in _RANKED)
        for key in keys
    }
