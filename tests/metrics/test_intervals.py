"""Intervals against scipy's bootstrap, and what they say where a plain bootstrap fails. Coverage is in bench/."""

import numpy as np
import pytest
from scipy.stats import beta, bootstrap
from sklearn.metrics import roc_auc_score

from explorer.metrics.draws import Ranked, compressed, influences, margins_draws
from explorer.metrics.intervals import class_intervals, intervals
from explorer.metrics.rates import Margins, f1_macro, margins, mcc
from explorer.metrics.scores import areas_from_histogram, score_histogram, unsure
from explorer.metrics.table import Evaluation, values
from explorer.metrics.thresholds import Cuts
from tests.metrics.test_values import binned, drawn, evaluation


def test_the_interval_of_accuracy_and_log_loss_is_that_of_scipys_bootstrap() -> None:
    logits, labels = drawn(1000, 3)
    one = evaluation(logits, labels)
    assert one.images is not None
    found = intervals(one, ["accuracy", "log_loss"])
    for key, each in (("accuracy", one.images.right.astype(float)), ("log_loss", one.images.log_loss)):
        wanted = bootstrap((each,), np.mean, n_resamples=2000, method="BCa", rng=0).confidence_interval
        width = wanted.high - wanted.low
        assert found[key].low == pytest.approx(wanted.low, abs=0.08 * width)
        assert found[key].high == pytest.approx(wanted.high, abs=0.08 * width)


def test_every_defined_metric_has_an_interval_around_it_always_the_same_one() -> None:
    one = evaluation(*drawn(200, 6))
    found = intervals(one)
    assert {key for key, each in found.items() if each.low is None} == {"val_loss"}
    for key, each in found.items():
        if each.low is not None and each.high is not None and each.value is not None:
            assert each.low <= each.value <= each.high, key
            assert each.low < each.high, key
            assert "bootstrap over validation images" in each.how
    assert intervals(one) == found


def test_an_interval_of_a_perfect_network_does_not_end_where_it_begins() -> None:
    labels = np.arange(40) % 2
    one = evaluation(np.eye(2)[labels] * 8.0, labels)
    found = intervals(one, ["accuracy", "balanced_accuracy", "f1_macro", "auroc"])
    assert all(each.value == each.high == 1.0 for each in found.values())
    assert all(each.low is not None and 0.85 < each.low < 0.99 for each in found.values())


def test_the_interval_of_a_ratio_of_a_class_is_that_of_jeffreys() -> None:
    labels = np.arange(60) % 2
    guesses = np.where(np.arange(60) < 8, 1 - labels, labels)
    one = evaluation(np.eye(2)[guesses] * 2.0, labels)
    found = class_intervals(one, "recall")[1]
    low, high = beta.ppf([0.025, 0.975], 26.5, 4.5)
    assert (found.low, found.high) == pytest.approx((low, high), abs=0.02)


def test_undefined_values_have_no_interval_but_the_reason() -> None:
    logits, _ = drawn(30, 3)
    one = evaluation(logits, np.zeros(30, np.int64))
    found, known = intervals(one), values(one)
    assert found["auroc"].low is None
    assert found["auroc"].why == known["auroc"].why
    nothing = intervals(evaluation(np.zeros((0, 2)), np.zeros(0, np.int64)))
    assert all(each.low is None and each.why for each in nothing.values())
    assert class_intervals(one, "recall")[2].why


def test_one_class_has_intervals_also_where_images_are_too_many_to_rank_in_each_draw(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("explorer.metrics.intervals._EXACT", 0)
    found = intervals(evaluation(drawn(30, 3)[0], np.zeros(30, np.int64)))
    assert found["auroc"].low is None
    assert found["auroc"].why
    assert found["accuracy"].low is not None


def test_many_images_are_drawn_by_their_influence_and_nearly_equal_those_that_are_ranked_again() -> None:
    logits, labels = drawn(600, 3)
    weights = np.random.default_rng(0).standard_exponential((200, 600))
    odds, mine = logits[:, 1], labels == 1
    area, precision = influences(odds, mine)
    exact = roc_auc_score(mine, odds) + weights @ area / weights.sum(axis=1)
    ranked, _ = Ranked(odds, mine, 10**9).drawn(weights, np.random.default_rng(0))
    assert (exact - ranked).std() < 0.1 * ranked.std()
    assert abs(float(precision.mean())) < 1e-9
    reference = [roc_auc_score(mine, odds, sample_weight=row) for row in weights[:5]]
    assert ranked[:5] == pytest.approx(reference, abs=1e-4)


def test_intervals_from_bins_nearly_equal_those_of_single_images() -> None:
    logits, labels = drawn(400, 2)
    exact = evaluation(logits, labels)
    histogram = score_histogram(logits, labels)
    areas, _ = areas_from_histogram(histogram)
    found = intervals(Evaluation(exact.confusion, areas, histogram=histogram, within=unsure(histogram)))
    assert found["brier"].value is not None
    assert {found[key].why for key in ("brier", "log_loss")} == {"the losses of single images are not stored"}
    for key in ("auroc", "average_precision"):
        wanted = intervals(exact, [key])[key]
        assert (found[key].low, found[key].high) == pytest.approx((wanted.low, wanted.high), abs=0.006)
    assert found["ece"].why == "the scores of single images are not stored"


def test_intervals_stay_within_what_is_possible() -> None:
    labels = np.array([0, 1, 0])
    wrong = intervals(evaluation(np.eye(2)[1 - labels] * 40.0, labels), ["ece"])["ece"]
    assert (wrong.value, wrong.high) == (pytest.approx(1.0), pytest.approx(1.0))
    labels = np.arange(60) // 50
    one_answer = intervals(evaluation(np.eye(2)[np.zeros(60, np.int64)], labels), ["kappa", "accuracy"])
    assert (one_answer["kappa"].value, one_answer["kappa"].low) == (0.0, None)
    assert one_answer["kappa"].why == "it is the same whichever images are drawn"
    assert one_answer["accuracy"].low is not None


def test_formulas_of_many_draws_are_those_of_one_matrix() -> None:
    confusions = np.random.default_rng(0).integers(0, 20, (7, 4, 4))
    each = [margins(one) for one in confusions]
    together = Margins(*(np.stack(parts) for parts in zip(*each, strict=True)))
    for formula in (f1_macro, mcc):
        assert formula(together) == pytest.approx([float(formula(one)) for one in each])


def test_cells_that_are_too_many_are_drawn_by_class(monkeypatch: pytest.MonkeyPatch) -> None:
    confusion = evaluation(*drawn(900, 8)).confusion
    apart = f1_macro(margins_draws(confusion, np.random.default_rng(0)))
    monkeypatch.setattr("explorer.metrics.draws._CELLS", 10)
    together = f1_macro(margins_draws(confusion, np.random.default_rng(0)))
    assert together.std() == pytest.approx(apart.std(), rel=0.25)
    assert together.mean() == pytest.approx(apart.mean(), abs=0.01)


def test_compressed_cuts_keep_all_images_in_few_cells() -> None:
    logits, labels = drawn(5000, 2)
    cuts = Cuts.of_scores(logits[:, 1] - logits[:, 0], labels == 1)
    found = compressed(cuts)
    assert len(found.scores) <= 512
    assert found.positives.sum() == cuts.positives.sum()
    assert found.negatives.sum() == cuts.negatives.sum()


@pytest.mark.parametrize("exact", [True, False])
def test_the_one_area_of_two_classes_has_one_interval(exact: bool) -> None:
    one = (evaluation if exact else binned)(*drawn(120, 2))
    found = intervals(one)
    alike = (
        found["auroc"],
        found["auroc_weighted"],
        intervals(one, ["auroc"])["auroc"],
        *class_intervals(one, "auroc"),
    )
    assert len({each.how for each in alike}) == 1
    for each in alike:
        assert (each.low, each.high) == pytest.approx((found["auroc"].low, found["auroc"].high), abs=1e-12)
    assert found["auroc"].low is not None
