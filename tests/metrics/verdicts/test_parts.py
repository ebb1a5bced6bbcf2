"""Classes, changed images, paired runs, cells, learning curves and pilots."""

import numpy as np
import pytest
from scipy.stats import false_discovery_control, permutation_test
from statsmodels.stats.multitest import multipletests

from explorer.metrics.verdicts.answers import OutOfFold
from explorer.metrics.verdicts.cells import cell_effects
from explorer.metrics.verdicts.changed import changed_images
from explorer.metrics.verdicts.classes import class_effects
from explorer.metrics.verdicts.effects import effects
from explorer.metrics.verdicts.pilot import foresee
from explorer.metrics.verdicts.planning import telling_error
from explorer.metrics.verdicts.sign_flip import FEWEST, run_differences, sign_flip
from explorer.metrics.verdicts.two_way import standard_error
from explorer.metrics.verdicts.units import paired
from explorer.metrics.verdicts.worth import saved, worth
from tests.metrics.verdicts.answers import grouped, simulated

PAIR = ("v0", "v1")


def test_a_class_that_falls_while_the_mean_rises_raises_an_alarm() -> None:
    scores = simulated(900, classes=3, gains=(1.0, 0.0, 0.0))
    worse = scores.logits["v0"].copy()
    worse[:, scores.labels == 2, 2] -= 1.6
    found = class_effects(OutOfFold(scores.labels, {**scores.logits, "v0": worse}), [PAIR, ("v2", "v1")])
    assert found[PAIR].mean > 0
    assert found[PAIR].alarm == (2,)
    assert found["v2", "v1"].alarm == ()
    each = [one for contrast in (PAIR, ("v2", "v1")) for one in found[contrast].classes]
    wanted = multipletests([one.p for one in each], method="fdr_bh")[1]
    assert [one.adjusted for one in each] == pytest.approx(list(wanted))
    assert wanted == pytest.approx(false_discovery_control([one.p for one in each]))
    recall = [
        (scores.labels[scores.labels == 1] == worse[r][scores.labels == 1].argmax(axis=1)).mean() for r in range(6)
    ]
    base = scores.logits["v1"][:, scores.labels == 1].argmax(axis=2) == 1
    assert found[PAIR].classes[1].effect == pytest.approx(np.mean(recall) - base.mean())


def test_classes_without_images_or_with_one_have_a_reason_and_no_interval() -> None:
    scores = simulated(30, classes=3)
    labels = np.where(scores.labels == 2, 1, scores.labels)
    labels[0] = 2
    found = class_effects(OutOfFold(labels, scores.logits), [PAIR])[PAIR].classes[2]
    assert (found.low, found.why) == (None, "there is only one image or group of this class")
    labels[0] = 0
    assert class_effects(OutOfFold(labels, scores.logits), [PAIR])[PAIR].classes[2].effect is None


def test_an_effect_on_a_class_is_the_effect_on_the_accuracy_within_it() -> None:
    scores = grouped(simulated(90, classes=3), 4)
    found = class_effects(scores, [PAIR], marks=False)[PAIR]
    for one in found.classes:
        (alone,) = paired(scores.take(np.flatnonzero(scores.labels == one.index)), [PAIR], "accuracy")
        assert alone.cells is not None
        assert (one.effect, one.error) == (
            pytest.approx(alone.effect), pytest.approx(max(standard_error(alone.cells), alone.least)),
        )  # fmt: skip
        assert one.p is not None
        assert not one.notable


def test_eight_of_ten_studies_of_the_wanted_error_say_that_nothing_matters() -> None:
    for effect in (0.0, 0.004):
        wanted = telling_error(effect, 0.01, 1.96)
        found = effect + wanted * np.random.default_rng(1).normal(size=200_000)
        within = np.abs(found) + 1.645 * wanted < 0.01
        assert within.mean() == pytest.approx(0.8, abs=0.01)


def test_images_that_changed_sides_come_with_how_often_each_variant_is_right() -> None:
    labels = np.zeros(4, np.int64)
    right = np.array([[1, 1, 0, 0], [1, 1, 1, 0]])  # of `plus`, by repeat and image
    other = np.array([[1, 0, 0, 1], [1, 0, 0, 1]])
    logits = {name: np.stack([one, 1 - one], axis=2).astype(float) for name, one in (("p", right), ("m", other))}
    found = changed_images(OutOfFold(labels, logits), ("p", "m"))
    assert found.right_plus.tolist() == [1.0, 1.0, 0.5, 0.0]
    assert (found.won.tolist(), found.lost.tolist()) == ([1, 2], [3])


def test_the_sign_flip_test_is_scipys_and_says_what_it_can_never_say() -> None:
    for runs in (4, 6, 9):
        values = np.random.default_rng(runs).normal(0.3, 1, runs)
        wanted = permutation_test((values,), np.mean, permutation_type="samples", n_resamples=np.inf, vectorized=False)
        found = sign_flip(values)
        assert found.p == pytest.approx(wanted.pvalue)
        assert (found.least_p < 0.05) == (runs >= FEWEST)
    assert sign_flip(np.array([0.1] * 6)).p == sign_flip(np.array([0.1] * 6)).least_p == 2**-5
    assert sign_flip(np.zeros(6)).p == 1.0
    with pytest.raises(ValueError, match="finite differences"):
        sign_flip(np.array([np.nan]))
    scores = simulated(200, gains=(1.0, 0.0))
    assert sign_flip(run_differences(scores, PAIR, "log_loss")).p == 2**-5


def test_cells_of_a_row_are_one_family() -> None:
    scores = simulated(200, gains=(0.6, 0.0, 0.3))
    cells = {
        ("noise", strength): (scores.logits["v0"], scores.logits[name]) for strength, name in enumerate(("v1", "v2"))
    }
    found = cell_effects(scores.labels, cells, "accuracy")
    wanted = effects(scores, [PAIR, ("v0", "v2")], "accuracy").main
    assert [(one.low, one.word) for one in found.values()] == [(one.low, one.word) for one in wanted]
    one_run = {cell: (plus[:1], minus[:1]) for cell, (plus, minus) in cells.items()}
    single = cell_effects(scores.labels, one_run, "accuracy")["noise", 0]
    assert single.low is not None
    assert single.word is None


def test_the_distance_of_two_learning_curves_is_interpolated_over_the_logarithm_of_the_size() -> None:
    sizes = [100, 200, 400]
    assert saved(sizes, np.array([0.7, 0.8, 0.9]), np.array([0.6, 0.7, 0.85])) == pytest.approx(400 - 200 * 2**0.5)
    assert saved(sizes, np.array([0.6, 0.7, 0.8]), np.array([0.7, 0.8, 0.9])) == pytest.approx(-200)
    assert saved(sizes, np.array([0.9, 0.9, 0.9]), np.array([0.5, 0.6, 0.7])) == 300
    assert saved(sizes, np.array([0.8, 0.7, 0.9]), np.array([0.5, 0.6, 0.75])) == 300  # a dip is smoothed: 0.75, 0.75


def test_augmentation_that_does_as_well_with_half_of_the_images_is_worth_the_other_half() -> None:
    sizes, gains = [100, 200, 400, 800], (0.0, 0.8, 1.6, 2.4)
    minus = simulated(1500, repeats=4, gains=gains)
    plus = simulated(1500, repeats=4, gains=(*gains[1:], 3.2))
    curves = [list(one.logits.values()) for one in (plus, minus)]
    found = worth(minus.labels, sizes, curves[0], curves[1], "log_loss", count=300)
    assert found.code == "worth"
    assert found.photographs == pytest.approx(400, abs=60)
    assert (found.low or 0) < 400 < (found.high or 0)
    assert found.plus is not None
    assert found.plus.low[0] < found.plus.values[0] < found.plus.high[0]
    back = worth(minus.labels, sizes, curves[1], curves[0], "log_loss", count=300)
    assert back.code == "costs"
    assert back.photographs == pytest.approx(-(found.photographs or 0))
    flat = worth(minus.labels, sizes[:2], [curves[0][0]] * 2, [curves[0][0] + 1e-9] * 2, "accuracy", count=50)
    assert flat.code == "unknown"
    far = worth(minus.labels, sizes[:2], curves[0][2:], curves[1][:2], "accuracy", count=50)
    assert (far.open, far.high_open, far.photographs) == (True, True, 100)
    with pytest.raises(ValueError, match="ascending"):
        worth(minus.labels, [200, 100], curves[0][:2], curves[1][:2], "accuracy")


def test_a_pilot_brackets_what_the_study_will_see() -> None:
    scores = simulated(300, repeats=8, gains=(0.2, 0.0))
    found = foresee(scores, [PAIR], "log_loss", planned=8)[0]
    seen = effects(scores, [PAIR], "log_loss").main[0].visible
    assert 0.9 * (found.least or 1) < (seen or 0) < (found.most or 0)  # here images scatter by chance only
