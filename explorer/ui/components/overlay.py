"""A picture with a map laid over it: the map and how opaque it is are chosen in the browser."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b

from explorer.draw import frames
from explorer.figures.palette import SALIENCY, rgb
from explorer.texts import Saliency as T
from explorer.ui.components.parts import component

_component = component("overlay", shared=("frame", "dom"))


@dataclass(frozen=True)
class Map:
    """A map over a picture.

    Attributes:
        title: The name by which it is chosen.
        alt: A description of the picture with the map.
        values: The rows of a square map, a byte for each place: 0 is transparent.
        note: Shown below the picture.
    """

    title: str
    alt: str
    values: bytes
    note: str = ""


def frame(picture: bytes, maps: Sequence[Map], side: int) -> bytes:
    """Pack the data for the browser.

    Args:
        picture: PNG or JPEG.
        maps: One or more maps to choose from, the first of which is shown at first.
        side: The width and height of each map.
    """
    words = {"choice": T.CLASS, "opacity": T.OPACITY, "little": T.LITTLE, "much": T.MUCH}
    return frames.pack(
        {
            "picture": picture,
            "maps": [vars(one) for one in maps],
            "side": side,
            "colors": [[share, *rgb(color)] for share, color in SALIENCY],
            "words": words,
            "revision": blake2b(b"".join([picture, *(one.values for one in maps)]), digest_size=8).hexdigest(),
        }
    )


def show(data: bytes, key: str) -> None:
    """Mount the picture, or update it with a new frame."""
    _component(data=data, key=key)
