"""Mixing the images of a batch: which with which, and how, follows from the place in the run and from nothing else.

MixUp: Zhang et al., https://arxiv.org/abs/1710.09412. CutMix: Yun et al., https://arxiv.org/abs/1905.04899.
One share for the whole batch, and the batch's own images as partners, as both papers do.
"""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Box = tuple[int, int, int, int]  # top, bottom, left, right in px; bottom and right are not part of it

_OWN = 0x6D6978  # keeps these draws apart from those of the same place that augment images


@dataclass(frozen=True, eq=False)
class Mix:
    """How one batch of N images is mixed.

    lam: share of the image itself, 0..1; of its partner 1 - lam. partners: (N,) int64, places in the batch.
    box: what CutMix takes from the partner; None for MixUp.
    """

    kind: Literal["mixup", "cutmix"]
    lam: float
    partners: NDArray[np.int64]
    box: Box | None = None


def plan(
    mixing: str, *, alpha: float, probability: float, place: tuple[int, int, int], size: tuple[int, int], count: int
) -> Mix | None:
    """How the batch at this place is mixed; None where it is not.

    mixing: "none", "mixup", "cutmix", or "both", which draws one of them. alpha: of Beta(alpha, alpha), which the share
    comes from. place: seed, epoch, batch, each from 0. size: height and width in px. count: images in the batch.
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
        # In 32 bits, as the pixels are: shown and trained images are then the same.
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
    """(N, H, W, 3) pixels -> the mixed ones, float32 in the same range."""
    own, partner = images.astype(np.float32), images[mix.partners].astype(np.float32)
    if mix.box is None:
        share = np.float32(mix.lam)
        return own * share + partner * (np.float32(1) - share)
    top, bottom, left, right = mix.box
    own[:, top:bottom, left:right] = partner[:, top:bottom, left:right]
    return own
