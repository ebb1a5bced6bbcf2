"""Pairs of images of a data set, side by side in the grid and large."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from explorer.base.names import shown
from explorer.draw.data_pairs import PairPicture
from explorer.texts import Findings as T
from explorer.texts import RecordedImages
from explorer.ui.data.album import Album, class_of, part_name
from explorer.ui.data.opened import Opened
from explorer.ui.preview import wall
from explorer.ui.preview.wall import Caption, Picture

_ASPECT = 2.0


@dataclass(frozen=True, eq=False)
class PairAlbum:
    """Pairs of images by their number, for `preview.wall`."""

    album: Album
    pairs: NDArray[np.int64]

    def small(self, index: int) -> PairPicture:
        """Return the request for both images in one picture."""
        first, second = self.pairs[index].tolist()
        return PairPicture(self.album.small(first), self.album.small(second))

    def large(self, index: int) -> Sequence[Picture]:
        """Return both images."""
        both = [self.album.large(place)[0] for place in self.pairs[index].tolist()]
        titles = [self._title(place) for place in self.pairs[index].tolist()]
        return [
            replace(picture, name=str(number), title=title)
            for number, (picture, title) in enumerate(zip(both, titles, strict=True))
        ]

    def name(self, index: int) -> str:
        """Return the names of both."""
        contents = self.album.opened.contents
        first, second = (shown(contents.ids[place]) for place in self.pairs[index].tolist())
        return f"{first}{RecordedImages.BOTH}{second}"

    def caption(self, index: int) -> Caption:
        """Return the classes and the parts of both."""
        contents = self.album.opened.contents
        places = self.pairs[index].tolist()
        labels = [class_of(contents, place) or self.album.name(place) for place in places]
        parts = [part_name(contents, int(contents.part[place])) for place in places]
        title = labels[0] if len(set(labels)) == 1 else T.PAIR.format(first=labels[0], second=labels[1])
        return Caption(title, T.PAIR.format(first=parts[0], second=parts[1]))

    def _title(self, place: int) -> str:
        contents = self.album.opened.contents
        part = part_name(contents, int(contents.part[place]))
        return T.FIRST_IMAGE.format(part=part, name=shown(contents.ids[place]))


def show(opened: Opened, pairs: NDArray[np.int64], key: str, label: str) -> int | None:
    """Draw pairs of images, and return the number of the one that is open.

    Args:
        opened: The data set.
        pairs: (K, 2) places of images.
        key: The key of the grid.
        label: A description of the grid for screen readers.
    """
    found = PairAlbum(Album(opened), pairs)
    return wall.show(found, np.arange(len(pairs)), found.caption, key, label, aspect=_ASPECT, alone=True)
