"""What a search for a learning rate says, of recorded searches: ants against bees and generated shapes, head only."""

import json
import math
from pathlib import Path

import numpy as np
import pytest
from pytorch_lightning.tuner.lr_finder import _LRFinder

from explorer.runs.record.rates import HIGHEST, LOWEST, STEPS, _steepest, judge, rate_of, smoothed
from explorer.runs.record.reasons import in_words, joined
from explorer.runs.record.results import RateResult

SEARCHES = Path(__file__).parents[1] / "searches"
# Where a reader of the curves says that a good rate lies: the loss falls there, and is far from its minimum.
READ = {"ants": (1e-3, 2e-2), "shapes": (1e-3, 1e-2)}
# A head on a frozen network, for images too small to tell apart: the loss stays what it is by chance until it breaks.
UNLEARNABLE = "unlearnable-0"


def _search(name: str) -> tuple[list[float], list[float]]:
    found = json.loads((SEARCHES / f"{name}.json").read_text())
    return found["lr"], found["loss"]


def _valley(rates: np.ndarray) -> np.ndarray:
    """A loss that falls most steeply at 1e-2 and rises beyond 1."""
    place = np.log10(rates)
    return 2 - 1 / (1 + np.exp(-4 * (place + 2))) + 3 * np.clip(place, 0, None) ** 2


def test_recorded_searches_give_a_rate_and_a_range_before_their_minimum() -> None:
    files = [file for file in sorted(SEARCHES.glob("*.json")) if file.stem != UNLEARNABLE]
    assert len(files) == 7
    for file in files:
        rates, losses = _search(file.stem)
        low, high = READ[file.stem.split("-")[0]]
        found = judge(rates, losses)
        assert found.suggestion is not None, file.stem
        assert found.low is not None, file.stem
        assert found.high is not None, file.stem
        assert low < found.suggestion < high, (file.stem, found)
        assert found.low <= found.suggestion <= found.high <= 5 * high, (file.stem, found)
        assert found.low < found.high, (file.stem, found)
        assert found.caution == "", file.stem
        smooth = np.array(smoothed(losses))
        assert found.high < rates[10 + int(smooth[10:].argmin())], (file.stem, found)
        for rate in (found.suggestion, found.low, found.high):
            assert f"{rate:.2g}" in in_words(found.reason), (file.stem, found)


def test_a_leap_after_the_minimum_and_a_step_down_from_it_are_not_where_the_loss_falls() -> None:
    rates, losses = _search("ants-0")
    # As it was seen: the loss leaps at a rate of 0.5, comes down once and rises for good.
    leapt = [*losses[:81], 9.5, 6.0, *losses[83:85], 0.9, 1.4, 2.2]
    seen = judge(rates[: len(leapt)], leapt)
    assert seen.suggestion == judge(rates, losses).suggestion
    assert (seen.low, seen.high) == pytest.approx((0.0025, 0.0077), rel=0.02)
    assert seen.caution == ""
    # The steepest fall of the whole curve lies beyond the minimum, where a search of before took it from.
    mean = np.array(_plainly_smoothed(leapt))
    slopes = np.gradient(mean, np.log(rates[: len(leapt)]))
    assert rates[10 + int(slopes[10:-3].argmin())] > 0.5
    # Its result, as it lies in a folder, is read with what is right.
    old = RateResult(
        lr=tuple(rates[: len(leapt)]), loss=tuple(leapt), smooth=tuple(mean), suggestion=0.74, reason="0.74"
    )
    again = old.judged()
    assert (again.suggestion, again.low, again.read_again) == (seen.suggestion, seen.low, True)
    assert RateResult(lr=(1.0,), loss=(2.0,), reason="It goes on.").judged().low is None


def _plainly_smoothed(losses: list[float]) -> list[float]:
    weights = [0.95 ** np.arange(count)[::-1] for count in range(1, len(losses) + 1)]
    return [float(np.average(losses[: len(own)], weights=own)) for own in weights]


def test_a_curve_that_is_too_noisy_says_so() -> None:
    rates, losses = _search("shapes-0")
    start = float(np.mean(losses[:30]))
    noise = np.random.default_rng(0).normal(size=len(losses))
    for share, words in ((1.0, ""), (0.25, "too noisy to tell"), (0.0, "fell at no rate")):
        weak = start + share * (np.array(smoothed(losses)) - start) + 0.2 * noise
        found = judge(rates, weak.tolist())
        assert words in in_words(joined(found.reason, found.caution)), (share, found)
        assert bool(found.caution) is ("noisy" in words), (share, found)
    assert "fell at no rate" in in_words(judge(*_search(UNLEARNABLE)).reason)


def test_the_suggestion_is_where_the_loss_falls_most_steeply_as_lightning_has_it() -> None:
    rates = np.array([rate_of(step) for step in range(STEPS)])
    steepest = _steepest(rates, _valley(rates))
    assert steepest is not None
    found = rates[steepest[0]]
    assert found == pytest.approx(1e-2, rel=0.3)
    lightning = _LRFinder("exponential", LOWEST, HIGHEST, STEPS)
    lightning.results = {"lr": rates.tolist(), "loss": _valley(rates).tolist()}
    other = lightning.suggestion(skip_begin=10, skip_end=3)
    assert other is not None
    assert abs(math.log10(found / other)) < 0.5  # the same slope, half a power of ten apart at most


def test_no_rate_is_suggested_where_the_loss_never_falls() -> None:
    rates = np.array([rate_of(step) for step in range(STEPS)])
    rising = np.linspace(1, 2, STEPS)
    assert _steepest(rates, rising) is None
    assert judge(rates.tolist(), rising.tolist()).suggestion is None
    assert judge(rates[:10].tolist(), _valley(rates[:10]).tolist()).suggestion is None
    assert judge([], []).suggestion is None


def test_the_running_mean_has_no_bias_and_no_leaps() -> None:
    assert smoothed([3.0] * 5) == pytest.approx([3.0] * 5)
    assert smoothed([3.0, 3.0, 3.0, 90.0, 90.0, 3.0, 3.0, 3.0]) == pytest.approx([3.0] * 8)
    losses = [float(step) for step in range(9)]
    weights = 0.95 ** np.arange(7)[::-1]
    assert smoothed(losses)[6] == pytest.approx(np.average([1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0], weights=weights))
