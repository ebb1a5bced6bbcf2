"""Counts of pixels and the metrics of them against torchmetrics, monai and scikit-learn, on random and odd masks."""

from itertools import pairwise

import numpy as np
import pytest
import torch
from sklearn.metrics import roc_auc_score
from torch import Tensor
from torch.nn import functional

from explorer.data.mask_classes import UNCOUNTED
from explorer.metrics.intervals import class_intervals, intervals
from explorer.metrics.mask_pairs import differences
from explorer.metrics.table import Evaluation, class_values, measure, values
from explorer.runs.overview.measured import evaluation_of
from explorer.runs.record import budget
from explorer.runs.record.budget import keeps_cells
from explorer.runs.record.epochs import EpochRecord
from explorer.training import pixel_losses
from explorer.training.pixel_counts import borders_of, cells_of, scores_of, tolerance
from explorer.training.tasks.segmentation import SEGMENTATION
from tests.training.conftest import config_of

CLASSES, SIDE = 4, 24
MASKED = {"kind": "shapes", "num_classes": 3, "image_size": 32, "learn": "masks"}
KINDS = ("random", "absent class", "one class", "never predicted", "all void", "void image")


def blobs(seed: int, images: int = 6) -> Tensor:
    """Logits (N, C, S, S) whose classes are connected regions."""
    coarse = torch.randn(images, CLASSES, 5, 5, generator=torch.Generator().manual_seed(seed)) * 4
    return functional.interpolate(coarse, size=(SIDE, SIDE), mode="bilinear")


def case(kind: str) -> tuple[Tensor, Tensor]:
    """Outputs and targets."""
    outputs, targets = blobs(1), blobs(2).argmax(dim=1)
    targets[:, :2] = UNCOUNTED
    if kind == "absent class":
        targets[targets == 3] = 0
        outputs[:, 3] = -50.0
    elif kind == "one class":
        targets[targets != UNCOUNTED] = 2
        outputs[:, 2] = 50.0
    elif kind == "never predicted":
        outputs[:, 1] = -50.0
    elif kind == "all void":
        targets[:] = UNCOUNTED
    elif kind == "void image":
        targets[3] = UNCOUNTED
    return outputs, targets


def record_of(outputs: Tensor, targets: Tensor, cuts: tuple[int, ...] = ()) -> EpochRecord:
    """The record of a validation by one judge, or by several that have the images between the cuts."""
    config = config_of(dataset=MASKED, loss="cross_entropy")
    objective = pixel_losses.objective(config, np.ones(CLASSES, np.int64))
    ends, parts = [0, *cuts, len(outputs)], []
    for begin, end in pairwise(ends):
        judge = SEGMENTATION.judge(objective, config)
        for place in range(begin, end, 2):
            part = slice(place, min(place + 2, end))
            judge.add(outputs[part], targets[part], torch.arange(part.start, part.stop))
        parts.append(judge.part)
    return SEGMENTATION.judge(objective, config).finish(parts[::-1]).record


@pytest.mark.parametrize("kind", KINDS)
def test_metrics_over_the_set_are_those_of_torchmetrics_and_undefined_for_absent_classes(kind: str) -> None:
    from torchmetrics.functional.classification import multiclass_f1_score, multiclass_jaccard_index

    outputs, targets = case(kind)
    evaluation = evaluation_of(record_of(outputs, targets))
    found = class_values(evaluation)
    counted, predicted = targets != UNCOUNTED, outputs.argmax(dim=1)
    there = [bool(((targets == one) | (predicted == one))[counted].any()) for one in range(CLASSES)]
    for key, reference in (("iou", multiclass_jaccard_index), ("dice", multiclass_f1_score)):
        each = reference(predicted[counted], targets[counted], CLASSES, average="none") if counted.any() else []
        expected = [float(one) if known else None for one, known in zip(each, there, strict=False)] or [None] * CLASSES
        assert [one.value for one in found[key]] == pytest.approx(expected, abs=1e-6), key
        whole = values(evaluation, [key])[key]
        known = [one for one in expected if one is not None]
        assert whole.value == (pytest.approx(np.mean(known)) if known else None)
        assert bool(whole.note) == (0 < sum(there) < CLASSES)
        assert bool(whole.why) == (not known)


@pytest.mark.parametrize("kind", KINDS)
def test_dice_per_image_is_that_of_monai(kind: str) -> None:
    from monai.metrics import DiceMetric

    outputs, targets = case(kind)
    found = values(evaluation_of(record_of(outputs, targets)), ["dice_images"])["dice_images"]
    expected, left_out = [], 0
    for mask, guess in zip(targets, outputs.argmax(dim=1), strict=True):
        counted = mask != UNCOUNTED
        one_hot = [functional.one_hot(part[counted], CLASSES).T[None, ..., None] for part in (guess, mask)]
        there = (one_hot[0] + one_hot[1]).sum(dim=(0, 2, 3)) > 0
        left_out += not bool(there.any())
        if there.any():
            # monai leaves out classes without true pixels; those that are only predicted count as 0 here.
            metric = DiceMetric(ignore_empty=True, reduction="none")
            expected.append(float(metric(*one_hot).nan_to_num(0.0)[0, there].mean()))
    assert found.value == (pytest.approx(np.mean(expected), abs=1e-6) if expected else None)
    assert ("left out" in found.note) == (bool(expected) and left_out > 0)


@pytest.mark.parametrize("kind", KINDS)
def test_auroc_from_bins_is_that_of_the_scores_within_what_is_said(kind: str) -> None:
    outputs, targets = case(kind)
    noise = torch.randn(outputs.shape, generator=torch.Generator().manual_seed(7))
    outputs = (outputs / 2 + noise * 2).clamp(-12, 12)
    found = class_values(evaluation_of(record_of(outputs, targets)), ["pixel_auroc"])["pixel_auroc"]
    counted = targets != UNCOUNTED
    truth, shares = targets[counted].numpy(), outputs.double().softmax(dim=1).movedim(1, 3)[counted].numpy()
    odds = np.log(shares) - np.log1p(-shares)
    for index, one in enumerate(found):
        if (mine := truth == index).any() and not mine.all():
            assert one.value is not None
            assert abs(roc_auc_score(mine, odds[:, index]) - one.value) <= one.within + 1e-6
        else:
            assert one.value is None
            assert "pixel" in one.why


def test_scores_of_large_images_are_counted_on_a_grid_and_that_is_said() -> None:
    torch.manual_seed(3)
    outputs, targets = torch.randn(1, CLASSES, 256, 256), torch.zeros(1, 256, 256).long()
    targets[:, 100:] = 1
    scores = scores_of(outputs, targets)
    assert int(scores[0].sum()) == 64 * 64
    assert scores.sum(dim=(0, 2)).tolist() == [64 * 64] * CLASSES
    many = outputs[..., :64, :64].repeat(1, 32, 1, 1)  # 128 classes
    assert int(scores_of(many, targets[:, :64, :64])[0].sum()) == 32 * 32
    note = values(evaluation_of(record_of(outputs, targets)), ["pixel_auroc"])["pixel_auroc"].note
    assert "6% of the pixels" in note


def test_borders_are_those_of_monai() -> None:
    from monai.metrics import SurfaceDiceMetric

    # Disks that touch no rim, whose borders monai finds too.
    rows, columns = torch.meshgrid(torch.arange(64), torch.arange(64), indexing="ij")

    def disk(y: int, x: int, radius: int) -> Tensor:
        return ((rows - y) ** 2 + (columns - x) ** 2 <= radius**2).long()

    targets = torch.stack([disk(30, 30, 12), disk(30, 30, 12), disk(20, 40, 9)])
    predicted = torch.stack([disk(30, 30, 12), disk(31, 32, 11), disk(45, 12, 6)])
    assert tolerance(64, 64) == 1
    found = borders_of(targets, predicted, 2)[:, 1].double()
    metric = SurfaceDiceMetric(class_thresholds=[1.0], reduction="none")
    one_hot = [functional.one_hot(part, 2).movedim(3, 1) for part in (predicted, targets)]
    expected = metric(*one_hot).flatten()
    assert ((found[:, 0] + found[:, 2]) / (found[:, 1] + found[:, 3])).tolist() == pytest.approx(expected.tolist())


def test_rims_of_the_image_and_of_void_pixels_are_no_borders() -> None:
    targets = torch.zeros(1, 16, 16).long()
    targets[:, :, 8:] = UNCOUNTED
    assert borders_of(targets, torch.zeros_like(targets), 2).sum() == 0
    assert cells_of(targets, torch.ones_like(targets), 2).tolist() == [[[0, 128], [0, 0]]]


def test_parts_of_several_processes_add_up_to_the_whole() -> None:
    outputs, targets = case("void image")
    whole, parts = record_of(outputs, targets), record_of(outputs, targets, cuts=(2, 4))
    for one, other in ((whole.confusion, parts.confusion), (whole.positives, parts.positives)):
        np.testing.assert_array_equal(one, other)
    assert whole.pixels is not None
    assert parts.pixels is not None
    assert whole.pixels.cells is not None
    np.testing.assert_array_equal(whole.pixels.margins, parts.pixels.margins)
    np.testing.assert_array_equal(whole.pixels.borders, parts.pixels.borders)
    np.testing.assert_array_equal(whole.confusion, whole.pixels.cells.sum(axis=0))


def test_intervals_are_those_of_a_plain_bootstrap_over_images() -> None:
    rng = np.random.default_rng(5)
    images = 300
    right = rng.integers(0, 400, (images, 3)) * rng.integers(0, 2, (images, 3))
    pixels = np.stack([right, right + rng.integers(0, 200, (images, 3)), right + rng.integers(0, 200, (images, 3))], 2)
    confusion = np.diag(pixels[..., 0].sum(axis=0))
    confusion[[0, 1, 2], [1, 2, 0]] = (pixels[..., 1] - pixels[..., 0]).sum(axis=0)

    def iou(counts: np.ndarray) -> np.ndarray:
        return counts[..., 0] / (counts[..., 1] + counts[..., 2] - counts[..., 0])

    def dice(counts: np.ndarray) -> np.ndarray:
        with np.errstate(invalid="ignore"):
            return np.nanmean(2 * counts[..., 0] / (counts[..., 1] + counts[..., 2]), axis=-1)

    evaluation = Evaluation(confusion, (None,) * 3, task="segmentation", pixels=pixels)
    # The margins of the predictions come from the pixels of each image, as they do in a validation.
    ends = intervals(evaluation, ["dice_images"])["dice_images"]
    first = class_intervals(evaluation, "iou")[0]
    drawn = rng.integers(0, images, (4000, images))
    for interval, plain in (
        (ends, dice(pixels)[drawn].mean(axis=1)),
        (first, iou(pixels[:, 0][drawn].sum(axis=1))),
    ):
        low, high = np.quantile(plain, [0.025, 0.975])
        assert interval.low is not None
        assert interval.high is not None
        assert [interval.low, interval.high] == pytest.approx([low, high], abs=0.1 * (high - low))


def test_differences_of_two_models_are_paired_by_image() -> None:
    outputs, targets = case("void image")
    a, b = (evaluation_of(record_of(one, targets)) for one in (outputs, outputs + 2 * blobs(2)))
    found, same = differences(a, b, count=300), differences(a, a, count=50)
    assert list(found)[:3] == ["iou", "dice", "dice_images"]
    for key, one in found.items():
        assert one.difference == pytest.approx((values(b)[key].value or 0) - (values(a)[key].value or 0)), key
        assert one.clear, key  # the second model has seen the masks
        assert same[key].none, key


def test_metrics_of_masks_without_images_or_with_one_have_no_interval() -> None:
    outputs, targets = case("random")
    one = evaluation_of(record_of(outputs[:1], targets[:1]))
    for key, found in intervals(one).items():
        assert found.low is None, key
        assert found.why, key
    assert measure(one).values["iou"] is not None


def test_borders_are_those_of_a_plain_search_around_each_border_pixel() -> None:
    size = (30, 205)
    assert tolerance(*size) == 2
    targets, predicted = (functional.interpolate(blobs(seed, images=2), size=size).argmax(dim=1) for seed in (1, 2))
    targets[0, 10:14] = UNCOUNTED
    found = borders_of(targets, predicted, CLASSES)
    for image in range(2):
        truth, guess = targets[image].numpy(), predicted[image].numpy().copy()
        guess[truth == UNCOUNTED] = UNCOUNTED
        one, other = _plain_border(guess), _plain_border(truth)
        for index in range(CLASSES):
            mine, theirs = np.argwhere(one == index), np.argwhere(other == index)
            apart = ((mine[:, None] - theirs[None]) ** 2).sum(axis=2) <= 4
            expected = [apart.any(axis=1).sum(), len(mine), apart.any(axis=0).sum(), len(theirs)]
            assert found[image, index].tolist() == expected


def _plain_border(labels: np.ndarray) -> np.ndarray:
    """Labels of pixels with a neighbor of another class; UNCOUNTED elsewhere."""
    border = np.full_like(labels, UNCOUNTED)
    for y, x in np.argwhere(labels != UNCOUNTED):
        around = [(y + 1, x), (y - 1, x), (y, x + 1), (y, x - 1)]
        inside = [labels[at] for at in around if 0 <= at[0] < labels.shape[0] and 0 <= at[1] < labels.shape[1]]
        if any(each not in (labels[y, x], UNCOUNTED) for each in inside):
            border[y, x] = labels[y, x]
    return border


def test_cells_that_are_too_many_to_be_kept_do_not_pile_up_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    outputs, targets = case("random")
    whole = record_of(outputs, targets)
    # All images of two judges are too many, and so are those of one of the judges.
    monkeypatch.setattr(budget, "EPOCH_BYTES", 4 * 3 * CLASSES**2)
    config = config_of(dataset=MASKED, loss="cross_entropy")
    judge = SEGMENTATION.judge(pixel_losses.objective(config, np.ones(CLASSES, np.int64)), config)
    judge.add(outputs[:3], targets[:3], torch.arange(3))
    assert len(judge.part.cells) == 3
    judge.add(outputs[3:4], targets[3:4], torch.arange(3, 4))
    assert judge.part.cells is None
    found = record_of(outputs, targets, cuts=(2,))
    assert whole.pixels is not None
    assert found.pixels is not None
    assert found.pixels.cells is None
    np.testing.assert_array_equal(found.confusion, whole.confusion)
    np.testing.assert_array_equal(found.pixels.margins, whole.pixels.margins)


def test_cells_of_very_many_images_and_classes_are_not_kept() -> None:
    assert keeps_cells(images=100, classes=21, epochs=100)
    assert not keeps_cells(images=2000, classes=150, epochs=1)
    assert not keeps_cells(images=1000, classes=21, epochs=1000)
