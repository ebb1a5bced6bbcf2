"""Draws of the metrics of several labels: the same random weights of the images for all labels of an image.

An image is added of which the network is taken to know nothing, as in `draws.py`.
"""

from collections.abc import Collection, Iterator

import numpy as np
from numpy.typing import NDArray

from explorer.metrics import draws, labels
from explorer.metrics.draws import Ranked, cell_draws, weights
from explorer.metrics.metric import Evaluation
from explorer.metrics.rates import Margins, seen
from explorer.metrics.table import EVERY

Values = NDArray[np.float64]
Drawn = tuple[Values, str]  # draws of a metric, and how they were made, as part of a sentence

_SEED = 20290
_EXACT = 40_000_000  # weights times labels up to which each draw ranks the images again
_HOW = "Bayesian bootstrap over validation images, {draws:,} draws"
_ALONE = "; each label by itself"


def label_draws(evaluation: Evaluation, wanted: Collection[str]) -> dict[str, Drawn]:
    """Return draws of those metrics that are wanted, where what is stored of the images allows them."""
    found = _of_sets(evaluation)
    if evaluation.logits is None or evaluation.scores_missing:
        found |= _ranked_alone(evaluation)
    else:
        found |= _of_counts(evaluation)
        images = len(evaluation.logits)
        exact = images * draws.how_many(images) * len(evaluation.confusion) <= _EXACT
        found |= _ranked(evaluation) if exact else _ranked_alone(evaluation)
    return {key: one for key, one in found.items() if key in wanted}


def _of_sets(evaluation: Evaluation) -> dict[str, Drawn]:
    """Draw metrics that are means over images. Images of one kind have one weight, which is the sum of theirs."""
    sets = evaluation.sets
    if sets is None or not len(sets):
        return {}
    rng, count = np.random.default_rng(_SEED), draws.how_many(len(sets))
    drawn = rng.standard_gamma(np.concatenate([sets[:, labels.IMAGES], [0.5, 0.5]]), (count, len(sets) + 2))
    wrong = sets[:, labels.TRUE] + sets[:, labels.PREDICTED] - 2 * sets[:, labels.FOUND]
    each = {
        "f1_samples": (labels.f1_samples(sets), [1.0, 0.0]),
        "subset_accuracy": (labels.exact(sets), [1.0, 0.0]),
        "hamming_loss": (wrong / len(evaluation.confusion), [0.5, 0.5]),
    }
    how = _HOW.format(draws=count)
    return {
        key: (labels.mean_of_images(np.concatenate([values, added]), drawn), how)
        for key, (values, added) in each.items()
    }


def _predicted(evaluation: Evaluation) -> Values:
    """(N, L) 1 where a label is predicted: the images with the highest scores, as many as are counted."""
    assert evaluation.logits is not None
    found = np.zeros(evaluation.logits.shape)
    for label, count in enumerate(evaluation.margins.predicted.tolist()):
        found[np.argsort(-evaluation.logits[:, label], kind="stable")[:count], label] = 1
    return found


def _of_counts(evaluation: Evaluation) -> dict[str, Drawn]:
    """Draw metrics of counts from the labels and predictions of single images."""
    assert evaluation.labels is not None
    true, called = evaluation.labels.astype(np.float64), _predicted(evaluation)
    columns = np.concatenate([true * called, true, called], axis=1)
    rng, count = np.random.default_rng(_SEED + 1), len(evaluation.confusion)
    summed = np.concatenate([block @ columns for block in weights(len(true), rng)])
    # Nothing is added to a label that no image has and for which none is predicted: the value leaves it out.
    present = seen(evaluation.margins)
    right, missed, wrong = rng.standard_gamma(draws.PRIOR / 2 / count, (3, len(summed), count)) * present
    found, having, predicted = np.split(summed, 3, axis=1)
    margins = Margins(found + right, having + right + missed, predicted + right + wrong)
    used = evaluation.margins.predicted > 0  # one that is never predicted counts as 0 in the precision, as in the value
    masked = Margins(margins.right * used, margins.truth, margins.predicted * used)
    how = _HOW.format(draws=len(summed))
    rates = {key: metric.rate for key, metric in EVERY.items() if metric.rate and "labels" in metric.tasks}
    return {key: (rate(masked if key == "precision" else margins), how) for key, rate in rates.items()}


def _with_both(evaluation: Evaluation) -> Iterator[tuple[Values, NDArray[np.bool_]]]:
    return ((odds, mine) for odds, mine in evaluation.scored() if mine.any())


def _ranked(evaluation: Evaluation) -> dict[str, Drawn]:
    """Draw metrics of the order of the images."""
    pairs = list(_with_both(evaluation))
    if not pairs:
        return {}
    ranked = [(Ranked(odds, mine, len(evaluation.confusion)), int(mine.sum()), not mine.all()) for odds, mine in pairs]
    rng = np.random.default_rng(_SEED + 2)
    ends = rng.spawn(len(ranked))
    parts = [
        [one.drawn(block, end) for (one, _, _), end in zip(ranked, ends, strict=True)]
        for block in weights(len(pairs[0][0]), rng)
    ]
    areas, precisions = (
        np.stack([np.concatenate([part[at][which] for part in parts]) for at in range(len(ranked))]) for which in (0, 1)
    )
    support, both = (np.array([one[place] for one in ranked]) for place in (1, 2))
    return _means(areas, precisions, support, both.astype(bool), _HOW.format(draws=areas.shape[1]))


def _ranked_alone(evaluation: Evaluation) -> dict[str, Drawn]:
    """Draw them from the distinct scores of each label, or their bins, which do not say which image is in which."""
    chosen = [cuts for cuts in evaluation.cuts() if cuts.positives.sum()]
    if not chosen:
        return {}
    rng = np.random.default_rng(_SEED + 3)
    pairs = [cell_draws(cuts, draws.FEWEST, len(evaluation.confusion), rng) for cuts in chosen]
    areas, precisions = (np.stack(column) for column in zip(*pairs, strict=True))
    support = np.array([cuts.positives.sum() for cuts in chosen])
    both = np.array([bool(cuts.negatives.sum()) for cuts in chosen])
    return _means(areas, precisions, support, both, _HOW.format(draws=draws.FEWEST) + _ALONE)


def _means(
    areas: Values, precisions: Values, support: NDArray[np.int64], both: NDArray[np.bool_], how: str
) -> dict[str, Drawn]:
    """The means over labels: of areas over those that some images have and some not, and of precisions over all."""
    found = {"mean_precision": precisions.mean(axis=0)}
    if both.any():
        found["auroc"] = areas[both].mean(axis=0)
        found["auroc_weighted"] = support[both] @ areas[both] / support[both].sum()
    return {key: (values, how) for key, values in found.items()}
