"""Counts of the pixels of a batch, on the device of the batch: cells, borders and histograms of scores."""

import math
from functools import cache

import torch
from torch import Tensor
from torch.nn import functional

from explorer.data.mask_classes import UNCOUNTED
from explorer.metrics.binning import KNEE
from explorer.metrics.scores import bins_for

# Of an image, on a regular grid: pixels whose scores are counted, and scores of all classes where these are many. More
# would cost a noticeable share of a validation, and tell little, since pixels beside each other have similar scores.
MOST_SCORED, MOST_SCORES = 1 << 12, 1 << 16
_LEAST_SCORED = 1 << 10  # of any number of classes
_OF_DIAGONAL = 0.0075  # the tolerance of a border as a share of the diagonal of the image, as Csurka et al. (2013)


def cells_of(targets: Tensor, predicted: Tensor, classes: int) -> Tensor:
    """(N, C, C) int64 counts of the pixels of each image, on their device; rows are the truth."""
    images = len(targets)
    # Pixels that do not count have a place of their own behind the cells, which is cheaper than leaving them out.
    # 32 bits, since moving 64 would take half of the time.
    truth = targets.int()
    places = torch.where(truth == UNCOUNTED, classes**2, truth * classes + predicted.int())
    counts = _counts_of_images(places.view(images, -1), classes**2 + 1)
    return counts[:, :-1].view(images, classes, classes)


def _counts_of_images(places: Tensor, size: int) -> Tensor:
    """(N, size) int64: how often each number from 0 to size - 1 is in each row of (N, P) int32 `places`."""
    images = len(places)
    rows = torch.arange(images, dtype=torch.int32, device=places.device).view(-1, 1) * size
    return torch.bincount((places + rows).flatten(), minlength=images * size).view(images, size)


def tolerance(height: int, width: int) -> int:
    """Return how far apart two borders may be to count as near each other, in px of an image of this size."""
    return max(1, round(_OF_DIAGONAL * math.hypot(height, width)))


def borders_of(targets: Tensor, predicted: Tensor, classes: int) -> Tensor:
    """(N, C, 4) int64 counts of the border pixels of each image.

    A border pixel has a pixel of another class above, below or beside it. The rims of the image, and of the pixels
    that do not count, are no borders.

    Returns:
        Pixels of the predicted border within the tolerance (Euclidean) of the true border of the same class, and all
        of it; of the true border within the tolerance of the predicted one, and all of it.
    """
    images, height, width = targets.shape
    distance = tolerance(height, width)
    # Rows lie one behind the other, with space that does not count after each row and each image: so a shift by rows
    # and columns is one of the whole, and compares bytes that lie side by side, which is many times faster.
    truth = functional.pad(targets.to(torch.uint8), (0, distance, 0, distance), value=UNCOUNTED).flatten()
    guess = functional.pad(predicted.to(torch.uint8), (0, distance, 0, distance), value=UNCOUNTED).flatten()
    guess = _uncounted_where(truth == UNCOUNTED, guess)
    row = width + distance
    true, found = _border(truth, row), _border(guess, row)
    near_found, near_true = _near(found, true, row, distance)
    parts = [
        part[:, :classes]
        for border, near in ((found, near_found), (true, near_true))
        for part in _tally(border.view(images, -1), near.view(images, -1))
    ]
    return torch.stack(parts, dim=2)


def _border(labels: Tensor, row: int) -> Tensor:
    """Return the labels of border pixels; UNCOUNTED elsewhere. All are (P,), in rows of a length."""
    counted = labels != UNCOUNTED
    edge = torch.zeros_like(counted)
    for shift in (1, row):
        differs = (labels[:-shift] != labels[shift:]) & counted[:-shift] & counted[shift:]
        edge[:-shift] |= differs
        edge[shift:] |= differs
    return _uncounted_where(~edge, labels)


def _uncounted_where(places: Tensor, labels: Tensor) -> Tensor:
    """Return uint8 labels with UNCOUNTED, all of whose bits are 1, at some places: faster than to fill in a mask."""
    return labels | places.view(torch.uint8).neg()


@cache
def _disc(distance: int) -> tuple[tuple[int, int], ...]:
    steps = range(-distance, distance + 1)
    return tuple((y, x) for y in steps for x in steps if y * y + x * x <= distance * distance)


def _near(one: Tensor, other: Tensor, row: int, distance: int) -> tuple[Tensor, Tensor]:
    """Return which pixels of each of two borders are near a pixel of the same class of the other; all are (P,)."""
    near_one, near_other = torch.zeros_like(one, dtype=torch.bool), torch.zeros_like(other, dtype=torch.bool)
    for y, x in _disc(distance):
        shift = y * row + x
        here, there = _overlap(len(one), shift), _overlap(len(one), -shift)
        same = one[here] == other[there]
        near_one[here] |= same
        near_other[there] |= same
    return near_one, near_other


def _overlap(size: int, shift: int) -> slice:
    """Return the places that are still within the size after a shift."""
    return slice(max(0, -shift), size - max(0, shift))


def _tally(border: Tensor, near: Tensor) -> tuple[Tensor, Tensor]:
    """Return (N, 256) counts by class of the near pixels of (N, P) borders, and of all of them."""
    counts = _counts_of_images(border.int() + (near.int() << 8), 512).view(-1, 2, 256)
    return counts[:, 1], counts.sum(dim=1)


def scores_of(outputs: Tensor, targets: Tensor) -> Tensor:
    """(2, C, B) int64 histograms of the pixels of each class and of all others by their log odds of the class.

    The bins are those of explorer.metrics.scores, in single precision: a score at the edge of a bin may be in the
    next one, and log odds beyond about 16 are equal. Of large images only the pixels of a regular grid are counted,
    at most `MOST_SCORED`, and fewer where their scores would be more than `MOST_SCORES`.

    Args:
        outputs: (N, C, S, S) logits.
        targets: (N, S, S) classes; UNCOUNTED is left out.
    """
    classes = outputs.shape[1]
    size = bins_for(classes)
    step = _step(targets.shape[1] * targets.shape[2], classes)
    grid = slice(step // 2, None, step)
    truth = targets[:, grid, grid].flatten()
    logs = outputs[:, :, grid, grid].float().log_softmax(dim=1).transpose(0, 1).reshape(classes, -1)
    # log p - log(1 - p), where 1 - p is exact for p near 1.
    odds = logs - torch.expm1(logs).neg_().clamp_min_(1e-8).log_()
    bins = odds.abs().add_(KNEE).reciprocal_().mul_(odds).add_(1).mul_(size / 2).int().clamp_(0, size - 1)
    counted = truth != UNCOUNTED
    bins[:, ~counted] = size  # behind all others
    whose = torch.arange(classes, device=outputs.device, dtype=torch.int32).view(-1, 1)
    each = torch.bincount((bins + whose * (size + 1)).flatten(), minlength=classes * (size + 1))
    own = bins.gather(0, truth.where(counted, 0)[None])[0]
    mine = torch.bincount(truth.where(counted, 0) * (size + 1) + own, minlength=classes * (size + 1))
    every, positives = (counts.view(classes, -1)[:, :size] for counts in (each, mine))
    return torch.stack([positives, every - positives])


def _step(pixels: int, classes: int) -> int:
    """Return how many rows and columns apart the pixels of the grid are."""
    most = max(_LEAST_SCORED, min(MOST_SCORED, MOST_SCORES // classes))
    return max(1, math.ceil(math.sqrt(pixels / most)))
