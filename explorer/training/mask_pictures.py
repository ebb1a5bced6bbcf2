"""Predicted masks of a validation as pictures, which pages show beside the true ones."""

from collections.abc import Iterable

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from explorer.runs.record.mask_budget import MaskBudget
from explorer.runs.record.masks import PredictedMasks

# Run lengths of differences to the row above suit masks. To try all filters of PNG, as OpenCV does by itself, takes
# three times as long, and the files are as large.
_PNG = [
    cv2.IMWRITE_PNG_COMPRESSION, 1, cv2.IMWRITE_PNG_STRATEGY, cv2.IMWRITE_PNG_STRATEGY_RLE,
    cv2.IMWRITE_PNG_FILTER, cv2.IMWRITE_PNG_FILTER_UP,
]  # fmt: skip


def as_png(mask: NDArray[np.uint8]) -> bytes:
    """(S, S) classes as an 8-bit gray PNG."""
    return cv2.imencode(".png", mask, _PNG)[1].tobytes()


class MaskPictures:
    """Keeps the predicted masks of one validation, of all images or of every 2nd, 4th and so on, see `MaskBudget`.

    How many images there are shows only as they come, so pictures are dropped again where there are too many.
    """

    def __init__(self) -> None:
        self._pictures: dict[int, bytes] = {}
        self._side = 1
        self._stride = 1

    def add(self, predicted: Tensor, places: Tensor) -> None:
        """Take in a batch of (N, S, S) predicted classes of the images at (N,) places."""
        found = places.tolist()
        self._side = predicted.shape[-1]
        self._reach(1 + max([*found, *self._pictures]))
        wanted = [at for at, place in enumerate(found) if place % self._stride == 0]
        if wanted:
            masks = predicted.to(torch.uint8)[wanted].cpu().numpy()
            self._pictures |= {found[at]: as_png(mask) for at, mask in zip(wanted, masks, strict=True)}

    def _reach(self, images: int) -> None:
        stride = max(self._stride, MaskBudget(images, self._side, epochs=1).stored)
        if stride > self._stride:
            self._pictures = {place: each for place, each in self._pictures.items() if place % stride == 0}
            self._stride = stride

    @property
    def part(self) -> PredictedMasks:
        """What was kept."""
        return PredictedMasks(self._side, self._pictures)


def joined(parts: Iterable[PredictedMasks]) -> PredictedMasks:
    """The masks of several processes, each of which has seen other images."""
    found = list(parts)
    pictures = {place: each for part in found for place, each in part.pictures.items()}
    side = found[0].side
    stride = MaskBudget(1 + max(pictures, default=0), side, epochs=1).stored
    return PredictedMasks(side, pictures).only(stride)
