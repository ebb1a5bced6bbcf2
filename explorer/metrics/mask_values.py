"""The values of metrics of masks. A class without pixels is left out, and never counts as 0 or 1 by custom."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.metrics import values
from explorer.metrics.metric import Evaluation, Value
from explorer.metrics.rates import Margins, border_f1, border_f1_mean
from explorer.metrics.values import known

NO_PIXELS = "no pixel of the validation images counts"
ABSENT = "no pixel of the validation images is of this class"
UNSEEN = "no pixel is of this class or predicted as it"
NEVER_PREDICTED = "no pixel is predicted as this class"
NO_BORDERS = "border pixels of this epoch were not counted"
NO_BORDER = "this class has no border, neither in the masks nor in the predictions"
NO_BORDER_AT_ALL = "no class has a border, neither in the masks nor in the predictions"
NO_SCORES = "the scores of the pixels of this epoch were not counted"

Batch = NDArray[np.float64]


def of_counts(evaluation: Evaluation, compute: Callable[[Margins], Batch], note: Callable[[Margins], str]) -> Value:
    """Return a metric of the pixels of all images together."""
    return known(float(compute(evaluation.margins)), NO_PIXELS, note(evaluation.margins))


def of_images(evaluation: Evaluation, compute: Callable[[Margins], Any], rate: Callable[[Margins], Batch]) -> Value:
    """Return the mean over the images of what is computed for each, with a note on those that are left out."""
    each = rate(evaluation.image_margins)
    empty = int(np.isnan(each).sum())
    note = "" if not empty else "One image has no pixel that counts and is left out." if empty == 1 else ""
    if empty > 1:
        note = f"{empty} images have no pixel that counts and are left out."
    return known(float(compute(evaluation.image_margins)), NO_PIXELS, note)


def of_each(evaluation: Evaluation, compute: Callable[[Margins], Batch]) -> tuple[Value, ...]:
    """Return the mean of each class over those images in which it occurs or is predicted, with their number."""
    found = evaluation.image_margins
    images = ((found.truth + found.predicted) > 0).sum(axis=0)
    return tuple(
        known(value, UNSEEN, f"Mean over the {count:,} images in which the class occurs or is predicted.")
        for value, count in zip(compute(found), images, strict=True)
    )


def absent(found: Margins) -> str:
    """Note how many classes have no pixels."""
    return _left_out(int((found.truth == 0).sum()), "no pixels in the validation images")


def never_predicted(found: Margins) -> str:
    """Note how many classes are never predicted."""
    return _left_out(int((found.predicted == 0).sum()), "no predicted pixels")


def _left_out(number: int, what: str) -> str:
    if number < 2:
        return f"One class has {what} and is left out." if number else ""
    return f"{number} classes have {what} and are left out."


def borders(evaluation: Evaluation) -> Value:
    """Return the mean F1 of the borders of the classes."""
    if evaluation.borders is None:
        return Value(None, NO_BORDERS)
    found = evaluation.borders.sum(axis=0)
    none = int((found[:, 1] + found[:, 3] == 0).sum())
    note = _left_out(none, "no border in the masks or the predictions")
    return known(float(border_f1_mean(found)), NO_BORDER_AT_ALL, note)


def borders_of_classes(evaluation: Evaluation) -> tuple[Value, ...]:
    """Return the F1 of the borders of each class."""
    if evaluation.borders is None:
        return (Value(None, NO_BORDERS),) * len(evaluation.confusion)
    return tuple(known(value, NO_BORDER) for value in border_f1(evaluation.borders.sum(axis=0)))


def areas(evaluation: Evaluation) -> tuple[Value, ...]:
    """Return the AUROC of each class over the pixels."""
    return tuple(_of_pixels(one, evaluation) for one in values.areas(evaluation))


def auroc(evaluation: Evaluation) -> Value:
    """Return the mean AUROC of the classes over the pixels."""
    return _of_pixels(values.auroc(evaluation), evaluation)


_WORDS = {
    values.NO_IMAGES: NO_PIXELS,
    values.ABSENT: ABSENT,
    values.ONE_CLASS: "all pixels of the validation images are of one class",
    values.NO_OTHERS: "no pixel of the validation images is of another class",
}


def _of_pixels(found: Value, evaluation: Evaluation) -> Value:
    if found.value is None:
        why = NO_SCORES if found.why == evaluation.scores_missing else _WORDS.get(found.why, found.why)
        return replace(found, why=why)
    note = absent(evaluation.margins) if found.note else ""
    share = share_counted(evaluation)
    if share < 1:
        note = f"{note} From {share:.0%} of the pixels, on a regular grid.".strip()
    return replace(found, note=note)


def share_counted(evaluation: Evaluation) -> float:
    """Return the share of the pixels whose scores were counted: each is a positive of one class."""
    pixels = int(evaluation.confusion.sum())
    if evaluation.histogram is None or not pixels:
        return 0.0
    return int(evaluation.histogram.positives.sum()) / pixels
