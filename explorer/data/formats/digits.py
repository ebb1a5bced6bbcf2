"""Handwritten digits: `sklearn.datasets.load_digits`, 1,797 pictures of 8 × 8 px with 17 grey levels."""

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from explorer.data.dataset import Dataset, Split, stratified_split
from explorer.data.formats.spec import SHARE, Ask, Seed, Spec, ValFraction
from explorer.data.sample import Sample

if TYPE_CHECKING:
    from explorer.data.inspection import Looking

COUNT = 1797
SIDE = 64  # px; enlarged, so that augmentation has pixels to work on
CLASSES = tuple("0123456789")
INK = 96  # of 255: brighter pixels count as the digit in its mask


class DigitsSpec(Spec):
    """scikit-learn's 1,797 handwritten digits of 8 × 8 px."""

    title: ClassVar[str] = "Handwritten digits"
    choice: ClassVar[str] = "digits"
    asks: ClassVar[tuple[Ask, ...]] = (SHARE,)
    network_size: ClassVar[int] = SIDE

    kind: Literal["digits"] = "digits"
    val_fraction: ValFraction = 0.2
    seed: Seed = 0

    def open(self, looking: "Looking | None" = None) -> Dataset:
        """The ten digits, split class by class."""
        del looking
        labels = _digits()[1]
        splits = stratified_split(labels, self.val_fraction, self.seed)
        train, val = (
            _split(_Loader(name, chosen), labels) for name, chosen in zip(("train", "val"), splits, strict=True)
        )
        return Dataset("digits", CLASSES, train, val)

    def as_picture(self, sample: Sample) -> Sample:
        """A digit whose mask has the value of its class, as elsewhere: digits come with 1 for ink."""
        mask = None if sample.mask is None or sample.label is None else sample.mask * np.uint8(sample.label + 1)
        return replace(sample, mask=mask)

    @property
    def counts(self) -> tuple[int, int]:
        val_images = round(COUNT * self.val_fraction)
        return COUNT - val_images, val_images

    @property
    def image_side(self) -> int:
        return SIDE

    @property
    def class_count(self) -> int:
        return len(CLASSES)


@dataclass(frozen=True, eq=False)
class _Loader:
    """A class and not a closure, so that it can be pickled."""

    name: str
    indices: NDArray[np.int64]

    def __call__(self, index: int) -> Sample:
        at = int(self.indices[index])
        grey, label = digit(at), int(_digits()[1][at])
        image = np.repeat(grey[:, :, None], 3, axis=2)
        return Sample(image, mask=(grey > INK).astype(np.uint8), label=label, id=f"digit-{at:04d}")

    def source(self, index: int) -> str:
        """What a sample is made of."""
        return f"digit {int(self.indices[index])} {SIDE} px {INK}"


def digit(at: int) -> NDArray[np.uint8]:
    """(SIDE, SIDE) of the digit at a place, ink is bright."""
    import cv2

    return np.asarray(cv2.resize(_digits()[0][at], (SIDE, SIDE), interpolation=cv2.INTER_CUBIC), np.uint8)


@lru_cache(maxsize=1)
def _digits() -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    from sklearn.datasets import load_digits  # here: it costs a training on other images half a second

    bunch = load_digits()
    return np.rint(bunch.images * (255 / 16)).astype(np.uint8), bunch.target.astype(np.int64)


def _split(loader: _Loader, labels: NDArray[np.int64]) -> Split:
    ids = tuple(f"digit-{at:04d}" for at in loader.indices)
    return Split(loader.name, labels[loader.indices], ids, loader, loader.source)
