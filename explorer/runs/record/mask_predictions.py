"""What a prediction of masks stores besides shares: a PNG for each image, and counts of its pixels where masks exist.

The files of a part are written before the part itself, which says that they are complete.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from explorer.base import npz, png
from explorer.base.atomic import write_bytes_atomic
from explorer.base.inside import read_inside
from explorer.runs.record import predictions
from explorer.runs.record.paths import RunPaths
from explorer.runs.record.predictions import Predictions, PredictionsError, Scores

_MOST_PIXELS = 64_000_000  # as of images, see explorer.data.sample
_FIELDS = ("shares", "plain_shares", "known", "margins", "plain_margins", "each_margins")


@dataclass(frozen=True, eq=False)
class MaskCounts:
    """Counts of n images, C classes and K networks.

    Attributes:
        shares: (n, C) float32, the share of the pixels of the predicted mask in each class.
        plain_shares: The same without test-time augmentation.
        known: (n,) whether the image has a true mask.
        margins: (n, C, 3) int64 pixels of a class that are predicted as it, of the class, predicted as the class; 0
            where the true mask is not known.
        plain_margins: The same without test-time augmentation.
        each_margins: (K, n, C, 3), of each network alone.
    """

    shares: Scores
    plain_shares: Scores
    known: NDArray[np.bool_]
    margins: NDArray[np.int64]
    plain_margins: NDArray[np.int64]
    each_margins: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class MaskPredictions:
    """Predictions of masks: the scores of an image are the shares of its pixels, and its class is the largest one."""

    of: Predictions
    counts: MaskCounts


def mask_path(paths: RunPaths, place: int) -> Path:
    """The PNG of the image at a place in the list of all images."""
    return paths.predictions / "masks" / f"{place:07d}.png"


def write_mask(paths: RunPaths, place: int, content: bytes) -> None:
    """Write the PNG of an image in one step. Raises OSError."""
    path = mask_path(paths, place)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_bytes_atomic(path, content)


def read_mask(paths: RunPaths, place: int) -> bytes:
    """Read the PNG of an image, whose head says that its pixels are values; it is not decoded.

    Raises PredictionsError where it is missing, or where what is there, such as a link, is none of our masks.
    """
    path = mask_path(paths, place)
    try:
        inside = path.relative_to(paths.root).parts
        content = read_inside(paths.root, *inside, most=png.most_bytes(_MOST_PIXELS, 1))
        head = png.head(content)
        if head.depth > 8 or head.color not in (png.GRAY, png.PALETTE):
            raise ValueError("it is no PNG of values of 8 bits")
        if head.width * head.height > _MOST_PIXELS or len(content) > png.most_bytes(head.width, head.height):
            raise ValueError(f"it says {head.width:,} × {head.height:,} px and has {len(content):,} bytes")
    except (OSError, ValueError) as error:
        reason = error.strerror or error if isinstance(error, OSError) else error
        raise PredictionsError(f"{path} cannot be read as a predicted mask: {reason}") from error
    return content


def write_counts(paths: RunPaths, number: int, counts: MaskCounts) -> None:
    """Write the counts of a part in one step. Raises OSError."""
    npz.write(_path(paths, number), vars(counts))


def read(paths: RunPaths) -> MaskPredictions | None:
    """Read all parts that are there; None before the first one. Raises PredictionsError for damaged files."""
    found = predictions.read(paths)
    if found is None:
        return None
    networks, images, classes = found.each.shape
    parts = [_read_counts(paths, number, networks, classes) for number in predictions.finished(paths)]
    counts = _joined(parts)
    if len(counts.shares) != images:
        raise PredictionsError(f"The counts in {paths.predictions} do not belong to its parts.")
    of = replace(
        found, scores=counts.shares, plain=counts.plain_shares, predicted=counts.shares.argmax(axis=1),
        plain_predicted=counts.plain_shares.argmax(axis=1),
    )  # fmt: skip
    return MaskPredictions(of, counts)


def _path(paths: RunPaths, number: int) -> Path:
    return paths.predictions / f"counts-{number}.npz"


def _read_counts(paths: RunPaths, number: int, networks: int, classes: int) -> MaskCounts:
    with npz.reading(_path(paths, number), PredictionsError, "counts of masks") as found:
        counts = MaskCounts(
            found["shares"].astype(np.float32),
            found["plain_shares"].astype(np.float32),
            found["known"].astype(bool),
            found["margins"].astype(np.int64),
            found["plain_margins"].astype(np.int64),
            found["each_margins"].astype(np.int64),
        )
        _check(counts, networks, classes)
        return counts


def _check(counts: MaskCounts, networks: int, classes: int) -> None:
    images = len(counts.known)
    expected = {
        "shares": (images, classes),
        "plain_shares": (images, classes),
        "known": (images,),
        "margins": (images, classes, 3),
        "plain_margins": (images, classes, 3),
        "each_margins": (networks, images, classes, 3),
    }
    for name, shape in expected.items():
        values = getattr(counts, name)
        if values.shape != shape:
            raise ValueError(f"{name} must be {shape}; got {values.shape}")
        if not (np.isfinite(values) & (values >= 0)).all():
            raise ValueError(f"{name} has values that are negative or not finite")


def _joined(found: Sequence[MaskCounts]) -> MaskCounts:
    arrays = {
        name: np.concatenate([getattr(one, name) for one in found], axis=1 if name == "each_margins" else 0)
        for name in _FIELDS
    }
    return MaskCounts(**arrays)
