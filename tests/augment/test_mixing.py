"""Mixed batches: from their place alone, by the formulas of the papers, and as the shares are meant to be spread."""

from collections import Counter
from typing import Any

import numpy as np
import pytest
from scipy import stats

from explorer.augment.mixing import Mix, apply, plan


def _plan(mixing: str, batch: int = 0, **changes: Any) -> Mix | None:
    asked: dict[str, Any] = {"alpha": 0.4, "probability": 1.0, "size": (40, 60), "count": 8} | changes
    return plan(mixing, place=(3, 1, batch), **asked)


def _images() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (8, 40, 60, 3), np.uint8)


@pytest.mark.parametrize("mixing", ["mixup", "cutmix", "both"])
def test_a_plan_depends_on_its_place_only(mixing: str) -> None:
    first, again, next_one = _plan(mixing), _plan(mixing), _plan(mixing, 1)
    assert first is not None
    assert again is not None
    assert next_one is not None
    assert (first.kind, first.lam, first.box) == (again.kind, again.lam, again.box)
    assert first.partners.tolist() == again.partners.tolist()
    assert sorted(first.partners) == list(range(8))
    assert (first.lam, first.partners.tolist()) != (next_one.lam, next_one.partners.tolist())


def test_mixup_is_the_weighted_sum_of_two_images() -> None:
    mix, images = _plan("mixup"), _images()
    assert mix is not None
    expected = mix.lam * images.astype(float) + (1 - mix.lam) * images[mix.partners].astype(float)
    np.testing.assert_allclose(apply(images, mix), expected, atol=1e-4)


def test_cutmix_pastes_a_box_and_its_share_is_its_area() -> None:
    images = _images()
    for batch in range(20):
        mix = _plan("cutmix", batch)
        assert mix is not None
        assert mix.box is not None
        top, bottom, left, right = mix.box
        inside = np.zeros((40, 60), bool)
        inside[top:bottom, left:right] = True
        result = apply(images, mix)
        np.testing.assert_array_equal(result[:, inside], images[mix.partners][:, inside])
        np.testing.assert_array_equal(result[:, ~inside], images[:, ~inside])
        assert mix.lam == pytest.approx(1 - inside.mean())


def test_shares_of_mixup_follow_the_beta_distribution() -> None:
    mixes = [_plan("mixup", batch, alpha=0.7) for batch in range(2000)]
    shares = [mix.lam for mix in mixes if mix is not None]
    assert stats.kstest(shares, stats.beta(0.7, 0.7).cdf).pvalue > 1e-3


def test_both_takes_each_in_turn_and_the_probability_leaves_some_as_they_are() -> None:
    kinds = Counter(mix.kind if (mix := _plan("both", batch, probability=0.6)) else "none" for batch in range(2000))
    for kind, share in (("none", 0.4), ("mixup", 0.3), ("cutmix", 0.3)):
        assert abs(kinds[kind] - 2000 * share) < 4 * np.sqrt(2000 * share * (1 - share))


def test_nothing_is_mixed_where_nothing_is_asked_or_there_is_one_image() -> None:
    assert _plan("none") is None
    assert _plan("mixup", count=1) is None
