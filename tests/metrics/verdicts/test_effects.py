"""Effects with their intervals and words, against scipy, scikit-learn and an analysis of variance."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.stats import bootstrap
from sklearn.metrics import f1_score, roc_auc_score
from statsmodels.regression.mixed_linear_model import MixedLM

from explorer.metrics.resampling import draws
from explorer.metrics.verdicts.answers import OutOfFold
from explorer.metrics.verdicts.effects import effects
from explorer.metrics.verdicts.measured import JUDGED, measured
from explorer.metrics.verdicts.planning import Components, Shape, components, needed
from explorer.metrics.verdicts.two_way import drawn
from explorer.metrics.verdicts.units import paired, strata_of
from tests.metrics.verdicts.answers import grouped, simulated

PAIR = ("v0", "v1")


def test_a_step_that_helps_one_that_harms_and_one_that_does_nothing_get_their_words() -> None:
    scores = simulated(3000, gains=(0.5, 0.0, 1.0, 0.5))
    found = effects(scores, [("v0", "v1"), ("v0", "v2"), ("v0", "v3")], "accuracy", gate=("v0", "v1"), smallest=0.02)
    assert [one.word for one in found.main] == ["helps", "harms", "same"]
    assert found.gate is not None
    assert found.gate.word == "helps"
    for one in (*found.main, found.gate):
        ends = [one.low, one.low_90, one.effect, one.high_90, one.high]
        assert ends == sorted(ends, key=float)  # type: ignore[arg-type]
        assert one.effect == pytest.approx((one.value_plus or 0) - (one.value_minus or 0))
    assert found.gate.low > found.main[0].low  # type: ignore[operator]  # a family of one is narrower


def test_an_effect_is_positive_where_it_is_better_also_for_losses() -> None:
    scores = simulated(500, gains=(1.0, 0.0))
    found = {key: effects(scores, [PAIR], key, count=200).main[0] for key in JUDGED if key != "top_k"}
    assert all(one.effect is not None and one.effect > 0 for one in found.values())
    assert (found["log_loss"].value_plus or 0) < (found["log_loss"].value_minus or 0)
    assert effects(scores, [PAIR], "val_loss", count=200).main[0] == found["log_loss"]


def test_there_is_no_word_before_the_planned_repeats_are_done() -> None:
    scores = simulated(500, repeats=4, gains=(1.0, 0.0))
    early = effects(scores, [PAIR], "accuracy", planned=6)
    assert not early.complete
    assert early.main[0].word is None
    assert early.main[0].low is not None
    assert effects(scores, [PAIR], "accuracy", planned=4).main[0].word == "helps"
    single = OutOfFold(scores.labels, {name: logits[:1] for name, logits in scores.logits.items()})
    assert effects(single, [PAIR], "accuracy").main[0].word is None


def test_with_one_repeat_the_standard_error_is_that_of_scipys_bootstrap_of_images() -> None:
    scores = simulated(400, repeats=1, gains=(0.3, 0.0))
    difference = np.subtract(*(scores.logits[name][0].argmax(axis=1) == scores.labels for name in PAIR), dtype=float)
    wanted = bootstrap((difference,), np.mean, n_resamples=2000, rng=0).standard_error
    assert effects(scores, [PAIR], "accuracy").main[0].error == pytest.approx(wanted, rel=0.06)


@pytest.mark.parametrize("key", ["auroc", "f1_macro"])
def test_draws_that_are_linear_in_the_weights_are_nearly_those_of_the_metric_itself(key: str) -> None:
    scores = simulated(150, repeats=1, gains=(0.4, 0.0))
    linear = drawn([one.cells for one in paired(scores, [PAIR], key) if one.cells is not None], scores.labels, 60, 1)

    def exact(name: str, weights: np.ndarray) -> float:
        logits = scores.logits[name][0].astype(np.float64)
        if key == "auroc":
            return float(roc_auc_score(scores.labels, logits[:, 1] - logits[:, 0], sample_weight=weights))
        return float(f1_score(scores.labels, logits.argmax(axis=1), average="macro", sample_weight=weights))

    rows = np.concatenate(list(draws(scores.labels, 60, 1)))
    wanted = np.array([exact("v0", row) - exact("v1", row) for row in rows])
    assert np.corrcoef(linear.effects[:, 0], wanted)[0, 1] > 0.98
    assert linear.effects.std() == pytest.approx(wanted.std(), rel=0.05)


def test_values_are_those_of_scikit_learn_in_each_repeat() -> None:
    scores = simulated(90, classes=3, repeats=2)
    for key, average in (("f1_macro", "macro"), ("f1_weighted", "weighted")):
        wanted = [f1_score(scores.labels, one.argmax(axis=1), average=average) for one in scores.logits["v0"]]
        assert measured(scores.labels, scores.logits["v0"], key).values == pytest.approx(wanted)


def test_the_same_answers_have_the_same_effect_and_equal_ones_make_no_difference() -> None:
    scores = simulated(80, gains=(0.0, 0.3))
    same = OutOfFold(scores.labels, {**scores.logits, "v2": scores.logits["v0"]})
    found = effects(same, [("v0", "v2"), PAIR], "accuracy")
    assert found == effects(same, [("v0", "v2"), PAIR], "accuracy")
    assert (found.main[0].low, found.main[0].high, found.main[0].word) == (0.0, 0.0, "same")


def test_few_images_that_no_variant_gets_wrong_do_not_prove_that_nothing_differs() -> None:
    labels = np.arange(40) % 2
    right = np.eye(2)[labels][None].repeat(6, axis=0)
    scores = OutOfFold(labels, {"v0": right * 4, "v1": right * 5})
    for key, least in (("accuracy", 1 / 40), ("f1_macro", 1 / 40), ("auroc", 1 / 160)):
        found = effects(scores, [PAIR], key).main[0]
        assert (found.effect, found.error, found.word) == (0.0, pytest.approx(least), "unknown"), key


def test_groups_are_drawn_whole() -> None:
    scores = simulated(240, classes=3)
    copies = {name: np.concatenate([logits] * 5, axis=1) for name, logits in scores.logits.items()}
    each = np.tile(np.arange(240), 5)
    fivefold = OutOfFold(np.tile(scores.labels, 5), copies, each)
    for key in ("accuracy", "f1_macro", "auroc"):
        whole, single = (effects(one, [PAIR], key).main[0] for one in (fivefold, scores))
        assert whole.effect == pytest.approx(single.effect)
        assert whole.error == pytest.approx(single.error, rel=1e-6)
    mixed = replace(grouped(scores, 4), groups=np.arange(240) // 5)
    assert set(strata_of(mixed, "auroc")) == {3}
    assert set(strata_of(grouped(scores, 4), "auroc")) == {0, 1, 2}


def test_an_undefined_metric_says_why_and_leaves_the_others_alone() -> None:
    scores = simulated(60, gains=(0.0, 0.3))
    constant = np.zeros_like(scores.logits["v0"])
    constant[..., 0] = 1.0
    both = OutOfFold(scores.labels, {**scores.logits, "v2": constant})
    found = effects(both, [("v0", "v2"), PAIR], "mcc")
    assert found.main[0].effect is None
    assert found.main[0].why == "all validation images are predicted as one class"
    assert found.main[1] == effects(scores, [PAIR], "mcc").main[0]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"metric": "ece"}, "ece is no metric of which effects are estimated"),
        ({"contrasts": [("v0", "v9")]}, 'there is no variant "v9" among v0, v1'),
    ],
)
def test_what_cannot_be_judged_is_an_error(change: dict[str, object], message: str) -> None:
    asked: dict[str, object] = {"contrasts": [PAIR], "metric": "accuracy"} | change
    with pytest.raises(ValueError, match=message):
        effects(simulated(20), **asked)  # type: ignore[arg-type]


def test_components_are_those_of_a_mixed_model() -> None:
    rng = np.random.default_rng(0)
    cells = rng.normal(0, 0.4, (8, 1)) + rng.normal(0, 1.0, (1, 25)) + rng.normal(0, 0.5, (8, 25))
    rows, columns = (axis.ravel() for axis in np.indices(cells.shape))
    formulas = {"row": "0 + C(row)", "column": "0 + C(column)"}
    data = pd.DataFrame({"value": cells.ravel(), "row": rows, "column": columns, "one": 1})
    fitted = MixedLM.from_formula("value ~ 1", data, groups="one", vc_formula=formulas).fit()
    by_column, by_row = fitted.vcomp  # in alphabetical order
    found = components(cells)
    assert found is not None
    assert (found.repeats, found.images, found.rest) == pytest.approx((by_row, by_column, fitted.scale), rel=0.02)
    assert components(cells[:1]) is None


def test_no_fewer_images_or_repeats_than_said_bring_the_error_down_to_what_is_wanted() -> None:
    found, there = Components(repeats=0.0, images=0.1, rest=0.8), Shape(repeats=6, units=300, per_unit=2.0)
    more = needed(found, 0.022, there)
    assert more.images is not None
    assert found.error(300 + more.images // 2, 6) <= 0.022 < found.error(299 + more.images // 2, 6)
    assert more.repeats is not None
    assert found.error(300, 6 + more.repeats) <= 0.022 < found.error(300, 5 + more.repeats)
    assert needed(found, 0.018, there).repeats is None  # images alone scatter as much


def test_so_many_more_images_do_tell() -> None:
    few = effects(simulated(100, gains=(0.15, 0.0), seed=1), [PAIR], "accuracy").main[0]
    assert few.word == "unknown"
    assert few.more_images is not None
    more = effects(simulated(100 + few.more_images, gains=(0.15, 0.0), seed=2), [PAIR], "accuracy").main[0]
    assert more.word in ("helps", "same")
    assert (more.visible or 1) < (few.visible or 0)
