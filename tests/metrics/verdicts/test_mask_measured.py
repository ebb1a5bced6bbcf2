"""Effects in metrics of masks: what each image adds to them, against weights that are really changed."""

import numpy as np
import pytest
from sklearn.metrics import f1_score

from explorer.metrics.counts import Counts
from explorer.metrics.labels import above, image_margins
from explorer.metrics.table import EVERY
from explorer.metrics.verdicts.answers import OutOfFold
from explorer.metrics.verdicts.effects import effects
from explorer.metrics.verdicts.mask_measured import of_margins
from explorer.metrics.verdicts.measured import JUDGED_OF, judged


def _margins(images: int, seed: int) -> Counts:
    """Counts of random masks of 3 classes, of which the last is in few images."""
    generator = np.random.default_rng(seed)
    cells = generator.integers(0, 200, (images, 3, 3)) + 400 * np.eye(3, dtype=np.int64)
    cells[1:, 2, :] = 0
    cells[2:, :, 2] = 0
    return np.stack([np.diagonal(cells, axis1=1, axis2=2), cells.sum(axis=2), cells.sum(axis=1)], axis=2)


@pytest.mark.parametrize("key", JUDGED_OF["segmentation"])
def test_an_influence_is_the_change_with_the_weight_of_an_image(key: str) -> None:
    found = _margins(12, 0)
    value, influence, why = of_margins(found, EVERY[key])
    assert not why
    for image in (0, 1, 7):
        # Weight of whole images: each is there a thousand times, and this one once more.
        often = np.repeat(found, 1000, axis=0)
        more, _, _ = of_margins(np.concatenate([often, found[image : image + 1]]), EVERY[key])
        assert influence[image] == pytest.approx((more - value) * len(often), rel=0.01, abs=1e-6)


def test_pairs_of_runs_have_an_effect_in_iou_over_images_and_runs() -> None:
    better = np.stack([_margins(12, seed) for seed in range(6)])
    worse = better.copy()
    worse[..., 0] = worse[..., 0] * 9 // 10
    scores = OutOfFold(np.zeros(12, np.int64), {"plus": better, "minus": worse})
    (effect,) = effects(scores, [("plus", "minus")], "iou").main
    expected = [
        of_margins(one, EVERY["iou"])[0] - of_margins(other, EVERY["iou"])[0]
        for one, other in zip(better, worse, strict=True)
    ]
    assert effect.effect == pytest.approx(float(np.mean(expected)))
    assert effect.word == "helps"
    assert effect.low is not None
    assert 0 < effect.low < effect.effect


@pytest.mark.parametrize(("key", "average"), [("f1_macro", "macro"), ("f1_labels", "micro")])
def test_labels_are_judged_by_the_counts_of_each_image(key: str, average: str) -> None:
    generator = np.random.default_rng(3)
    truth, logits = generator.integers(0, 2, (40, 3)), generator.normal(size=(6, 40, 3)).astype(np.float32)
    better = logits + 3 * truth.astype(np.float32)
    runs = {
        name: np.stack([image_margins(truth, above(one, 0.4)) for one in scores])
        for name, scores in (("plus", better), ("minus", logits))
    }
    value, influence, why = of_margins(runs["minus"][0], EVERY[key])
    shares = 1 / (1 + np.exp(-logits[0].astype(np.float64)))
    assert value == pytest.approx(f1_score(truth, shares > 0.4, average=average))
    often = np.repeat(runs["minus"][0], 1000, axis=0)
    more, _, _ = of_margins(np.concatenate([often, runs["minus"][0][7:8]]), EVERY[key])
    assert influence[7] == pytest.approx((more - value) * len(often), rel=0.01, abs=1e-6)
    assert not why
    (effect,) = effects(OutOfFold(np.zeros(40, np.int64), runs), [("plus", "minus")], key).main
    assert effect.word == "helps"
    # Runs that differ in one answer are not certain to be equal.
    changed = runs["plus"].copy()
    changed[:, 0, 0] = [0, 1 - truth[0, 0], truth[0, 0]] if truth[0, 0] else [0, 0, 1]
    found = effects(OutOfFold(np.zeros(40, np.int64), {**runs, "minus": changed}), [("plus", "minus")], key).main[0]
    assert (found.error or 0) > 0.3 / truth.sum()


def test_the_validation_loss_of_masks_is_judged_by_their_headline() -> None:
    assert judged("val_loss", "segmentation") == "iou"
    assert judged("val_loss", "labels") == "f1_macro"
    with pytest.raises(ValueError, match="auroc is no metric"):
        judged("auroc", "segmentation")
