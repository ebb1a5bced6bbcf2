"""Every metric of the table against scikit-learn and torchmetrics, and reasons in place of undefined values."""

import math
import warnings
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.special import softmax
from sklearn import metrics as reference
from sklearn.calibration import calibration_curve
from torchmetrics.functional.classification import multiclass_specificity

from explorer.metrics import values as reasons
from explorer.metrics.counts import against_rest, confusion_counts
from explorer.metrics.images import calibration_error, image_scores, reliability
from explorer.metrics.scores import areas_from_histogram, auroc, log_odds, score_histogram, unsure
from explorer.metrics.table import EVERY, METRICS, Evaluation, class_values, filled, keys_of, values

Logits = NDArray[np.float64]
Labels = NDArray[np.int64]


def evaluation(logits: Logits, labels: Labels) -> Evaluation:
    classes = logits.shape[1]
    confusion = confusion_counts(labels, logits.argmax(axis=1), classes)
    return Evaluation(confusion, auroc(logits, labels), 0.5, score_histogram(logits, labels), logits, labels)


def binned(logits: Logits, labels: Labels) -> Evaluation:
    histogram = score_histogram(logits, labels)
    confusion = confusion_counts(labels, logits.argmax(axis=1), logits.shape[1])
    areas, _ = areas_from_histogram(histogram)
    return Evaluation(confusion, areas, histogram=histogram, within=unsure(histogram))


def drawn(count: int, classes: int, skill: float = 2.0, seed: int = 0) -> tuple[Logits, Labels]:
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, classes, count)
    logits = rng.normal(0, 1.5, (count, classes))
    logits[np.arange(count), labels] += skill
    return logits, labels


@st.composite
def scored(draw: st.DrawFn) -> tuple[Logits, Labels]:
    """Few images and whole logits: ties, absent classes, classes that are never predicted, one class only."""
    classes, count = draw(st.integers(2, 5)), draw(st.integers(1, 25))
    rng = np.random.default_rng(draw(st.integers(0, 2**16)))
    present = draw(st.integers(1, classes))
    return rng.integers(-2, 3, (count, classes)).astype(float), rng.integers(0, present, count)


def expected(logits: Logits, labels: Labels) -> dict[str, float]:
    """What scikit-learn says, nan where we say that it is undefined."""
    classes, predicted, shares = logits.shape[1], logits.argmax(axis=1), softmax(logits, axis=1)
    both = labels, predicted
    present = [index for index in range(classes) if (labels == index).any()]
    known = {"labels": list(range(classes))}
    truth = np.eye(classes)[labels]
    one_class, one_guess = len(present) == 1, len(set(predicted)) == 1
    odds = [*log_odds(logits)]  # as scores, since softmax rounds other ties
    precisions = [reference.average_precision_score(labels == index, odds[index]) for index in present]
    areas = [math.nan if one_class else reference.roc_auc_score(labels == index, odds[index]) for index in present]
    k = reasons.first_of(classes)
    return {
        "f1_macro": reference.f1_score(*both, average="macro", zero_division=0),
        "f1_micro": reference.f1_score(*both, average="micro"),
        "f1_weighted": reference.f1_score(*both, average="weighted", zero_division=0),
        "precision": reference.precision_score(*both, average="macro", zero_division=0),
        "recall": reference.recall_score(*both, average="macro", zero_division=0),
        "accuracy": reference.accuracy_score(*both),
        "balanced_accuracy": reference.balanced_accuracy_score(*both),
        "mcc": math.nan if one_class or one_guess else reference.matthews_corrcoef(*both),
        "kappa": reference.cohen_kappa_score(*both, **known),
        "auroc": float(np.mean(areas)),
        "auroc_weighted": float(np.average(areas, weights=[(labels == index).sum() for index in present])),
        "average_precision": float(np.mean(precisions)),
        "log_loss": reference.log_loss(labels, shares, **known),
        "brier": float(((shares - truth) ** 2).sum(axis=1).mean()) / (2 if classes == 2 else 1),
        "top_k": reference.top_k_accuracy_score(labels, logits, k=k, **known) if classes > 2 else math.nan,
    }


@settings(max_examples=25, deadline=None)
@given(scored())
def test_every_metric_equals_scikit_learns_also_on_degenerate_input(case: tuple[Logits, Labels]) -> None:
    logits, labels = case
    found = values(evaluation(logits, labels))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        wanted = expected(logits, labels)
    for key, value in wanted.items():
        mine = math.nan if found[key].value is None else found[key].value
        assert mine == pytest.approx(value, abs=1e-9, nan_ok=True), key
    assert all((one.value is None) == bool(one.why) for one in found.values())


@settings(max_examples=20, deadline=None)
@given(scored())
def test_values_of_classes_equal_scikit_learns_and_undefined_ones_say_why(case: tuple[Logits, Labels]) -> None:
    logits, labels = case
    found = class_values(evaluation(logits, labels))
    predicted, classes = logits.argmax(axis=1), logits.shape[1]
    options: dict[str, Any] = {"labels": range(classes), "average": None, "zero_division": np.nan}
    specificity = [
        reference.recall_score(labels != index, predicted != index, zero_division=np.nan) for index in range(classes)
    ]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        wanted = {
            "f1_macro": reference.f1_score(labels, predicted, **options),
            "precision": reference.precision_score(labels, predicted, **options),
            "recall": reference.recall_score(labels, predicted, **options),
            "specificity": specificity,
        }
    for key, each in wanted.items():
        mine = [math.nan if one.value is None else one.value for one in found[key]]
        assert mine == pytest.approx(each, nan_ok=True), key
    assert all((one.value is None) == bool(one.why) for classes in found.values() for one in classes)


def test_specificity_equals_that_of_torchmetrics() -> None:
    logits, labels = drawn(200, 4)
    found = values(evaluation(logits, labels), ["specificity"])["specificity"].value
    guess, truth = torch.from_numpy(logits.argmax(axis=1)), torch.from_numpy(labels)
    assert found == pytest.approx(float(multiclass_specificity(guess, truth, num_classes=4)), abs=1e-6)


def test_brier_score_and_calibration_bins_equal_scikit_learns() -> None:
    logits, labels = drawn(408, 2)  # no quantile is exactly at an image
    shares = softmax(logits, axis=1)[:, 1]
    found = image_scores(logits, labels)
    assert found.brier.mean() == pytest.approx(reference.brier_score_loss(labels, shares))
    observed, predicted = calibration_curve(labels, shares, n_bins=15, strategy="quantile")
    bins = reliability(shares, labels == 1)
    assert bins.confidence == pytest.approx(predicted)
    assert bins.right == pytest.approx(observed)
    assert calibration_error(bins) == pytest.approx(bins.count @ np.abs(observed - predicted) / 408)


def test_the_order_of_images_does_not_change_the_calibration_error_where_confidences_are_equal() -> None:
    confidence, right = np.repeat([0.6, 0.9], 20), np.arange(40) % 3 > 0
    other = np.random.default_rng(0).permutation(40)
    same = calibration_error(reliability(confidence[other], right[other]))
    assert calibration_error(reliability(confidence, right)) == pytest.approx(same)


@pytest.mark.parametrize("classes", [2, 4])
@pytest.mark.parametrize("scale", [1.0, 30.0, 1e-3, 0.0])
def test_values_from_bins_lie_within_their_bound_or_are_undefined(classes: int, scale: float) -> None:
    logits, labels = drawn(3000, classes)
    exact, found = (values(one(logits * scale, labels)) for one in (evaluation, binned))
    for key in ("auroc", "average_precision", "log_loss", "brier"):
        one, other = found[key], exact[key].value
        assert one.why or abs((one.value or 0.0) - (other or 0.0)) <= one.within + 1e-9, key
    if scale == 1e-3:
        assert found["auroc"].value is None
        assert "only say that it lies between" in found["auroc"].why


def test_a_score_without_a_bound_in_its_bin_leaves_the_log_loss_open() -> None:
    logits, labels = np.array([[0.0, -1e8], [0.0, 1.0], [0.0, -1e8]]), np.array([1, 0, 1])
    with np.errstate(all="raise", under="ignore"):
        found = values(binned(logits, labels), ["log_loss"])["log_loss"]
    least = math.log1p(math.e) / 3  # of the second image; that of the others is larger than any bound
    assert found.value is None
    assert found.why.startswith("the bins of the stored scores only say that it is above ")
    assert float(found.why.rpartition(" ")[2]) >= round(least, 3)


def test_undefined_values_say_why() -> None:
    logits, _ = drawn(20, 3)
    one_class = values(evaluation(logits, np.ones(20, np.int64)))
    assert (one_class["auroc"].value, one_class["auroc"].why) == (None, reasons.ONE_CLASS)
    assert (one_class["mcc"].value, one_class["mcc"].why) == (None, reasons.ONE_CLASS)
    nothing = values(evaluation(np.zeros((0, 3)), np.zeros(0, np.int64)))
    assert {key: one.value for key, one in nothing.items()} == dict.fromkeys(keys_of("classification")) | {
        "val_loss": 0.5
    }
    assert {one.why for key, one in nothing.items() if key != "val_loss"} == {reasons.NO_IMAGES}
    two = values(evaluation(*drawn(20, 2)))
    assert two["top_k"].why == reasons.TWO_CLASSES


def test_scores_that_are_not_finite_are_named_and_counts_stay() -> None:
    logits, labels = drawn(20, 3)
    logits[3, 1] = math.nan
    confusion = confusion_counts(labels, np.zeros(20, np.int64), 3)
    found = values(Evaluation(confusion, (None,) * 3, logits=logits, labels=labels))
    for key in ("auroc", "average_precision", "brier", "log_loss", "ece", "top_k"):
        assert found[key].value is None
        assert found[key].why == "1 of 20 samples have logits that are nan or infinite"
    assert found["accuracy"].value == pytest.approx((labels == 0).mean())


def test_a_thousand_classes_with_an_image_each() -> None:
    logits, _ = drawn(1000, 1000)
    labels = np.arange(1000)
    logits[labels, labels] += 5.0
    found = values(evaluation(logits, labels), ["auroc", "f1_macro", "top_k", "average_precision"])
    assert all(one.value is not None for one in found.values())


def test_only_the_listed_metrics_are_those_of_every_epoch() -> None:
    assert list(METRICS) == ["auroc", "f1_macro", "accuracy", "balanced_accuracy", "mcc", "val_loss"]
    for key, metric in EVERY.items():
        assert metric.help, key
        assert metric.deceives.endswith("."), key
        assert metric.formula or key == "val_loss", key
        assert not metric.classes or metric.class_formula, key


def test_formulas_are_filled_with_the_numbers_of_a_class_and_of_the_whole() -> None:
    labels = np.array([0, 0, 0, 1, 1, 1, 1])
    logits = np.eye(2)[[0, 0, 1, 1, 1, 1, 0]] * 2.0
    found = evaluation(logits, labels)
    assert against_rest(found.confusion)[1].tolist() == [3, 1, 1, 2]
    assert filled(EVERY["f1_macro"], found, 1) == r"\frac{2\cdot 3}{2\cdot 3+1+1} = 0.7500"
    assert filled(EVERY["accuracy"], found) == r"\frac{5}{7} = 0.7143"
    assert filled(EVERY["precision"], found) == r"\frac{1}{2}\,(0.667 + 0.750) = 0.7083"
    assert filled(EVERY["top_k"], found) == ""


def test_names_in_titles_keep_their_capital_letters_inside_of_a_sentence() -> None:
    keys = ("iou", "dice_images", "f1_micro", "average_precision", "border_f1")
    words = [EVERY[key].in_sentence for key in keys]
    assert words == ["IoU", "Dice per image", "F1, micro", "average precision", "boundary F1"]
