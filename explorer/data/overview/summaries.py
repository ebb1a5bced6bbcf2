"""What the measurements of a data set amount to, with the sampling error where only some images were measured.

All take `measured` in the order of the contents, see `Measured.aligned`. Damaged images count for nothing here.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.data.contents import Contents
from explorer.data.overview.errors import bounds, error_of_mean
from explorer.data.overview.measured import Measured

Floats = NDArray[np.float64]
Places = NDArray[np.int64]
QUANTITIES = ("width", "height", "megapixels", "aspect", "bytes", "brightness", "contrast", "sharpness")
_SKEWED = ("sharpness", "megapixels", "aspect", "bytes")  # shown on a logarithmic axis


def counts(contents: Contents) -> Places:
    """Images of each part and class: (P, C + 1) int64, in the last column those without a label. Always exact.

    Where an image can have several labels, it counts for each of them.
    """
    columns = len(contents.classes) + 1
    if contents.several is not None:
        table = np.zeros((len(contents.parts), columns), np.int64)
        none = 1 - contents.several.max(axis=1, initial=0)
        np.add.at(table, contents.part, np.column_stack([contents.several, none]).astype(np.int64))
        return table
    label = np.where((contents.label < 0) | (contents.label >= columns - 1), columns - 1, contents.label)
    flat = contents.part.astype(np.int64) * columns + label
    return np.bincount(flat, minlength=len(contents.parts) * columns).reshape(-1, columns)


def quantity(measured: Measured, name: str) -> Floats:
    """One of QUANTITIES for each measured image, (M,); NaN for damaged images. aspect is width / height."""
    width, height = measured.width.astype(np.float64), measured.height.astype(np.float64)
    if name == "megapixels":
        values = width * height / 1e6
    elif name == "aspect":
        values = width / np.maximum(height, 1)
    else:
        values = np.asarray(getattr(measured, "size" if name == "bytes" else name), np.float64)
    return np.where(measured.usable, values, np.nan)


@dataclass(frozen=True, eq=False)
class Histogram:
    """How often values are in each of B bins.

    Attributes:
        edges: (B + 1,), ascending. The last bin includes its upper edge.
        counts: (B,), of the measured images.
        whole: (B,), the estimated counts in the whole data set.
        low, high: (B,), the 95 % interval of these; equal to them where all images were measured.
        log: whether the bins are equally wide on a logarithmic axis.
    """

    edges: Floats
    counts: Places
    whole: Floats
    low: Floats
    high: Floats
    log: bool

    def bin_of(self, values: Floats) -> Places:
        """The bin of each value, -1 for NaN and for values outside."""
        return _bin_of(self.edges, values)


def _bin_of(edges: Floats, values: Floats) -> Places:
    number = np.searchsorted(edges, values, side="right") - 1
    number = np.where(values == edges[-1], len(edges) - 2, number)
    inside = (values >= edges[0]) & (values <= edges[-1])
    return np.where(inside, number, -1).astype(np.int64)


def histogram(measured: Measured, name: str, bins: int = 30) -> Histogram:
    """The histogram of one of QUANTITIES."""
    values = quantity(measured, name)
    known = values[np.isfinite(values)]
    log = name in _SKEWED and len(known) > 0 and known.min() > 0 and known.max() > 4 * known.min()
    edges = _edges(known, bins, log)
    number = _bin_of(edges, known)
    found = np.bincount(number[number >= 0], minlength=len(edges) - 1)
    low, high = bounds(found, len(measured), measured.total)
    whole = found.astype(np.float64) * measured.total / max(len(measured), 1)
    return Histogram(edges, found, whole, low * measured.total, high * measured.total, log)


def _edges(known: Floats, bins: int, log: bool) -> Floats:
    if not len(known):
        return np.array([0.0, 1.0])
    low, high = float(known.min()), float(known.max())
    if low == high:
        return np.array([low - 0.5, low + 0.5])
    edges: Floats = np.geomspace(low, high, bins + 1) if log else np.linspace(low, high, bins + 1)
    edges[0], edges[-1] = low, high  # so that rounding leaves no value outside
    return edges


def rows_in(found: Histogram, measured: Measured, name: str, number: int) -> Places:
    """The rows of the images in a bin, as for a click on its bar."""
    return np.flatnonzero(found.bin_of(quantity(measured, name)) == number)


@dataclass(frozen=True)
class Size:
    """A size in px, the rows that have it, and the 95 % interval of its share in the whole data set."""

    width: int
    height: int
    rows: tuple[int, ...]
    low: float
    high: float


def sizes(measured: Measured, most: int = 20) -> tuple[Size, ...]:
    """The most frequent sizes of images, the most frequent first."""
    usable = np.flatnonzero(measured.usable)
    both = np.stack([measured.width[usable], measured.height[usable]], axis=1)
    found, inverse, number = np.unique(both, axis=0, return_inverse=True, return_counts=True)
    order = np.argsort(-number, kind="stable")[:most]
    low, high = bounds(number, len(measured), measured.total)
    return tuple(
        Size(
            int(found[at, 0]), int(found[at, 1]), tuple(usable[inverse == at].tolist()), float(low[at]), float(high[at])
        )
        for at in order
    )


@dataclass(frozen=True, eq=False)
class Channels:
    """Means and standard deviations of all pixels by channel, RGB, from 0 to 1, for `Normalize`.

    Each pixel counts the same, so large images count more.

    Attributes:
        mean, std: (3,).
        mean_error: (3,), the standard error of the means from sampling; 0 where all images were measured.
        images: how many were measured.
        large, drawn: how many of them are JPEGs that were measured at a part of their size, and on how many of these
            it was measured what that takes from the deviations.
    """

    mean: Floats
    std: Floats
    mean_error: Floats
    images: int
    large: int = 0
    drawn: int = 0


def channels(contents: Contents, measured: Measured, part: str = "train") -> Channels | None:
    """The channels of one part; of all images where there is no such part. None where no image of it was measured.

    The deviations are those of all pixels: what large JPEGs lose of them is added, see explorer.data.overview.fine.
    """
    chosen = measured.usable
    of_part = np.ones(len(contents), bool)
    if part in contents.parts:
        of_part = contents.part == contents.parts.index(part)
        chosen &= of_part[measured.index]
    if not chosen.any():
        return None
    weight = measured.width[chosen].astype(np.float64) * measured.height[chosen]
    weight /= weight.sum()
    means = measured.mean[chosen].astype(np.float64)
    fine, large, drawn = _fine(measured, chosen, weight)
    mean, square = weight @ means, weight @ measured.square[chosen].astype(np.float64) + fine
    error = error_of_mean(means, weight, mean, int(of_part.sum()))
    if not np.isfinite(square).all():
        return None
    return Channels(mean, np.sqrt(np.maximum(square - mean**2, 0)), error, int(chosen.sum()), large, drawn)


def _fine(measured: Measured, chosen: NDArray[np.bool_], weight: Floats) -> tuple[Floats, int, int]:
    """What all pixels add to the mean square of some images, and of how many large images how many say so.

    Large images that were not looked at count as those that were: of the same part, else of all. It is NaN where none
    could be read.
    """
    if not len(measured.fine):
        return np.zeros(3), 0, 0
    fine = measured.fine[chosen].astype(np.float64)
    unknown, drawn = np.isnan(fine).any(axis=1), np.isfinite(fine).all(axis=1) & fine.any(axis=1)
    total = weight[~unknown] @ fine[~unknown]
    if unknown.any():
        if drawn.any():
            usual = np.average(fine[drawn], axis=0, weights=weight[drawn])
        else:
            others = measured.fine[np.isfinite(measured.fine).all(axis=1) & measured.fine.any(axis=1)]
            usual = others.mean(axis=0) if len(others) else np.full(3, np.nan)
        total = total + weight[unknown].sum() * usual
    return total, int(unknown.sum() + drawn.sum()), int(drawn.sum())


@dataclass(frozen=True, eq=False)
class MaskAreas:
    """How much of the images each class of their masks takes.

    Attributes:
        share: (C,), mean share of the pixels of an image, over all images with a mask.
        error: (C,), standard error of these from sampling; 0 where all images were measured.
        images: (C,) int64, measured images in which the class appears.
        with_mask: measured images with a mask that can be read.
    """

    share: Floats
    error: Floats
    images: Places
    with_mask: int


def mask_areas(measured: Measured) -> MaskAreas | None:
    """The areas of the classes of masks; None where no mask was measured."""
    if measured.mask_area is None:
        return None
    area = measured.mask_area[np.isfinite(measured.mask_area).all(axis=1)].astype(np.float64)
    if not len(area):
        return None
    weight, share = np.full(len(area), 1 / len(area)), area.mean(axis=0)
    whole = round(measured.total * len(area) / len(measured))
    return MaskAreas(share, error_of_mean(area, weight, share, whole), (area > 0).sum(axis=0), len(area))


@dataclass(frozen=True, eq=False)
class Boxes:
    """The boxes of the measured images.

    Attributes:
        width, height: (B,), as shares of the image; NaN where the image does not decode.
        x, y: (B,), their centers as shares of the image, from the upper left corner.
        label: (B,) int64, classes.
        row: (B,) int64, rows of their images.
        empty: (B,) bool, those without a positive width and height.
        outside: (B,) bool, those that reach out of their image by more than half a pixel.
        counts: (C,) int64, boxes of each class.
        per_image: (M,) int64, boxes of each measured image.
    """

    width: Floats
    height: Floats
    x: Floats
    y: Floats
    label: Places
    row: Places
    empty: NDArray[np.bool_]
    outside: NDArray[np.bool_]
    counts: Places
    per_image: Places


def boxes(contents: Contents, measured: Measured) -> Boxes | None:
    """The boxes of the measured images; None where there are none."""
    if not len(measured.boxes):
        return None
    row, corners = measured.box_row, measured.boxes[:, :4].astype(np.float64)
    label = measured.boxes[:, 4].astype(np.int64)
    size = np.stack([measured.width[row], measured.height[row]], axis=1).astype(np.float64)
    size[size == 0] = np.nan
    extent = corners[:, 2:] - corners[:, :2]
    center = (corners[:, 2:] + corners[:, :2]) / 2 / size
    beyond = (corners[:, :2] < -0.5) | (corners[:, 2:] > size + 0.5)
    known = label[(label >= 0) & (label < len(contents.classes))]
    (width, height), (x, y) = (extent / size).T, center.T
    return Boxes(
        width,
        height,
        x,
        y,
        label,
        row,
        np.any(extent <= 0, axis=1),
        np.any(beyond, axis=1),
        np.bincount(known, minlength=len(contents.classes)),
        np.bincount(row, minlength=len(measured)),
    )
