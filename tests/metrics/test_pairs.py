"""Two models on the same images: what is common, how sure a difference is, and exact tests, beside references."""

from dataclasses import replace
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from scipy.special import softmax
from sklearn.metrics import log_loss, matthews_corrcoef, roc_auc_score
from statsmodels.stats.contingency_tables import mcnemar as reference_mcnemar

from explorer.metrics import paired_bootstrap
from explorer.metrics.cells import predicted_classes
from explorer.metrics.counts import Counts
from explorer.metrics.draws import Ranked, influences
from explorer.metrics.paired_bootstrap import differences
from explorer.metrics.pairs import Answers, ImageList, align, changed_sides, mcnemar
from explorer.metrics.resampling import draws
from explorer.metrics.table import METRICS


def models(images: int, classes: int, seed: int = 0, gain: float = 0.4) -> tuple[Counts, Answers, Answers]:
    """Two models of which B is a little better; what an image looks like is the same for both."""
    rng = np.random.default_rng(seed)
    labels = rng.permutation(np.arange(images) % classes)
    hard = rng.normal(size=(images, classes))
    logits = [
        (hard + strength * np.eye(classes)[labels] + 0.5 * rng.normal(size=(images, classes))).astype(np.float32)
        for strength in (1.5, 1.5 + gain)
    ]
    a, b = (Answers(each, predicted_classes(each)) for each in logits)
    return labels, a, b


# Alignment


def images(*names: str) -> ImageList:
    """Images written as "id", "id=hash" or "id=hash:class"; the hash is the id where it is not given."""
    parts = [(*name.partition("=")[::2],) for name in names]
    found = [(one, *(rest or one).partition(":")[::2]) for one, rest in parts]
    ids, hashes, labels = zip(*found, strict=True)
    return ImageList(
        ids, ["" if one == "?" else one for one in hashes], np.array([int(label or 0) for label in labels])
    )


@pytest.mark.parametrize(
    ("a", "b", "pairs", "rest"),
    [
        ("a b c", "a b c", [(0, 0), (1, 1), (2, 2)], (0, 0, 0, 0, 0)),
        ("a b c", "c a b", [(0, 1), (1, 2), (2, 0)], (0, 0, 0, 0, 0)),
        ("a b", "b c d", [(1, 0)], (1, 2, 0, 0, 0)),
        ("a b=old", "a b=new", [(0, 0)], (0, 0, 1, 0, 0)),
        ("a b=?", "a b=?", [(0, 0)], (0, 0, 0, 1, 0)),
        ("a b=x:0", "a b=x:1", [(0, 0)], (0, 0, 0, 0, 1)),
        ("a a b", "a b a", [(0, 0), (1, 2), (2, 1)], (0, 0, 0, 0, 0)),
        ("a a a", "a", [(0, 0)], (2, 0, 0, 0, 0)),
        ("a=x a=y", "a=y a=z", [(1, 0)], (0, 0, 1, 0, 0)),
    ],
)
def test_the_same_images_are_found_by_id_and_content(
    a: str, b: str, pairs: list[tuple[int, int]], rest: tuple[int, ...]
) -> None:
    found = align(images(*a.split()), images(*b.split()))
    assert list(zip(found.rows_a.tolist(), found.rows_b.tolist(), strict=True)) == pairs
    assert (found.only_a, found.only_b, found.changed, found.unknown, found.relabeled) == rest
    assert found.complete is not any(rest)


@given(st.lists(st.sampled_from("abc"), max_size=8), st.randoms(use_true_random=False))
def test_every_image_of_a_shuffled_set_finds_itself(ids: list[str], random: Random) -> None:
    order = list(range(len(ids)))
    random.shuffle(order)
    one, other = (ImageList(each, each, np.zeros(len(each), np.int64)) for each in (ids, [ids[i] for i in order]))
    found = align(one, other)
    assert found.complete
    assert sorted(found.rows_b.tolist()) == list(range(len(ids)))
    assert [other.ids[row] for row in found.rows_b] == [one.ids[row] for row in found.rows_a]


# McNemar


@pytest.mark.parametrize(("images", "gain"), [(40, 0.0), (200, 0.5), (2000, 0.3), (30, 50.0)])
def test_mcnemar_is_that_of_statsmodels_and_scipy(images: int, gain: float) -> None:
    labels, a, b = models(images, 3, gain=gain)
    found = mcnemar(labels, a, b)
    table = [[found.both_right, found.only_a], [found.only_b, found.both_wrong]]
    assert np.sum(table) == images
    assert found.p == pytest.approx(reference_mcnemar(table, exact=True).pvalue)
    assert found.p == pytest.approx(stats.binomtest(found.only_b, found.only_a + found.only_b).pvalue)


def test_models_that_agree_on_every_image_do_not_differ() -> None:
    labels, a, _ = models(50, 2)
    assert mcnemar(labels, a, a).p == 1.0
    assert [len(part) for part in changed_sides(labels, a, a)] == [0, 0]
    assert all(one.difference == one.low == one.high == 0 for one in differences(labels, a, a).values())


def test_an_undefined_metric_is_not_0_and_says_why() -> None:
    labels, a, b = models(50, 2)
    always = Answers(b.logits, np.zeros(50, np.int64))
    found = differences(labels, a, always, count=20)["mcc"]
    assert (found.b, found.difference, found.low) == (None, None, None)
    assert found.undefined == {"B": "all validation images are predicted as one class"}


def test_images_that_changed_sides_come_with_the_surest_wrong_answer_first() -> None:
    labels, a, b = models(300, 3)
    lost, won = changed_sides(labels, a, b)
    found = mcnemar(labels, a, b)
    assert (len(lost), len(won)) == (found.only_a, found.only_b)
    assert (a.predicted[lost] == labels[lost]).all()
    assert (b.predicted[lost] != labels[lost]).all()
    leads = b.logits[lost, b.predicted[lost]] - b.logits[lost, labels[lost]]
    assert (np.diff(leads) <= 0).all()


def test_a_threshold_decides_as_the_trainer_does() -> None:
    logits = np.array([[0.0, -0.1], [0.0, 0.1], [0.0, 1.0]], np.float32)
    assert predicted_classes(logits).tolist() == [0, 1, 1]
    assert predicted_classes(logits, 0.6).tolist() == [0, 0, 1]
    assert predicted_classes(logits, 0.5).tolist() == [0, 1, 1]


# Intervals


def test_the_interval_of_accuracy_is_that_of_scipys_paired_bootstrap() -> None:
    labels, a, b = models(400, 3)
    right = [(one.predicted == labels).astype(float) for one in (a, b)]
    reference = stats.bootstrap(
        right, lambda x, y, axis: y.mean(axis) - x.mean(axis), paired=True, method="percentile", n_resamples=4000, rng=0
    ).confidence_interval
    found = differences(labels, a, b)["accuracy"]
    assert found.difference == pytest.approx(right[1].mean() - right[0].mean())
    assert (found.low, found.high) == (
        pytest.approx(reference.low, abs=0.006),
        pytest.approx(reference.high, abs=0.006),
    )


def test_values_are_those_of_the_metrics_and_repeat_exactly() -> None:
    labels, a, b = models(150, 2)
    found, again = (differences(labels, a, b, count=200) for _ in range(2))
    assert found == again
    auroc = [roc_auc_score(labels, one.logits[:, 1] - one.logits[:, 0]) for one in (a, b)]
    assert [found["auroc"].a, found["auroc"].b] == pytest.approx(auroc)
    assert set(found) == {key for key, metric in METRICS.items() if metric.of != "loss"} | {"log_loss", "brier"}
    shares = [softmax(one.logits.astype(np.float64), axis=1) for one in (a, b)]
    assert [found["log_loss"].a, found["log_loss"].b] == pytest.approx([log_loss(labels, each) for each in shares])
    scored = [matthews_corrcoef(labels, one.predicted) for one in (a, b)]
    assert [found["mcc"].a, found["mcc"].b] == pytest.approx(scored)
    for one in found.values():
        assert one.low is not None
        assert one.high is not None
        assert one.difference is not None
        assert one.low < one.difference < one.high


@pytest.mark.parametrize("classes", [2, 4])
def test_the_approximate_interval_of_auroc_is_close_to_the_exact_one(
    classes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    labels, a, b = models(600, classes)
    exact = differences(labels, a, b, count=1000)["auroc"]
    monkeypatch.setattr(paired_bootstrap, "MOST_SCORES", 0)
    rough = differences(labels, a, b, count=1000)["auroc"]
    assert replace(rough, low=None, high=None, approximate=False) == replace(exact, low=None, high=None)
    assert (exact.approximate, rough.approximate) == (False, True)
    assert rough.low == pytest.approx(exact.low, abs=0.002)
    assert rough.high == pytest.approx(exact.high, abs=0.002)


def test_a_weighted_area_is_that_of_scikit_learn_also_with_ties() -> None:
    rng = np.random.default_rng(3)
    scores, mine = rng.integers(0, 12, 80).astype(float), rng.random(80) < 0.3
    weights = np.concatenate(list(draws(mine.astype(np.int64), count=5)))
    expected = [roc_auc_score(mine, scores, sample_weight=row) for row in weights]
    assert Ranked(scores, mine).areas(weights).tolist() == pytest.approx(expected)
    assert Ranked(scores, np.zeros(80, bool)).areas(weights) == pytest.approx(np.full(5, np.nan), nan_ok=True)
    assert influences(scores, mine)[0].sum() == pytest.approx(0)


def test_draws_keep_groups_and_come_in_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    groups = np.array([0, 1, 1, 2, 0, 1])
    whole = np.concatenate(list(draws(groups, count=50)))
    assert whole.shape == (50, 6)
    assert all((whole[:, groups == group].sum(axis=1) == (groups == group).sum()).all() for group in range(3))
    monkeypatch.setattr("explorer.metrics.resampling._BLOCK", 12)
    assert [len(part) for part in draws(groups, count=5)] == [2, 2, 1]


def test_the_interval_covers_the_difference_of_such_models() -> None:
    """Of pairs of models that are equally good, about 95 in 100 intervals of accuracy contain 0."""
    inside = 0
    for seed in range(150):
        labels, a, b = models(120, 2, seed, gain=0.0)
        one = differences(labels, a, b, {"accuracy": METRICS["accuracy"]}, count=400)["accuracy"]
        assert one.low is not None
        assert one.high is not None
        inside += one.low <= 0 <= one.high
    assert 0.9 <= inside / 150 <= 0.99


def test_scores_that_are_not_finite_are_refused() -> None:
    labels, a, b = models(20, 2)
    broken = Answers(np.where(np.arange(20)[:, None] == 3, np.nan, b.logits), b.predicted)
    with pytest.raises(ValueError, match="1 of 20 samples"):
        differences(labels, a, broken)
