"""95 % intervals of the metrics of one validation over its images, by the Bayesian bootstrap: see `draws.py`.

They say how far a value would differ with other validation images of the same kind. They do not contain what another
training run would change.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.metrics import draws, mask_intervals
from explorer.metrics.counts import against_rest
from explorer.metrics.draws import Ranked, cell_draws, influences, margins_draws, weights
from explorer.metrics.images import ImageScores, reliability
from explorer.metrics.label_intervals import label_draws
from explorer.metrics.metric import Evaluation, Value
from explorer.metrics.rates import Margins
from explorer.metrics.resampling import LEVEL
from explorer.metrics.scores import log_odds
from explorer.metrics.table import EVERY, LOSS
from explorer.metrics.table import values as values_of
from explorer.metrics.thresholds import Cuts
from explorer.metrics.values import first_of

Values = NDArray[np.float64]

_SEED = 20260  # the same images always give the same interval
_EXACT = 40_000_000  # weights times classes up to which each draw ranks the images again

HOW = "Bayesian bootstrap over validation images, {draws:,} draws"
WHOLE = "Bayesian bootstrap over whole validation images, {draws:,} draws"
TOGETHER = "; wrong predictions are drawn by class and not by cell"
LINEAR = "; linear in the weights of the images"
BINS = "; from bins, each class by itself"
SAME = "it is the same whichever images are drawn"
NO_IMAGE_LOSSES = "the losses of single images are not stored"


@dataclass(frozen=True)
class Interval:
    """A value and its interval.

    Args:
        value: Of the metric; None where it is undefined.
        low, high: The ends; None where there is no interval.
        level: The share of cases in which such intervals contain the true value.
        how: How it was computed, as part of a sentence.
        why: Why there is no interval, as the end of a sentence.
    """

    value: float | None
    low: float | None = None
    high: float | None = None
    level: float = LEVEL
    how: str = ""
    why: str = ""


_MEANS = ("f1_macro", "f1_weighted", "precision", "recall", "specificity", "balanced_accuracy")
_RANKED = ("auroc", "auroc_weighted", "average_precision")
_PRECISIONS = ("average_precision", "mean_precision")
_F1 = ("f1_macro", "f1_weighted")
_LOSSES = (LOSS, "brier", "log_loss")
_OF_IMAGES = ("top_k", "brier", "log_loss", "ece")


@dataclass(frozen=True, eq=False)
class _Drawn:
    values: Values
    how: str


def intervals(evaluation: Evaluation, keys: Collection[str] | None = None) -> dict[str, Interval]:
    """Return the interval of each metric of these keys, or of all of its task; the same evaluation gives the same."""
    found = values_of(evaluation, keys)
    if evaluation.pixels is not None:
        return _of_masks(evaluation, found)
    wanted = {key for key, value in found.items() if value.value is not None}
    if evaluation.several:
        drawn = {key: _Drawn(*one) for key, one in label_draws(evaluation, wanted).items()}
        return {key: _of_labels(evaluation, key, value, drawn.get(key)) for key, value in found.items()}
    drawn = _counted(evaluation, wanted) | _scored(evaluation, wanted)
    return {key: _interval(key, value, drawn.get(key)) for key, value in found.items()}


def _interval(key: str, found: Value, drawn: _Drawn | None) -> Interval:
    if found.value is None or drawn is None:
        return Interval(found.value, why=found.why or (NO_IMAGE_LOSSES if key in _LOSSES else SAME))
    defined = drawn.values[np.isfinite(drawn.values)]
    if not len(defined):
        return Interval(found.value, why=SAME)
    low, high = np.quantile(defined, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    if key == "ece":
        # Random weights make the error larger, as chance has made that of the images larger than the true one.
        bias = float(defined.mean()) - found.value
        low, high = max(low - 2 * bias, 0.0), min(high - 2 * bias, 1.0)
    # The images added by the draws can push both ends past an extreme value.
    ends = min(float(low), found.value), max(float(high), found.value)
    return Interval(found.value, *ends, how=drawn.how)


def _of_labels(evaluation: Evaluation, key: str, value: Value, drawn: _Drawn | None) -> Interval:
    if value.value is not None and drawn is None and evaluation.scores_missing and key not in _LOSSES:
        return Interval(value.value, why=evaluation.scores_missing)
    return _interval(key, value, drawn)


def _of_masks(evaluation: Evaluation, found: Mapping[str, Value]) -> dict[str, Interval]:
    drawn = mask_intervals.drawn_of(evaluation, [key for key, value in found.items() if value.value is not None])
    return {key: _of_mask(evaluation, key, value, drawn.get(key)) for key, value in found.items()}


def _of_mask(evaluation: Evaluation, key: str, value: Value, drawn: Values | None) -> Interval:
    why = mask_intervals.why_none(evaluation, EVERY[key])
    if value.value is not None and why:
        return Interval(value.value, why=why)
    return _interval(key, value, None if drawn is None else _Drawn(drawn, WHOLE.format(draws=len(drawn))))


def _mask_class(evaluation: Evaluation, key: str, index: int, value: Value) -> Interval:
    drawn = None if value.value is None else mask_intervals.drawn_of_class(evaluation, EVERY[key], index, value.value)
    return _of_mask(evaluation, key, value, drawn)


def _counted(evaluation: Evaluation, wanted: set[str]) -> dict[str, _Drawn]:
    asked = {key: metric.rate for key, metric in EVERY.items() if key in wanted and metric.rate is not None}
    if (evaluation.margins.predicted > 0).sum() == 1:
        asked.pop("kappa", None)  # it is 0 with one answer for all images, whichever they are
    if not asked:
        return {}
    drawn = margins_draws(evaluation.confusion, np.random.default_rng(_SEED))
    how = HOW.format(draws=len(drawn.right)) + (TOGETHER if draws.together(evaluation.confusion) else "")
    # A class that is never predicted counts as 0 in the precision, in each draw as in the value.
    called = evaluation.margins.predicted > 0
    masked = Margins(drawn.right * called, drawn.truth, drawn.predicted * called)
    found = {key: rate(masked if key == "precision" else drawn) for key, rate in asked.items()}
    return {key: _Drawn(_widened(key, values, evaluation), how) for key, values in found.items()}


def _widened(key: str, values: Values, evaluation: Evaluation) -> Values:
    """Return draws of a mean over classes as wide as they have to be for the few images of each class.

    The weighted share of m images varies by (m - 1) / (m + 1) less than that of m others would, in the mean over draws
    (see Hesterberg 2015, https://doi.org/10.1080/00031305.2015.1089789, on narrow bootstrap intervals). m is taken as
    the mean number of images of a class, and as 2 where it is less.
    """
    rate = EVERY[key].rate
    if key not in _MEANS or rate is None:
        return values
    images = max(evaluation.margins.truth.sum() / max((evaluation.margins.truth > 0).sum(), 1), 2.0)
    value = float(rate(evaluation.margins))
    wider: Values = value + (values - value) * np.sqrt((images + 1) / (images - 1))
    return wider.clip(0.0, 1.0)


def _scored(evaluation: Evaluation, wanted: set[str]) -> dict[str, _Drawn]:
    if not wanted.intersection(_RANKED + _OF_IMAGES):
        return {}
    if evaluation.images is None:
        return _from_bins(evaluation, wanted)
    return _from_images(evaluation, evaluation.images, wanted)


def _from_images(evaluation: Evaluation, images: ImageScores, wanted: set[str]) -> dict[str, _Drawn]:
    """Draw all metrics of scores with the same weights of the images."""
    rng, count, classes = np.random.default_rng(_SEED + 1), len(images.rank), len(evaluation.confusion)
    ranks = bool(wanted.intersection(_RANKED))
    exact = count * draws.how_many(count) * classes <= _EXACT
    precision = "average_precision" in wanted
    ranked = list(_orders(evaluation, one_of_two=not precision)) if ranks and exact else []
    columns = _columns(images, classes) | (rank_influences(evaluation) if ranks and not exact else {})
    matrix = np.concatenate(list(columns.values()), axis=1)
    found: list[dict[str, Values]] = []
    # Generators of their own, so that one metric has the same draws whichever others are computed with it.
    ends = np.random.default_rng(_SEED + 4).spawn(len(ranked))
    for block in weights(count, rng):
        means = np.split(block @ matrix / block.sum(axis=1, keepdims=True), _ends(columns), axis=1)
        values = {key: mean[:, 0] for key, mean in zip(columns, means, strict=True)}
        values["ece"] = np.abs(dict(zip(columns, means, strict=True))["ece"]).sum(axis=1)
        found.append(values | _of_orders(ranked, block, ends, classes, precision))
    how = HOW.format(draws=draws.how_many(count))
    added = _added(images, rng)
    drawn = {key: np.concatenate([one[key] for one in found]) for key in found[0]}
    drawn["top_k"] = added(drawn["top_k"])
    for key in _RANKED if not exact else ():
        if key not in drawn:  # no class has both images and others
            continue
        drawn[key] = np.clip(drawn[key] + (EVERY[key].value(evaluation).value or 0.0), 0.0, 1.0)
    return {
        key: _Drawn(values, how + (LINEAR if key in _RANKED and not exact else ""))
        for key, values in drawn.items()
        if key in wanted
    }


def _ends(columns: dict[str, Values]) -> list[int]:
    return list(np.cumsum([column.shape[1] for column in columns.values()])[:-1])


def _columns(images: ImageScores, classes: int) -> dict[str, Values]:
    """Return (N, k) columns whose weighted means give the metrics of single images."""
    bins = reliability(images.confidence, images.right)
    apart = np.zeros((len(images.rank), len(bins.count)))
    apart[np.arange(len(apart)), bins.place] = images.confidence - images.right
    return {
        "top_k": (images.rank < first_of(classes)).astype(np.float64)[:, None],
        "brier": images.brier[:, None],
        "log_loss": images.log_loss[:, None],
        "ece": apart,
    }


def _added(images: ImageScores, rng: np.random.Generator) -> Callable[[Values], Values]:
    """Return what adds an image that is half right to draws of the top-k accuracy, as to those of counts."""

    def add(values: Values) -> Values:
        right, wrong = rng.standard_gamma(draws.PRIOR / 4, (2, len(values)))
        total = len(images.rank)
        return np.asarray((values * total + right) / (total + right + wrong), np.float64)

    return add


@dataclass(frozen=True, eq=False)
class _Order:
    ranked: Ranked
    support: int


def _classes_with_both(evaluation: Evaluation) -> Iterator[tuple[Values, NDArray[np.bool_], int]]:
    """Yield the scores of each class that some images belong to and some not, which those are, and how many."""
    if evaluation.logits is None or evaluation.labels is None:
        return
    for index, odds in enumerate(log_odds(evaluation.logits)):
        mine = evaluation.labels == index
        if mine.any() and not mine.all():
            yield odds, mine, int(mine.sum())


def _orders(evaluation: Evaluation, one_of_two: bool) -> Iterator[_Order]:
    """Yield the order of the images by each class; only one if two classes are wanted for their AUROC, which is one."""
    classes = len(evaluation.confusion)
    for odds, mine, support in _classes_with_both(evaluation):
        yield _Order(Ranked(odds, mine, classes), support)
        if classes == 2 and one_of_two:
            return


def _of_orders(
    orders: list[_Order], block: Values, ends: list[np.random.Generator], classes: int, precision: bool
) -> dict[str, Values]:
    if not orders:
        return {}
    pairs = [order.ranked.drawn(block, rng, precision) for order, rng in zip(orders, ends, strict=True)]
    areas, precisions = (np.stack(column) for column in zip(*pairs, strict=True))
    if classes == 2:
        areas = areas[:1].repeat(len(orders), axis=0)  # both classes have the same area
    return _means(areas, precisions, np.array([order.support for order in orders], np.float64))


def _means(areas: Values, precisions: Values, support: Values) -> dict[str, Values]:
    return {
        "auroc": areas.mean(axis=0),
        "auroc_weighted": support @ areas / support.sum(),
        "average_precision": precisions.mean(axis=0),
    }


def rank_influences(evaluation: Evaluation) -> dict[str, Values]:
    """Return (N, 1) influences of the images on metrics of scores, as `draws.influences`, by the metric's key.

    The metrics are means over the classes that some images belong to and some do not; nothing where there are none.
    """
    sums: dict[str, Values] = {}
    classes, images = 0, 0
    for odds, mine, support in _classes_with_both(evaluation):
        area, precision = influences(odds, mine)
        one = {"auroc": area, "auroc_weighted": area * support, "average_precision": precision}
        sums = {key: sums.get(key, 0.0) + values for key, values in one.items()}
        classes, images = classes + 1, images + support
    parts = {"auroc": classes, "auroc_weighted": images, "average_precision": classes}
    return {key: (values / parts[key])[:, None] for key, values in sums.items()}


def _from_bins(evaluation: Evaluation, wanted: set[str]) -> dict[str, _Drawn]:
    """Draw AUROC and average precision from a histogram, which does not say which image is in which bins."""
    if not wanted.intersection(_RANKED) or evaluation.histogram is None:
        return {}
    rng, classes = np.random.default_rng(_SEED + 2), len(evaluation.confusion)
    chosen = [cuts for cuts in evaluation.cuts() if cuts.positives.sum() and cuts.negatives.sum()]
    if not chosen:  # the average precision of one class that all images have is 1, whichever are drawn
        return {}
    pairs = [cell_draws(cuts, draws.FEWEST, classes, rng) for cuts in chosen]
    areas, precisions = (np.stack(column) for column in zip(*pairs, strict=True))
    if classes == 2:
        areas = areas[:1].repeat(2, axis=0)  # both classes have the same area
    found = _means(areas, precisions, np.array([cuts.positives.sum() for cuts in chosen], np.float64))
    how = HOW.format(draws=draws.FEWEST) + BINS
    return {key: _Drawn(values, how) for key, values in found.items() if key in wanted}


def class_intervals(evaluation: Evaluation, key: str) -> tuple[Interval, ...]:
    """Return the interval of a metric for each class, one against the rest; nothing for a metric without classes."""
    metric = EVERY[key]
    if metric.classes is None:
        return ()
    found = metric.classes(evaluation)
    if evaluation.pixels is not None:
        return tuple(_mask_class(evaluation, key, index, value) for index, value in enumerate(found))
    if _one_for_both(evaluation, key):
        return _of_both(evaluation, found)
    if metric.of == "counts":
        drawn = (_class_ratio(evaluation, key, index) for index in range(len(found)))
    else:
        drawn = (_class_rank(cuts, key, index) for index, cuts in enumerate(evaluation.cuts()))
    return tuple(_of_class(key, value, one) for value, one in zip(found, drawn, strict=True))


def class_interval(evaluation: Evaluation, key: str, index: int, value: Value) -> Interval:
    """Return what `class_intervals` has for one class, whose value is known, without work for the others."""
    if evaluation.pixels is not None:
        return _mask_class(evaluation, key, index, value)
    if EVERY[key].of == "counts":
        return _of_class(key, value, _class_ratio(evaluation, key, index))
    if _one_for_both(evaluation, key):
        return _of_both(evaluation, [value])[0]
    cuts = evaluation.cuts_of(index)
    return (
        Interval(value.value, why=value.why) if cuts is None else _of_class(key, value, _class_rank(cuts, key, index))
    )


def _one_for_both(evaluation: Evaluation, key: str) -> bool:
    """Whether a metric is one number for both of two classes, so that it has one interval too."""
    return key == "auroc" and len(evaluation.confusion) == 2 and not evaluation.several


def _of_both(evaluation: Evaluation, found: Iterable[Value]) -> tuple[Interval, ...]:
    whole = intervals(evaluation, ["auroc"])["auroc"]
    return tuple(whole if one.value is not None else Interval(None, why=one.why) for one in found)


def _of_class(key: str, value: Value, drawn: Values) -> Interval:
    return _interval(key, value, _Drawn(drawn, HOW.format(draws=draws.FEWEST)))


def _draws_of(index: int) -> np.random.Generator:
    """Return a generator for each class, so that one class alone has the interval that it has among all."""
    return np.random.default_rng((_SEED + 3, index))


def _class_ratio(evaluation: Evaluation, key: str, index: int) -> Values:
    """Return draws for a class. Half an image is added to both sides of the ratio: see `draws.py`."""
    right, wrong = _sides(evaluation.confusion, key)
    share = _draws_of(index).beta(right[index] + 0.5, wrong[index] + 0.5, draws.FEWEST)
    # F1 is 2 J / (1 + J), where J is the share TP / (TP + FP + FN).
    return 2 * share / (1 + share) if key in _F1 else share


def _sides(confusion: NDArray[np.int64], key: str) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    found, wrong, missed, others = against_rest(confusion).T
    if key in _F1:
        return found, wrong + missed
    if key == "precision":
        return found, wrong
    return (others, wrong) if key == "specificity" else (found, missed)


def _class_rank(cuts: Cuts, key: str, index: int) -> Values:
    if not (cuts.positives.sum() and cuts.negatives.sum()):
        return np.full(1, np.nan)
    return cell_draws(cuts, draws.FEWEST, 2, _draws_of(index))[1 if key in _PRECISIONS else 0]
