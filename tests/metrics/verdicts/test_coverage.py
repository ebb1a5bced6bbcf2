"""The coverage bench in short form: intervals contain a truth that is known, and the usual ones do not."""

import numpy as np
import pytest
from scipy.stats import binomtest
from sklearn.linear_model import LogisticRegression

from bench.verdicts.coverage import EQUAL, WORLDS, Tally, faults, simulated
from bench.verdicts.world import World, fit

STUDIES = 25


@pytest.fixture(scope="module")
def found() -> Tally:
    return simulated(WORLDS[1], STUDIES, ("accuracy",), truths=500)["accuracy"]


def test_intervals_contain_the_true_effects_as_often_as_they_say(found: Tally) -> None:
    assert 93 <= found.share("shown") <= 99.5
    # Of so few studies two may miss by chance: the bench, with 400, says how many do.
    hits = round(STUDIES * found.share("at_once") / 100)
    assert binomtest(hits, STUDIES, 0.93, alternative="less").pvalue > 0.05
    assert found.share("wrong_same") < 5


def test_t_intervals_over_folds_or_seeds_contain_them_far_too_rarely(found: Tally) -> None:
    assert found.share("folds") < 90
    assert found.share("seeds") < 90


def test_where_nothing_is_true_nothing_is_found() -> None:
    alarms = simulated(World("", 100, 0.5, 2.5, EQUAL), STUDIES, ("accuracy",), truths=1, seeds=False)["accuracy"]
    assert alarms.share("wrong") < 5


def test_the_bench_fails_where_an_interval_or_a_word_is_wrong() -> None:
    bad = Tally(shown=[np.array([True, False])], at_once=[True], wrong=[True])
    assert list(faults({"accuracy": bad})) == [
        "accuracy: 50.0 % of the intervals contain the truth",
        "accuracy: 100.0 % of the words are wrong",
    ]
    wide = Tally(shown=[np.array([True])], at_once=[True], wrong=[False])
    assert list(faults({"accuracy": wide})) == ["all metrics: 100.0 % of the intervals contain the truth"]


def test_the_heads_of_the_simulation_are_those_of_scikit_learn() -> None:
    rng = np.random.default_rng(0)
    images, labels = rng.normal(size=(80, 10)), np.arange(80) % 2
    images[:, 0] += labels
    used = np.ones((2, 80))
    used[1, :20] = 0
    for head, row in zip(fit(images, labels, used, 1.0), used, strict=True):
        wanted = LogisticRegression(C=1.0, tol=1e-8).fit(images[row > 0], labels[row > 0])
        assert head == pytest.approx(np.append(wanted.coef_[0], wanted.intercept_), abs=1e-4)
