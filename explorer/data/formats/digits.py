"""Handwritten digits: `sklearn.datasets.load_digits`, 1,797 pictures of 8 × 8 px with 17 gray levels."""

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from explorer.data.dataset import Dataset, Split, stratified_split
from explorer.data.formats.spec import SHARE, TRAIN_AND_VAL, Ask, Known, Seed, Spec, ValFraction
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

    def whole(self, looking: "Looking | None" = None) -> Dataset:
        """The ten digits, split class by class."""
        del looking
        chosen = stratified_split(_digits()[1], self.val_fraction, self.seed)
        train, val = (_split(name, places) for name, places in zip(TRAIN_AND_VAL, chosen, strict=True))
        return Dataset("digits", CLASSES, train, val)

    @property
    def known(self) -> Known:
        val_images = round(COUNT * self.val_fraction)
        return Known((COUNT - val_images, val_images), SIDE, len(CLASSES))


@dataclass(frozen=True, eq=False)
class _Loader:
    """A class and not a closure, so that it can be pickled. places: of the samples among all digits."""

    places: NDArray[np.int64]

    def __call__(self, index: int) -> Sample:
        at = int(self.places[index])
        gray, label = digit(at), int(_digits()[1][at])
        mask = np.where(gray > INK, label + 1, 0).astype(np.uint8)
        return Sample(np.repeat(gray[:, :, None], 3, axis=2), mask=mask, label=label, id=_id(at))

    def source(self, index: int) -> str:
        """The words that say what a sample is made of; runs have recorded a hash of them."""
        return f"digit {int(self.places[index])} {SIDE} px {INK}"


def digit(at: int) -> NDArray[np.uint8]:
    """(SIDE, SIDE) uint8: the digit at a place, with bright ink."""
    import cv2

    return np.asarray(cv2.resize(_digits()[0][at], (SIDE, SIDE), interpolation=cv2.INTER_CUBIC), np.uint8)


@lru_cache(maxsize=1)
def _digits() -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    from sklearn.datasets import load_digits  # here: it costs a training on other images half a second

    bunch = load_digits()
    return np.rint(bunch.images * (255 / 16)).astype(np.uint8), bunch.target.astype(np.int64)


def _split(name: str, places: NDArray[np.int64]) -> Split:
    loader = _Loader(places)
    return Split(name, _digits()[1][places], tuple(map(_id, places)), loader, loader.source)


def _id(at: int) -> str:
    return f"digit-{at:04d}"
