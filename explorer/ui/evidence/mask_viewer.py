"""One validation image with its masks through all epochs, and a wall of all images to choose from."""

import numpy as np
from numpy.typing import NDArray

from explorer.draw.masked import MaskedCard
from explorer.figures.charts import planned_epochs
from explorer.texts import Masks as T
from explorer.ui.background.fills import Drawings, Task
from explorer.ui.components import masks
from explorer.ui.components.masks import Place, Shown
from explorer.ui.evidence import mask_pixel
from explorer.ui.evidence.mask_images import Cell, MaskImages
from explorer.ui.evidence.mask_looking import Looking
from explorer.ui.preview.wall import PATIENCE, Refused

_MS = 30.0  # expected time of reading an image with its mask
PIECE = 12  # epochs before and after the one that is shown whose masks are sent with it
_known = Drawings(200)

Indices = NDArray[np.int64]


def show(
    images: MaskImages,
    looking: Looking,
    order: Indices,
    best: int | None,
    key: str,
    *,
    cell: Cell | None = None,
    words: str = T.PLACE,
) -> None:
    """Draw the image that is looked at.

    Args:
        images: The images of a run.
        looking: What this session looks at.
        order: The places of images, in which one moves on to the next.
        best: The best epoch, from 0.
        key: The key of the component.
        cell: Of the confusion matrix: only its pixels are colored as a difference.
        words: Says which image of the order it is, with {place} and {count}.
    """
    if looking.image is None or looking.image >= len(images.source.ids):
        looking.image = int(order[0])
    index = looking.image
    card, message = _card(images, looking, index)
    at = np.flatnonzero(order == index)
    place = int(at[0]) if len(at) else -1
    shown = Shown(
        key=key, names=images.names, colors=images.colors, hidden=images.hidden, side=images.side,
        epochs=images.epochs(index, _wanted(images, looking, best)), best=best,
        latest=images.snapshot.latest_epoch,
        planned=planned_epochs(images.snapshot), image=index, name=images.source.name(index),
        place=words.format(place=place + 1, count=len(order)) if place >= 0 else "",
        previous=int(order[place - 1]) if place > 0 else None,
        next=int(order[place + 1]) if place + 1 < len(order) else None,
        card=card, message=message, cell=cell, focus=looking.focus,
        pixel=mask_pixel.known(images, looking), asked=looking.asked,
    )  # fmt: skip

    def click(clicked: Place) -> None:
        if clicked.image < len(images.source.ids) and max(clicked.x, clicked.y) < images.side:
            looking.click(clicked)

    def look(wanted: int) -> None:
        if wanted < len(images.source.ids):
            looking.look(wanted)

    def leave(_: str) -> None:
        looking.place = None

    masks.show(
        masks.frame(shown, looking.sent), key, on_look=look, on_settle=looking.settle, on_pixel=click, on_leave=leave,
        on_fetch=looking.fetch, on_missing=lambda _: looking.sent.clear(),
    )  # fmt: skip
    mask_pixel.progress(looking)


def _wanted(images: MaskImages, looking: Looking, best: int | None) -> set[int]:
    """The epochs whose masks of the image are sent: those near the one that is shown, and what was sent before.

    All masks of a long run are megabytes for each image.
    """
    numbers = [point.epoch for point in images.snapshot.epochs]
    shown = [one for one in (looking.near, looking.epoch, best, images.snapshot.latest_epoch) if one in numbers]
    at = numbers.index(shown[0])
    return looking.need(shown, numbers[max(0, at - PIECE) : at + PIECE + 1])


def _card(images: MaskImages, looking: Looking, index: int) -> tuple[MaskedCard | None, str]:
    """The image with its true mask, or None and why it cannot be shown, "" while it is read."""
    request = images.input(index)
    tasks = [Task(request, _MS, request, Refused)]
    renewed = looking.fill.renewed(tasks, _known)
    looking.fill = renewed or looking.fill
    looking.fill.wait(0.0 if renewed is None else PATIENCE)
    found = looking.fill.get(request)
    if isinstance(found, MaskedCard):
        looking.asked = 0
        return found, ""
    looking.asked += 1
    return None, found.message if isinstance(found, Refused) else ""
