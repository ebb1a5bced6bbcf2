"""Images that cannot be decoded, show one color, or are far from all others in brightness or size."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from explorer.data.findings.finding import Action, Code, Finding, Severity
from explorer.data.findings.seen import Seen

FLAT = 1.5  # gray values: the deviation of an image of one color, with the noise of its compression
FAR = 6.0  # robust deviations from the median
BRIGHTER = 40.0  # gray values: an image that is nearer to the median is not far off, however alike the others are
SMALL_SIDE = 16  # px
MANY_TIMES = 16.0  # as many or as few pixels as the median image has
MOST = 0.02  # of the images: where more are far off, the data set is varied and has no outliers
FEWEST = 30  # images: among fewer none is far from the others

_OUT: tuple[Action, ...] = ("leave_out",)


def find(seen: Seen) -> Iterable[Finding]:
    """Yield single images to look at."""
    yield from _undecodable(seen)
    flat = seen.decoded & (seen.column(seen.measured.contrast) < FLAT) & _gray_or_flat(seen)
    contrast = seen.column(seen.measured.contrast)
    yield from _images(seen, flat, contrast, "single_color", "check")
    rest = seen.decoded & ~flat
    brightness = seen.column(seen.measured.brightness)
    far = _far(brightness, rest) & (np.abs(brightness - _median(brightness, rest)) > BRIGHTER)
    yield from _few(seen, far, -np.abs(brightness - _median(brightness, rest)), "brightness_far")
    area = np.log2(np.maximum(seen.column(seen.measured.width) * seen.column(seen.measured.height), 1.0))
    away = np.abs(area - _median(area, rest))
    side = np.minimum(seen.column(seen.measured.width), seen.column(seen.measured.height))
    usual = _median(side, rest) >= 2 * SMALL_SIDE
    size = rest & ((away >= np.log2(MANY_TIMES)) | ((side < SMALL_SIDE) & usual))
    yield from _few(seen, size, -away, "size_far")


def _undecodable(seen: Seen) -> Iterable[Finding]:
    rows = np.flatnonzero(~seen.decoded)
    if len(rows):
        reasons = {int(seen.place[row]): seen.measured.trouble[int(seen.rows[row])] for row in rows}
        yield Finding(
            "undecodable", "wrong", len(rows), seen.place[rows], values={"reasons": reasons}, actions=_OUT
        )  # fmt: skip


def _gray_or_flat(seen: Seen) -> NDArray[np.bool_]:
    """Return which images have one color in each channel: gray values alone are the same for some patterns."""
    spread = seen.measured.square[seen.rows] - seen.measured.mean[seen.rows] ** 2
    return np.asarray(spread.max(axis=1, initial=0.0) < (2 * FLAT / 255) ** 2)


def _median(values: NDArray[np.float64], among: NDArray[np.bool_]) -> float:
    return float(np.median(values[among])) if among.any() else 0.0


def _far(values: NDArray[np.float64], among: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return which values are far from the median in units of the median absolute deviation (Leys et al., 2013)."""
    away = np.abs(values - _median(values, among))
    return among & (away > FAR * 1.4826 * _median(away, among))


def _few(seen: Seen, found: NDArray[np.bool_], order: NDArray[np.float64], code: Code) -> Iterable[Finding]:
    if len(seen) >= FEWEST and found.sum() <= max(1, MOST * len(seen)):
        yield from _images(seen, found, order, code, "note")


def _images(
    seen: Seen, found: NDArray[np.bool_], order: NDArray[np.float64], code: Code, severity: Severity
) -> Iterable[Finding]:
    rows = np.flatnonzero(found)
    if len(rows):
        rows = rows[np.argsort(order[rows], kind="stable")]
        yield Finding(code, severity, len(rows), seen.place[rows], actions=_OUT)
