"""Mixing the images of a batch; which ones are mixed and how depends only on the place in the run.

MixUp: Zhang et al., https://arxiv.org/abs/1710.09412. CutMix: Yun et al., https://arxiv.org/abs/1905.04899.
One share for the whole batch, and the batch's own images as partners, as both papers do.
"""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Box = tuple[int, int, int, int]  # top, bottom, left, right in px; bottom and right are not part of it

_OWN = 0x6D6978  # makes these draws different from those that augment images at the same place


@dataclass(frozen=True, eq=False)
class Mix:
    """How one batch of N images is mixed.

    Attributes:
        lam: Share of the image itself, 0 to 1; that of its partner is 1 - lam.
        partners: (N,) int64 places in the batch.
        box: The part that CutMix takes from the partner, None for MixUp.
    """

    kind: Literal["mixup", "cutmix"]
    lam: float
    partners: NDArray[np.int64]
    box: Box | None = None


def plan(
    mixing: str, *, alpha: float, probability: float, place: tuple[int, int, int], size: tuple[int, int], count: int
) -> Mix | None:
    """How the batch at this place is mixed, None if it is not.

    Args:
        mixing: "none", "mixup", "cutmix", or "both", which draws one of them.
        alpha: The share is drawn from Beta(alpha, alpha).
        probability: How often a batch is mixed, 0 to 1.
        place: Seed, epoch and batch, each from 0.
        size: Height and width in px.
        count: Number of images in the batch.
    """
    if mixing == "none" or count < 2:
        return None
    draw = np.random.default_rng([*place, _OWN])
    if draw.random() >= probability:
        return None
    cut = mixing == "cutmix" or (mixing == "both" and draw.random() < 0.5)
    lam = float(draw.beta(alpha, alpha))
    partners = draw.permutation(count).astype(np.int64)
    if not cut:
        # In 32 bits like the pixels, so that shown and trained images are equal.
        return Mix("mixup", float(np.float32(lam)), partners)
    box = _box(draw, size, lam)
    top, bottom, left, right = box
    return Mix("cutmix", 1 - (bottom - top) * (right - left) / (size[0] * size[1]), partners, box)


def _box(draw: np.random.Generator, size: tuple[int, int], lam: float) -> Box:
    """A box of about (1 - lam) of the image around a point anywhere in it, cut at the border."""
    height, width = size
    side = np.sqrt(1 - lam)
    cut_height, cut_width = int(height * side), int(width * side)
    row, column = int(draw.integers(height)), int(draw.integers(width))
    top, left = max(row - cut_height // 2, 0), max(column - cut_width // 2, 0)
    bottom, right = min(row + cut_height // 2, height), min(column + cut_width // 2, width)
    return top, bottom, left, right


def apply(images: NDArray[Any], mix: Mix) -> NDArray[np.float32]:
    """Mix (N, H, W, 3) pixels; the result is float32 in the same range."""
    own, partner = images.astype(np.float32), images[mix.partners].astype(np.float32)
    if mix.box is None:
        share = np.float32(mix.lam)
        return own * share + partner * (np.float32(1) - share)
    top, bottom, left, right = mix.box
    own[:, top:bottom, left:right] = partner[:, top:bottom, left:right]
    return own


def paste(masks: NDArray[np.uint8], mix: Mix) -> NDArray[np.uint8]:
    """Paste the boxes of CutMix into (N, H, W) masks, as `apply` does for their images."""
    assert mix.box is not None  # masks are not blended
    top, bottom, left, right = mix.box
    found = masks.copy()
    found[:, top:bottom, left:right] = masks[mix.partners][:, top:bottom, left:right]
    return found
