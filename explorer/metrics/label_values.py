"""The values of metrics that only several labels for an image have. What is undefined says why."""

import numpy as np

from explorer.metrics import labels, rates
from explorer.metrics.metric import Evaluation, Value
from explorer.metrics.values import NO_IMAGES, known, precisions

NO_LABELS = "no validation image has a label, and none is predicted"


def mean_precision(evaluation: Evaluation) -> Value:
    """Return the mean average precision over the labels that some validation image has."""
    found = precisions(evaluation)
    defined = [one for one in found if one.value is not None]
    having = evaluation.margins.truth > 0
    missing = [one for one, there in zip(found, having, strict=True) if there and one.value is None]
    if missing and evaluation.scores_missing:
        return Value(None, evaluation.scores_missing)  # bounds of single labels are not those of the mean
    if missing or not defined:
        return Value(None, (missing or list(found))[0].why if evaluation.total else NO_IMAGES)
    left = int((~having).sum())
    note = "" if not left else f"{left} of {len(found)} labels, which no validation image has, are left out."
    mean = float(np.mean([one.value for one in defined]))
    return Value(mean, note=note, within=float(np.mean([one.within for one in defined])))


def mean_precision_known(evaluation: Evaluation) -> float | None:
    """Return the mean average precision; None where it is undefined."""
    return mean_precision(evaluation).value


def f1_micro(evaluation: Evaluation) -> Value:
    """Return the F1 of all labels together."""
    return known(float(rates.f1_micro(evaluation.margins)), NO_LABELS if evaluation.total else NO_IMAGES)


def f1_samples(evaluation: Evaluation) -> Value:
    """Return the mean over images of the F1 of their labels."""
    if evaluation.sets is None:
        return Value(None, NO_IMAGES)
    each, images = labels.f1_samples(evaluation.sets), evaluation.sets[:, labels.IMAGES]
    left = int(images[np.isnan(each)].sum())
    note = f"{left:,} images without a label, for which none is predicted, are left out." if left else ""
    return known(labels.f1_of_images(evaluation.sets), NO_LABELS if evaluation.total else NO_IMAGES, note)


def f1_samples_known(evaluation: Evaluation) -> float | None:
    """Return the mean over images of the F1 of their labels; None where it is undefined."""
    return f1_samples(evaluation).value


def subset_accuracy(evaluation: Evaluation) -> Value:
    """Return the share of images for which exactly the right labels are predicted."""
    if evaluation.sets is None:
        return Value(None, NO_IMAGES)
    images = evaluation.sets[:, labels.IMAGES]
    return known(float(labels.mean_of_images(labels.exact(evaluation.sets), images)), NO_IMAGES)


def hamming_loss(evaluation: Evaluation) -> Value:
    """Return the share of all answers, one for each image and label, that are wrong."""
    found = evaluation.margins
    wrong = (found.truth + found.predicted - 2 * found.right).sum()
    return known(float(rates.ratio(wrong, evaluation.confusion.sum())), NO_IMAGES)
