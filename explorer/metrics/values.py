"""The value of each metric of one evaluation. What is undefined says why, and is never a number.

Means over classes are those of scikit-learn, which counts an undefined ratio of a class as 0; such a mean has a note.
"""

import math
from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

from explorer.metrics import rates
from explorer.metrics.curves import average_precision, brier_of_bins, log_loss_of_bins
from explorer.metrics.images import ImageScores, calibration_error, reliability
from explorer.metrics.metric import Evaluation, Value
from explorer.metrics.rates import Margins
from explorer.metrics.scores import ScoreHistogram
from explorer.metrics.thresholds import Cuts

NO_IMAGES = "there are no validation images"
ONE_CLASS = "all validation images are of one class"
ONE_PREDICTION = "all validation images are predicted as one class"
CHANCE = "all validation images are of one class and predicted as it, so that chance agrees as well"
NO_OTHERS = "no validation image is of another class"
ABSENT = "no validation image is of this class"
NOT_LABELED = "no validation image has this label"
ALL_LABELED = "all validation images have this label"
LABEL_NEVER_PREDICTED = "this label is predicted for no validation image"
LABEL_UNSEEN = "no validation image has this label or is predicted to have it"
NEVER_PREDICTED = "no validation image is predicted as this class"
UNSEEN = "no validation image is of this class or predicted as it"
TWO_CLASSES = "with 2 classes, the top 2 are always right"
LOSS_UNKNOWN = "the loss of this epoch is not known"
_OF_LABELS = {
    ABSENT: NOT_LABELED,
    NO_OTHERS: ALL_LABELED,
    NEVER_PREDICTED: LABEL_NEVER_PREDICTED,
    UNSEEN: LABEL_UNSEEN,
}  # the same reasons where images have several labels
CLASSES, LABELS = ("class", "classes"), ("label", "labels")  # what is left out of a mean: one, and several
WITHIN = 0.001  # the largest error of a value from a histogram that is shown or drawn as a number
WITHIN_OF_PIXELS = 0.01  # the same for pixels, whose single scores are never stored
MOST = 1e6  # an upper end above it says nothing

Batch = NDArray[np.float64]


def known(value: float, why: str, note: str = "") -> Value:
    """Return a value, undefined for this reason if it is nan."""
    return Value(None, why) if math.isnan(value) else Value(float(value), note=note)


def _why(why: str, evaluation: Evaluation) -> str:
    """Return a reason in the words of the task."""
    return _OF_LABELS.get(why, why) if evaluation.several else why


def of_counts(
    evaluation: Evaluation, compute: Callable[[Margins], Batch], note: Callable[[Margins, tuple[str, str]], str]
) -> Value:
    """Return a metric of counts that is defined wherever there are images."""
    said = note(evaluation.margins, LABELS if evaluation.several else CLASSES)
    return known(float(compute(evaluation.margins)), NO_IMAGES, said)


def of_each(evaluation: Evaluation, compute: Callable[[Margins], Batch], why: str) -> tuple[Value, ...]:
    """Return a ratio of counts of each class, undefined for this reason where it is a ratio of nothing."""
    words = _why(why, evaluation)
    return tuple(known(value, words) for value in compute(evaluation.margins))


def _counted(number: int, one: str, many: str) -> str:
    return "" if not number else one if number == 1 else many.format(number=number)


def unseen(found: Margins, nouns: tuple[str, str] = CLASSES) -> str:
    """Note how many classes neither occur nor are predicted."""
    return _counted(
        int((~rates.seen(found)).sum()),
        f"One {nouns[0]} neither occurs nor is predicted and is left out.",
        f"{{number}} {nouns[1]} neither occur nor are predicted and are left out.",
    )


def never_predicted(found: Margins, nouns: tuple[str, str] = CLASSES) -> str:
    """Note how many classes have images and are never predicted."""
    return _counted(
        int(((found.predicted == 0) & (found.truth > 0)).sum()),
        f"One {nouns[0]} is never predicted and counts as 0, as in scikit-learn.",
        f"{{number}} {nouns[1]} are never predicted and count as 0, as in scikit-learn.",
    )


def only_predicted(found: Margins, nouns: tuple[str, str] = CLASSES) -> str:
    """Note how many classes have no images but are predicted."""
    return _counted(
        int(((found.truth == 0) & (found.predicted > 0)).sum()),
        f"One {nouns[0]} has no images but is predicted, and counts as 0, as in scikit-learn.",
        f"{{number}} {nouns[1]} have no images but are predicted, and count as 0, as in scikit-learn.",
    )


def absent(found: Margins, nouns: tuple[str, str] = CLASSES) -> str:
    """Note how many classes have no images."""
    return _counted(
        int((found.truth == 0).sum()),
        f"One {nouns[0]} has no validation images and is left out.",
        f"{{number}} {nouns[1]} have no validation images and are left out.",
    )


def nothing(_: Margins, __: tuple[str, str]) -> str:
    """There is nothing to note."""
    return ""


def specificity(evaluation: Evaluation) -> Value:
    """Return the mean specificity."""
    one = bool((evaluation.margins.truth > 0).sum() == 1)
    value = float(rates.specificity_macro(evaluation.margins))
    return known(value, ONE_CLASS if one else NO_IMAGES, unseen(evaluation.margins))


def mcc(evaluation: Evaluation) -> Value:
    """Return the Matthews correlation coefficient."""
    found = evaluation.margins
    why = NO_IMAGES if not found.truth.sum() else ONE_CLASS if (found.truth > 0).sum() == 1 else ONE_PREDICTION
    return known(float(rates.mcc(found)), why)


def kappa(evaluation: Evaluation) -> Value:
    """Return Cohen's kappa."""
    found = evaluation.margins
    return known(float(rates.kappa(found)), CHANCE if found.truth.sum() else NO_IMAGES)


def loss(evaluation: Evaluation) -> Value:
    """Return the validation loss."""
    return known(evaluation.loss, LOSS_UNKNOWN)


def areas(evaluation: Evaluation) -> tuple[Value, ...]:
    """Return the AUROC of each class."""
    within = evaluation.within or (0.0,) * len(evaluation.areas)
    return tuple(
        _ranked(area, index, evaluation, off)
        for index, (area, off) in enumerate(zip(evaluation.areas, within, strict=True))
    )


def _ranked(area: float | None, index: int, evaluation: Evaluation, within: float) -> Value:
    if area is not None:
        return from_bins(area, within, limit=WITHIN_OF_PIXELS if evaluation.pixels is not None else WITHIN)
    truth = evaluation.margins.truth[index]
    if not evaluation.total:
        return Value(None, NO_IMAGES)
    if not truth:
        return Value(None, _why(ABSENT, evaluation))
    if truth < evaluation.total:
        return Value(None, evaluation.scores_missing)
    return Value(None, _why(NO_OTHERS, evaluation))


def from_bins(value: float, within: float, most: float = 1.0, limit: float = WITHIN) -> Value:
    """Return a value of a histogram; undefined where its bins leave it open.

    Args:
        value: In the middle of what is possible; the least possible value where there is no upper bound.
        within: How far it may be off; inf where there is no upper bound.
        most: The highest possible value of the metric.
        limit: The largest error of a value that is a number.
    """
    if within <= limit:
        return Value(float(value), within=within)
    low, high = value if math.isinf(within) else max(0.0, value - within), min(most, value + within)
    if high > MOST:
        return Value(None, f"the bins of the stored scores only say that it is above {low:.3f}")
    return Value(None, f"the bins of the stored scores only say that it lies between {low:.3f} and {high:.3f}")


def mean_of(found: Sequence[Value], evaluation: Evaluation, weights: NDArray[np.float64] | None = None) -> Value:
    """Return the mean over the classes for which a value of scores is defined, weighted or not."""
    truth = evaluation.margins.truth
    defined = [index for index, one in enumerate(found) if one.value is not None]
    if not defined:
        one = not evaluation.several and (truth > 0).sum() == 1
        why = NO_IMAGES if not evaluation.total else ONE_CLASS if one else ""
        reasons = (each.why for index, each in enumerate(found) if truth[index] or evaluation.several)
        return Value(None, why or next(reasons, NO_IMAGES))
    if any(one.value is None and 0 < truth[index] < evaluation.total for index, one in enumerate(found)):
        return Value(None, next(one.why for index, one in enumerate(found) if one.value is None and truth[index]))
    share = np.ones(len(found)) if weights is None else weights
    values = np.array([found[index].value for index in defined], np.float64)
    off = np.array([found[index].within for index in defined])
    used = share[defined] / share[defined].sum()
    note = absent(evaluation.margins) if not evaluation.several else _undefined(len(found) - len(defined))
    return Value(float(values @ used), note=note, within=float(off @ used))


def _undefined(labels: int) -> str:
    return _counted(
        labels,
        "One label, which all validation images have or none has, is left out.",
        "{number} labels, which all validation images have or none has, are left out.",
    )


def auroc(evaluation: Evaluation) -> Value:
    """Return the mean AUROC of the classes."""
    return mean_of(areas(evaluation), evaluation)


def auroc_weighted(evaluation: Evaluation) -> Value:
    """Return the mean AUROC, each class weighted by its images."""
    return mean_of(areas(evaluation), evaluation, evaluation.margins.truth.astype(np.float64))


def precisions(evaluation: Evaluation) -> tuple[Value, ...]:
    """Return the average precision of each class."""
    words = _why(ABSENT, evaluation)
    if found := tuple(_average_precision(cuts, words) for cuts in evaluation.cuts()):
        return found
    return (Value(None, evaluation.scores_missing),) * len(evaluation.confusion)


def _average_precision(cuts: Cuts, absent_words: str = ABSENT) -> Value:
    if not len(cuts.scores):
        return Value(None, NO_IMAGES)
    if not cuts.positives.sum():
        return Value(None, absent_words)
    return from_bins(*average_precision(cuts))


def average_precision_macro(evaluation: Evaluation) -> Value:
    """Return the mean average precision of the classes that have images."""
    return mean_of(precisions(evaluation), evaluation)


def of_images(evaluation: Evaluation, compute: Callable[[ImageScores], float]) -> Value:
    """Return a metric of the scores of single images."""
    if evaluation.images is None:
        return Value(None, evaluation.scores_missing)
    return Value(float(compute(evaluation.images)))


def _mean_log_loss(images: ImageScores) -> float:
    return float(images.log_loss.mean())


def _mean_brier(images: ImageScores) -> float:
    return float(images.brier.mean())


def _ece(images: ImageScores) -> float:
    return calibration_error(reliability(images.confidence, images.right))


def log_loss(evaluation: Evaluation) -> Value:
    """Return the log loss, from bins where the scores of single images are not stored."""
    return _or_from_bins(of_images(evaluation, _mean_log_loss), evaluation, log_loss_of_bins)


def brier(evaluation: Evaluation) -> Value:
    """Return the Brier score, from bins where the scores of single images are not stored."""
    return _or_from_bins(of_images(evaluation, _mean_brier), evaluation, brier_of_bins)


def _or_from_bins(
    found: Value, evaluation: Evaluation, compute: Callable[[ScoreHistogram], tuple[float, float]]
) -> Value:
    histogram = evaluation.histogram
    if found.value is not None or evaluation.logits is not None or histogram is None or not histogram.positives.any():
        return found
    value, within = compute(histogram)
    return from_bins(value, within, math.inf)


ece = partial(of_images, compute=_ece)


def first_of(classes: int) -> int:
    """Return k of the top-k accuracy for so many classes: 5 from 10 on, 3 from 5 on, 2 below."""
    return 5 if classes >= 10 else 3 if classes >= 5 else 2


def top_k(evaluation: Evaluation) -> Value:
    """Return the share of images whose true class is among the k highest scores."""
    classes = len(evaluation.confusion)
    most = first_of(classes)
    if classes <= most:
        return Value(None, TWO_CLASSES)
    found = of_images(evaluation, lambda images: float((images.rank < most).mean()))
    return found if found.value is None else Value(found.value, note=f"k is {most} for {classes} classes.")
