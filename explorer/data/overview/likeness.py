"""How alike two images are by their thumbnails, also where one is a crop of the other.

The plain correlation of thumbnails is high for all images of a set with a common layout, such as X-rays or digits. So
what is usual in the set is taken away first: the thumbnails are centered at their mean, and directions in which they
vary a lot count less (a regularized whitening by principal components). Chance pairs then come out near 0.
"""

from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from explorer.data.overview.measured import THUMBNAIL

_REGULARIZATION = 4.0  # times the mean variance of a pixel; less makes small details of crops count too much
_COMPONENTS = 64
_MOST_LEARNED = 20_000  # thumbnails that the components are computed from
_HOPELESS = 0.5  # pairs that are less alike are no crops of each other
_MOST_CROPPED = 2_000_000  # pairs that are compared with crops
_CROP = 0.9  # of the sides: more sizes and places find no more of the planted crops
_AT_ONCE = 100_000
_TINY = 1e-6

Places = NDArray[np.int64]
Floats = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Space:
    """Where thumbnails are compared. mean: (256,). basis: (256, K), whitening."""

    mean: Floats
    basis: Floats

    @classmethod
    def of(cls, thumbnails: NDArray[np.uint8]) -> "Space":
        """The space of a set of thumbnails, (N, 16, 16)."""
        step = max(1, len(thumbnails) // _MOST_LEARNED)
        values = _standard(_flat(thumbnails[::step]))
        mean = values.mean(axis=0)
        centered = values - mean
        variance, directions = np.linalg.eigh(centered.T @ centered / max(len(values) - 1, 1))
        variance = np.maximum(variance, 0)
        scale = 1 / np.sqrt(variance + _REGULARIZATION * max(float(variance.mean()), _TINY))
        basis = directions[:, ::-1] * scale[::-1]
        return cls(mean, np.ascontiguousarray(basis[:, :_COMPONENTS], np.float32))

    def features(self, flat: Floats) -> Floats:
        """Vectors of length 1 whose products say how alike thumbnails are: (N, 256) to (N, K)."""
        found = [np.zeros((0, self.basis.shape[1]), np.float32)]
        for start in range(0, len(flat), _AT_ONCE):
            projected = (_standard(flat[start : start + _AT_ONCE]) - self.mean) @ self.basis
            length = np.linalg.norm(projected, axis=1, keepdims=True)
            found.append(projected / np.maximum(length, _TINY))
        return np.concatenate(found)


def likeness(thumbnails: NDArray[np.uint8], first: Places, second: Places, enough: float) -> tuple[Floats, bool]:
    """How alike pairs of thumbnails are.

    Args:
        thumbnails: (N, 16, 16), of the whole set.
        first, second: (P,), the pairs.
        enough: pairs that are so much alike are not compared with crops.

    Returns:
        (P,), at most 1; and whether crops were looked for, which too many pairs prevent.
    """
    space = Space.of(thumbnails)
    used, at = np.unique(np.concatenate([first, second]), return_inverse=True)
    flat, one, two = _flat(thumbnails[used]), at[: len(first)], at[len(first) :]
    whole = space.features(flat)
    alike = _products(whole, one, whole, two)
    doubtful = np.flatnonzero((alike < enough) & (alike >= _HOPELESS))
    if len(doubtful) > _MOST_CROPPED:
        return alike, False
    if len(doubtful):
        alike[doubtful] = np.maximum(alike[doubtful], _cropped(space, flat, one[doubtful], two[doubtful]))
    return alike, True


def _cropped(space: Space, flat: Floats, one: Places, two: Places) -> Floats:
    """How alike pairs are if one of both is cropped in the best way."""
    used, at = np.unique(np.concatenate([one, two]), return_inverse=True)
    flat, one, two = flat[used], at[: len(one)], at[len(one) :]
    whole, best = space.features(flat), np.zeros(len(one), np.float32)
    for crop in _crops():
        cropped = space.features(flat @ crop)
        for part, other in ((one, two), (two, one)):
            best = np.maximum(best, _products(cropped, part, whole, other))
    return best


def _products(one: Floats, first: Places, two: Floats, second: Places) -> Floats:
    found = [np.zeros(0, np.float32)]
    for start in range(0, len(first), _AT_ONCE):
        some = slice(start, start + _AT_ONCE)
        found.append(np.einsum("ij,ij->i", one[first[some]], two[second[some]]))
    return np.concatenate(found)


def _flat(thumbnails: NDArray[np.uint8]) -> Floats:
    return thumbnails.reshape(len(thumbnails), THUMBNAIL * THUMBNAIL).astype(np.float32)


def _standard(flat: Floats) -> Floats:
    centered = flat - flat.mean(axis=1, keepdims=True)
    return np.asarray(centered / np.maximum(np.linalg.norm(centered, axis=1, keepdims=True), _TINY), np.float32)


def _crops() -> list[Floats]:
    """Matrices (256, 256) that make the thumbnail of a crop of a thumbnail: at its center and in its corners."""
    first, middle, last = (_line(_CROP, (1 - _CROP) * place) for place in (0.0, 0.5, 1.0))
    corners = product((first, last), repeat=2)
    return [np.kron(down, across).T for down, across in ((middle, middle), *corners)]


def _line(scale: float, offset: float) -> Floats:
    """The matrix that resamples a line of 16 values to 16 values of a part of it, linearly."""
    centers = (offset + scale * (np.arange(THUMBNAIL) + 0.5) / THUMBNAIL) * THUMBNAIL - 0.5
    left = np.clip(np.floor(centers).astype(int), 0, THUMBNAIL - 2)
    share = np.clip(centers - left, 0, 1)
    matrix = np.zeros((THUMBNAIL, THUMBNAIL), np.float32)
    matrix[np.arange(THUMBNAIL), left] = 1 - share
    matrix[np.arange(THUMBNAIL), left + 1] += share
    return matrix
