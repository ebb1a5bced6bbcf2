"""Masks that nothing can be learned of, so that a run refuses them, and classes of masks that are rare or missing."""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from explorer.data.findings import classes
from explorer.data.findings.finding import Finding
from explorer.data.findings.seen import Seen
from explorer.data.mask_classes import mask_classes

UNEVEN = 10.0  # times as many pixels of the largest class as of the smallest
VERY_UNEVEN = 100.0


def find(seen: Seen) -> Iterable[Finding]:
    """Yield why the data set as a whole cannot be trained on, or else the images whose masks cannot be used.

    Where masks are what a run would learn, yield also classes that a part lacks, and how uneven their pixels are.
    """
    if seen.contents.refused:
        yield Finding("refused", "wrong", len(seen), values={"reason": seen.contents.refused})
        return
    trouble = seen.measured.mask_trouble
    rows = np.flatnonzero([row in trouble for row in seen.rows.tolist()])
    if len(rows):
        reasons = {int(seen.place[row]): trouble[int(seen.rows[row])] for row in rows}
        yield Finding(
            "mask_unusable", "wrong", len(rows), seen.place[rows], values={"reasons": reasons}, actions=("leave_out",)
        )
    if seen.measured.mask_area is not None and seen.contents.of_masks:
        yield from _of_classes(seen, seen.measured.mask_area)


def _of_classes(seen: Seen, area: NDArray[np.float32]) -> Iterable[Finding]:
    known = mask_classes(seen.contents.mask_classes, "auto")
    shares, part = area[seen.rows][:, known.values].astype(np.float64), seen.part
    readable = np.asarray(np.isfinite(shares).all(axis=1))
    if len(known.values) < 2 or not readable.any():
        return
    if len(seen) == seen.used.sum():  # otherwise an image that was not measured may show the class
        shown = (shares > 0) & readable[:, None]
        counts = np.stack([shown[part == one].sum(axis=0) for one in range(len(seen.contents.parts))])
        yield from classes.missing(seen, "mask_class_missing", known.classes, counts)
    if seen.train is not None and (readable & (part == seen.train)).any():
        yield from _imbalance(known.classes, shares[readable & (part == seen.train)])


def _imbalance(names: Sequence[str], shares: NDArray[np.float64]) -> Iterable[Finding]:
    """Yield how uneven the pixels of the classes are.

    Args:
        names: Of the C classes.
        shares: (M, C) the shares of the pixels of each training image.
    """
    whole = shares.mean(axis=0)
    shown = np.flatnonzero(whole)  # classes without any pixel are another finding
    least, most = int(shown[whole[shown].argmin()]), int(whole.argmax())
    if whole[most] < UNEVEN * whole[least]:
        return
    values = {
        "ratio": float(whole[most] / whole[least]),
        "most": (names[most], float(whole[most])),
        "least": (names[least], float(whole[least]), int((shares[:, least] > 0).sum())),
    }
    severe = whole[most] >= VERY_UNEVEN * whole[least]
    yield Finding("mask_imbalance", "check" if severe else "note", len(names), values=values, actions=("weights",))
