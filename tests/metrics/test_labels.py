import numpy as np
import pytest
from sklearn import metrics as reference

from explorer.metrics.intervals import class_intervals, intervals
from explorer.metrics.labels import label_areas, label_confusion, label_histogram, sets_of
from explorer.metrics.table import Evaluation, class_values, measure, values


def evaluated(logits: np.ndarray, truth: np.ndarray, threshold: float = 0.0) -> Evaluation:
    predicted = (logits > threshold).astype(np.int64)
    return Evaluation(
        label_confusion(truth, predicted),
        label_areas(logits, truth),
        0.5,
        label_histogram(logits, truth),
        logits,
        truth,
        task="labels",
        sets=sets_of(truth, predicted),
    )


def random_labels(seed: int, images: int = 200, labels: int = 5) -> tuple[np.ndarray, np.ndarray]:
    draw = np.random.default_rng(seed)
    truth = (draw.random((images, labels)) < draw.uniform(0.05, 0.6, labels)).astype(np.int64)
    logits = (2 * truth - 1 + draw.normal(0, 2, truth.shape)).round(1).astype(np.float32)  # with ties
    return logits, truth


@pytest.mark.parametrize("seed", range(3))
def test_values_are_those_of_scikit_learn(seed: int) -> None:
    logits, truth = random_labels(seed)
    predicted = (logits > 0).astype(int)
    found = values(evaluated(logits, truth))
    kwargs = {"zero_division": np.nan}
    expected = {
        "auroc": reference.roc_auc_score(truth, logits, average="macro"),
        "auroc_weighted": reference.roc_auc_score(truth, logits, average="weighted"),
        "mean_precision": reference.average_precision_score(truth, logits, average="macro"),
        "f1_macro": reference.f1_score(truth, predicted, average="macro"),
        "f1_weighted": reference.f1_score(truth, predicted, average="weighted"),
        "f1_labels": reference.f1_score(truth, predicted, average="micro"),
        "f1_samples": reference.f1_score(truth, predicted, average="samples", **kwargs),
        "precision": reference.precision_score(truth, predicted, average="macro"),
        "recall": reference.recall_score(truth, predicted, average="macro"),
        "subset_accuracy": reference.accuracy_score(truth, predicted),
        "hamming_loss": reference.hamming_loss(truth, predicted),
        "val_loss": 0.5,
    }
    assert {key: value.value for key, value in found.items()} == pytest.approx(expected, abs=1e-9)
    classes = class_values(evaluated(logits, truth))
    assert [v.value for v in classes["f1_macro"]] == pytest.approx(reference.f1_score(truth, predicted, average=None))
    assert [v.value for v in classes["mean_precision"]] == pytest.approx(
        reference.average_precision_score(truth, logits, average=None)
    )
    matrices = reference.multilabel_confusion_matrix(truth, predicted)
    assert np.array_equal(label_confusion(truth, predicted), matrices)


def test_values_are_those_of_torchmetrics() -> None:
    import torch
    from torchmetrics.functional import classification as other

    logits, truth = random_labels(7, labels=4)
    scores, target = torch.from_numpy(logits).sigmoid(), torch.from_numpy(truth)
    found = values(evaluated(logits, truth))
    assert found["auroc"].value == pytest.approx(float(other.multilabel_auroc(scores, target, 4)), abs=1e-6)
    assert found["mean_precision"].value == pytest.approx(
        float(other.multilabel_average_precision(scores, target, 4)), abs=1e-6
    )
    assert found["f1_labels"].value == pytest.approx(
        float(other.multilabel_f1_score(scores, target, 4, average="micro")), abs=1e-6
    )
    assert found["subset_accuracy"].value == pytest.approx(float(other.multilabel_exact_match(scores, target, 4)))


def test_what_is_undefined_says_why() -> None:
    truth = np.array([[1, 0, 1], [1, 0, 0], [1, 0, 1]])  # the first of all, the second of none
    logits = np.array([[2, -1, 1], [1, -3, -1], [0.5, -2, -0.5]], np.float32)
    evaluation = evaluated(logits, truth)
    whole, each = values(evaluation), class_values(evaluation)
    assert [value.why for value in each["auroc"]] == [
        "all validation images have this label",
        "no validation image has this label",
        "",
    ]
    assert whole["auroc"].value == 1.0
    assert whole["auroc"].note == "2 labels, which all validation images have or none has, are left out."
    assert each["f1_macro"][1].value is None
    assert whole["mean_precision"].value == 1.0
    assert whole["mean_precision"].note.startswith("1 of 3 labels")
    nothing = evaluated(np.full((3, 2), -1.0, np.float32), np.zeros((3, 2), np.int64))
    found = values(nothing)
    assert all(found[key].value is None and found[key].why for key in ("auroc", "mean_precision", "f1_labels"))
    assert found["f1_samples"].value is None
    assert (found["subset_accuracy"].value, found["hamming_loss"].value) == (1.0, 0.0)
    assert intervals(nothing)["subset_accuracy"].low is not None
    no_images = evaluated(np.zeros((0, 2), np.float32), np.zeros((0, 2), np.int64))
    assert {value.value for key, value in values(no_images).items() if key != "val_loss"} == {None}


def test_intervals_cover_the_values_and_narrow_with_images() -> None:
    few, many = (evaluated(*random_labels(1, images)) for images in (60, 2400))
    short, wide = intervals(many), intervals(few)
    for key, found in wide.items():
        if key == "val_loss":
            assert found.why == "the losses of single images are not stored"
            continue
        assert found.low is not None, key
        assert found.high is not None
        assert found.low <= found.value <= found.high, key
        assert 3 < (found.high - found.low) / (short[key].high - short[key].low) < 12, key  # about sqrt(40)
    assert all(one.low is not None for one in class_intervals(few, "auroc"))


def test_the_interval_of_the_micro_f1_is_that_of_a_bootstrap() -> None:
    logits, truth = random_labels(5, 300)
    predicted = logits > 0

    def micro_f1(rows: np.ndarray) -> float:  # written out: scikit-learn takes milliseconds for each draw
        hits = (truth[rows] * predicted[rows]).sum()
        return float(2 * hits / (truth[rows].sum() + predicted[rows].sum()))

    assert micro_f1(np.arange(300)) == pytest.approx(reference.f1_score(truth, predicted, average="micro"))
    draw = np.random.default_rng(0)
    drawn = [micro_f1(draw.integers(0, 300, 300)) for _ in range(1500)]
    low, high = np.quantile(drawn, [0.025, 0.975])
    found = intervals(evaluated(logits, truth))["f1_labels"]
    assert (found.low, found.high) == pytest.approx((low, high), abs=0.012)


def test_measured_without_scores_comes_from_bins() -> None:
    logits, truth = random_labels(3)
    logits += np.random.default_rng(0).normal(0, 0.1, logits.shape).astype(np.float32)  # no ties
    whole = evaluated(logits, truth)
    bins = Evaluation(whole.confusion, whole.areas, histogram=whole.histogram, task="labels", sets=whole.sets)
    exact, rough = measure(whole).values, measure(bins).values
    assert rough["f1_samples"] == exact["f1_samples"]
    assert rough["mean_precision"] == pytest.approx(exact["mean_precision"], abs=1e-3)


def test_a_label_that_nothing_has_does_not_widen_the_means() -> None:
    logits, truth = random_labels(3, images=60, labels=4)
    four = intervals(evaluated(logits, truth), ["f1_macro"])["f1_macro"]
    absent = np.hstack([logits, np.full((60, 1), -9.0)]), np.hstack([truth, np.zeros((60, 1), np.int64)])
    five = intervals(evaluated(*absent), ["f1_macro"])["f1_macro"]
    assert (five.low, five.high) == pytest.approx((four.low, four.high), abs=0.02)


def test_the_interval_of_a_precision_is_not_that_of_the_area() -> None:
    logits, truth = random_labels(5, images=60, labels=3)
    found = evaluated(logits, truth)
    precision, area = class_intervals(found, "mean_precision")[0], class_intervals(found, "auroc")[0]
    assert (precision.low, precision.high) != pytest.approx((area.low, area.high), abs=0.01)
