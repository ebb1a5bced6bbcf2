"""Counts of boxes and keypoints by class, read from the annotations of a data set for a limited time."""

import time
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from explorer.data.contents import Contents

_MOST_S = 1.5  # some formats read a file for each image
_LOOK_EVERY = 64  # images between two looks at the clock


@dataclass(frozen=True, eq=False)
class Annotated:
    """What the annotations of R of the N images hold.

    Attributes:
        read: (R,) the places that were read, ascending: all of them, or a random part where that takes too long.
        kind: "boxes", "keypoints" or "masks"; "" where there are no annotations.
        counts: (C,) boxes or keypoints of each class.
        place, label: (A,) of each box or keypoint, the place of its image and its class.
        whole: Whether all images were read.
    """

    read: NDArray[np.int64]
    kind: str
    counts: NDArray[np.int64]
    place: NDArray[np.int64]
    label: NDArray[np.int64]
    whole: bool

    def images_with(self, label: int) -> NDArray[np.int64]:
        """The places of the images that have this class."""
        return np.unique(self.place[self.label == label])


_NONE = np.zeros(0, np.int64)
NOTHING = Annotated(_NONE, "", _NONE, _NONE, _NONE, True)


@lru_cache(maxsize=4)
def annotated_of(contents: Contents) -> Annotated:
    """Read the annotations of the images, in a random order until the time is over."""
    order = np.random.default_rng(0).permutation(len(contents))
    rows: dict[str, list[tuple[int, NDArray[np.float32]]]] = {"boxes": [], "keypoints": []}
    masks, done, begun = False, 0, time.monotonic()
    for place in order.tolist():
        if done % _LOOK_EVERY == 0 and time.monotonic() - begun > _MOST_S:
            break
        known = contents.annotations(place)
        done += 1
        masks |= known.mask is not None
        for kind, table in (("boxes", known.bboxes), ("keypoints", known.keypoints)):
            if table is not None and len(table):
                rows[kind].append((place, table[:, -1]))
    kind = next((kind for kind, found in rows.items() if found), "masks" if masks else "")
    found = rows.get(kind, [])
    place_of = np.repeat([place for place, _ in found], [len(table) for _, table in found]).astype(np.int64)
    label = np.concatenate([table for _, table in found]).astype(np.int64) if found else np.zeros(0, np.int64)
    known_classes = label[(label >= 0) & (label < len(contents.classes))]
    counts = np.bincount(known_classes, minlength=len(contents.classes)).astype(np.int64)
    return Annotated(np.sort(order[:done]), kind, counts, place_of, label, done == len(contents))
