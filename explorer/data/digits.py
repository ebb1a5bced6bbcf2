"""Handwritten digits: `sklearn.datasets.load_digits`, 1,797 pictures of 8 × 8 px with 17 grey levels."""

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from explorer.data.dataset import Dataset, Split, stratified_split
from explorer.data.sample import Sample
from explorer.data.specs import DigitsSpec

SIDE = 64  # px; enlarged, so that augmentation has pixels to work on
CLASSES = tuple("0123456789")
INK = 96  # of 255: brighter pixels count as the digit in its mask


@dataclass(frozen=True, eq=False)
class _Loader:
    """A class and not a closure, so that it can be pickled."""

    name: str
    indices: NDArray[np.int64]

    def __call__(self, index: int) -> Sample:
        images, labels = _digits()
        at = int(self.indices[index])
        grey = cv2.resize(images[at], (SIDE, SIDE), interpolation=cv2.INTER_CUBIC)
        image = np.repeat(grey[:, :, None], 3, axis=2)
        return Sample(image, mask=(grey > INK).astype(np.uint8), label=int(labels[at]), id=f"digit-{at:04d}")

    def source(self, index: int) -> str:
        """What a sample is made of."""
        return f"digit {int(self.indices[index])} {SIDE} px {INK}"


@lru_cache(maxsize=1)
def _digits() -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    from sklearn.datasets import load_digits  # here: it costs a training on other images half a second

    bunch = load_digits()
    return np.rint(bunch.images * (255 / 16)).astype(np.uint8), bunch.target.astype(np.int64)


def open_digits(spec: DigitsSpec) -> Dataset:
    """The ten digits, split class by class."""
    labels = _digits()[1]
    splits = stratified_split(labels, spec.val_fraction, spec.seed)
    train, val = (_split(_Loader(name, chosen), labels) for name, chosen in zip(("train", "val"), splits, strict=True))
    return Dataset("digits", CLASSES, train, val)


def _split(loader: _Loader, labels: NDArray[np.int64]) -> Split:
    ids = tuple(f"digit-{at:04d}" for at in loader.indices)
    return Split(loader.name, labels[loader.indices], ids, loader, loader.source)
