"""Formulas of metrics with the numbers of one evaluation filled in, in LaTeX."""

import re
from collections.abc import Callable, Sequence

import numpy as np

from explorer.metrics import rates
from explorer.metrics.counts import against_rest
from explorer.metrics.metric import Evaluation, Metric, Value

_ZEROS = ("precision", "recall")  # of which an undefined one counts as 0
_MOST = 6  # terms of a sum that are written one by one


def filled(metric: Metric, evaluation: Evaluation, index: int | None = None) -> str:
    """Return a metric's formula with its own numbers and its value; "" where it is undefined or has no such numbers.

    Args:
        metric: An entry of the table.
        evaluation: Gives the numbers.
        index: Of a class against the rest; None for the whole.
    """
    if index is None:
        value, write = metric.value(evaluation), _WHOLE.get(metric.key)
        text = write(metric, evaluation) if write and value.value is not None else ""
    else:
        value = metric.classes(evaluation)[index] if metric.classes else Value(None)
        text = _of_class(metric, evaluation, index, value)
    return f"{text} = {value.value:.4f}" if text and value.value is not None else ""


def _of_class(metric: Metric, evaluation: Evaluation, index: int, value: Value) -> str:
    found, wrong, missed, others = (int(count) for count in against_rest(evaluation.confusion)[index])
    if value.value is None:
        return ""
    if metric.key == "auroc":
        pairs = (found + missed) * (wrong + others)
        return rf"\frac{{{value.value * pairs:,.1f}}}{{{found + missed:,}\cdot {wrong + others:,}}}"
    if metric.of != "counts":
        return ""
    numbers = {"TP": found, "FP": wrong, "FN": missed, "TN": others}
    return re.sub(r"\b(TP|FP|FN|TN)\b", lambda match: f"{numbers[match[0]]:,}", metric.class_formula)


def _share(above: float, below: float) -> str:
    return rf"\frac{{{above:,}}}{{{below:,}}}"


def _mean(metric: Metric, evaluation: Evaluation) -> str:
    """Write the mean over the classes that occur or are predicted."""
    found = metric.classes(evaluation) if metric.classes else ()
    counted = [
        one.value or 0.0
        for one, seen in zip(found, rates.seen(evaluation.margins), strict=True)
        if seen and (one.value is not None or metric.key in _ZEROS)
    ]
    return rf"\frac{{1}}{{{len(counted)}}}{_sum([f'{value:.3f}' for value in counted], sum(counted))}"


def _weighted(metric: Metric, evaluation: Evaluation) -> str:
    found = metric.classes(evaluation) if metric.classes else ()
    truth = evaluation.margins.truth
    pairs = [(int(mine), one.value) for one, mine in zip(found, truth, strict=True) if one.value is not None and mine]
    terms = [rf"{mine:,}\cdot {value:.3f}" for mine, value in pairs]
    total = sum(mine for mine, _ in pairs)
    return rf"\frac{{1}}{{{total:,}}}{_sum(terms, sum(mine * value for mine, value in pairs))}"


def _sum(terms: Sequence[str], total: float) -> str:
    return rf"\,({' + '.join(terms)})" if len(terms) <= _MOST else rf"\cdot {total:,.3f}"


def _accuracy(_: Metric, evaluation: Evaluation) -> str:
    return _share(int(evaluation.margins.right.sum()), int(evaluation.margins.truth.sum()))


def _micro(_: Metric, evaluation: Evaluation) -> str:
    right = int(evaluation.margins.right.sum())
    wrong = int(evaluation.margins.truth.sum()) - right
    return rf"\frac{{2\cdot {right:,}}}{{2\cdot {right:,}+{wrong:,}+{wrong:,}}}"


def _chance(evaluation: Evaluation) -> tuple[str, int, int, int]:
    """Return the numerator that MCC and kappa share, and n, the sums of t_c p_c, and the right ones."""
    found = evaluation.margins
    total, right, both = (int(x) for x in (found.truth.sum(), found.right.sum(), found.truth @ found.predicted))
    return rf"{total:,}\cdot {right:,}-{both:,}", total, both, right


def _kappa(_: Metric, evaluation: Evaluation) -> str:
    above, total, both, _right = _chance(evaluation)
    return rf"\frac{{{above}}}{{{total:,}^2-{both:,}}}"


def _mcc(_: Metric, evaluation: Evaluation) -> str:
    above, total, _both, _right = _chance(evaluation)
    squares = [int((part.astype(np.int64) ** 2).sum()) for part in evaluation.margins[1:]]
    below = "".join(rf"({total:,}^2-{square:,})" for square in squares)
    return rf"\frac{{{above}}}{{\sqrt{{{below}}}}}"


def _image_mean(metric: Metric, evaluation: Evaluation) -> str:
    images, value = int(evaluation.margins.truth.sum()), metric.value(evaluation).value or 0.0
    if metric.key == "top_k":
        return _share(round(value * images), images)
    return rf"\frac{{{value * images:,.2f}}}{{{images:,}}}"


_WHOLE: dict[str, Callable[[Metric, Evaluation], str]] = {
    "auroc": _mean,
    "average_precision": _mean,
    "f1_macro": _mean,
    "precision": _mean,
    "recall": _mean,
    "specificity": _mean,
    "balanced_accuracy": _mean,
    "auroc_weighted": _weighted,
    "f1_weighted": _weighted,
    "iou": _mean,
    "dice": _mean,
    "f1_micro": _micro,
    "accuracy": _accuracy,
    "pixel_accuracy": _accuracy,
    "mcc": _mcc,
    "kappa": _kappa,
    "top_k": _image_mean,
    "brier": _image_mean,
    "log_loss": _image_mean,
}
