"""The frame in which before and after travel to the browser, as `preview.js` reads it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from explorer.draw.encoding import Classes, Encoded
from explorer.draw.frames import Frame, with_words

Outline = list[list[float]] | None


@dataclass(frozen=True)
class Caption:
    title: str
    detail: str


@dataclass(frozen=True)
class Fate:
    """What became of each node with a seed: its id, and "applied", "skipped" and so on. For the chip at the form."""

    seed: int
    statuses: Mapping[str, str]


NO_FATE = Fate(0, {})


def frame(
    before: Encoded,
    after: Encoded,
    captions: tuple[Caption, Caption],
    classes: Classes,
    words: Mapping[str, Any],
    remark: str = "",
    outline: Outline = None,
    fate: Fate = NO_FATE,
) -> bytes:
    """What travels to the browser.

    Args:
        before: What the step or the pipeline was given.
        after: What came of it.
        captions: The texts above the two.
        classes: Names and colors, for the layers and the legend.
        words: The texts of the component's own widgets.
        remark: A line below, about what is shown.
        outline: Corners on the image before, in its px: where what is shown after comes from.
        fate: What became of each node.
    """
    packed = Frame()
    return packed.pack(
        {
            "before": _side(before, packed),
            "after": _side(after, packed),
            "captions": {"before": vars(captions[0]), "after": vars(captions[1])},
            "colours": classes.colours,
            "names": classes.names,
            "first": classes.first,
            "outline": outline,
            "seed": fate.seed,
            "statuses": dict(fate.statuses),
            "words": dict(words),
            "remark": remark,
            "notice": "",
            "stale": False,
        }
    )


def _side(side: Encoded, packed: Frame) -> dict[str, Any]:
    return {
        "id": side.id,
        "width": side.width,
        "height": side.height,
        "type": side.type,
        "image": packed.place(side.picture),
        "mask": packed.place(side.mask),
        "boxes": side.boxes,
        "keypoints": side.keypoints,
    }


def stale(packed: bytes, notice: str) -> bytes:
    """The frame, marked as not the newest draft's with the reason; what became of its nodes is not that draft's."""
    return with_words(packed, notice=notice, stale=True, statuses={})
