"""The search for a learning rate, beside Lightning's own."""

import math

import numpy as np
import pytest
from pytorch_lightning.tuner.lr_finder import _LRFinder

from explorer.runs import results
from explorer.training.rate_finder import HIGHEST, LOWEST, STEPS, rate_of, smoothed, suggestion
from tests.training.conftest import config_of, run_here


def _valley(rates: np.ndarray) -> np.ndarray:
    """A loss that falls most steeply at 1e-2 and rises beyond 1."""
    place = np.log10(rates)
    return 2 - 1 / (1 + np.exp(-4 * (place + 2))) + 3 * np.clip(place, 0, None) ** 2


def test_the_suggestion_is_where_the_loss_falls_most_steeply_as_lightning_has_it() -> None:
    rates = np.array([rate_of(step) for step in range(STEPS)])
    found = suggestion(rates, _valley(rates))
    assert found == pytest.approx(1e-2, rel=0.3)
    lightning = _LRFinder("exponential", LOWEST, HIGHEST, STEPS)
    lightning.results = {"lr": rates.tolist(), "loss": _valley(rates).tolist()}
    other = lightning.suggestion(skip_begin=10, skip_end=3)
    assert found is not None
    assert other is not None
    assert abs(math.log10(found / other)) < 0.5  # the same slope, half a power of ten apart at most


def test_no_rate_is_suggested_where_the_loss_never_falls() -> None:
    rates = np.array([rate_of(step) for step in range(STEPS)])
    assert suggestion(rates, np.linspace(1, 2, STEPS)) is None
    assert suggestion(rates[:10], _valley(rates[:10])) is None


def test_the_running_mean_has_no_bias() -> None:
    assert smoothed([3.0] * 5) == pytest.approx([3.0] * 5)
    losses = [1.0, 2.0, 4.0]
    weights = [0.95**age for age in (2, 1, 0)]
    expected = sum(w * loss for w, loss in zip(weights, losses, strict=True)) / sum(weights)
    assert smoothed(losses)[-1] == pytest.approx(expected)


def test_it_walks_through_the_rates_and_leaves_its_curve() -> None:
    paths, outcome = run_here(config_of(kind="rate", backbone_lr_factor=0.1, unfreeze_epoch=2))
    found = results.rate_result(paths)
    assert outcome.state == "finished", outcome.reason
    assert found is not None
    assert len(found.lr) == len(found.loss) == len(found.smooth) == found.total == found.done
    assert found.lr[0] == pytest.approx(LOWEST)
    steps = np.diff(np.log(found.lr))
    np.testing.assert_allclose(steps, math.log(HIGHEST / LOWEST) / (STEPS - 1))
    assert found.suggestion is not None
    assert f"{found.suggestion:.2g}" in outcome.reason
    first = found.loss[0]
    assert first == pytest.approx(math.log(3), rel=0.3)  # nothing is learned yet: three classes by chance


def test_a_network_that_breaks_ends_the_search_and_not_the_result() -> None:
    paths, outcome = run_here(config_of(kind="rate", optimizer="sgd", frozen=False, weight_decay=10.0))
    found = results.rate_result(paths)
    assert outcome.state == "finished", outcome.reason
    assert found is not None
    assert all(map(math.isfinite, found.loss))
