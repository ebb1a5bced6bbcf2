"""The images whose Dice differs most between two compared runs, with both predicted masks beside the true one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import streamlit as st

from explorer.draw.masked import MaskThumbnail
from explorer.runs.overview import masks
from explorer.runs.overview.comparison import ChangedDice
from explorer.texts import Compare as T
from explorer.texts import Masks
from explorer.ui.compare.readers import Compared
from explorer.ui.components.markdown import escape
from explorer.ui.evidence import pictures, restoring
from explorer.ui.evidence.mask_images import MaskImages
from explorer.ui.evidence.pictures import Caption
from explorer.ui.preview.wall import Picture
from explorer.ui.run.sections import evidence_of
from explorer.ui.session.keys import widget_key

_LARGE = 640  # px
_MOST = 1_000  # images that are shown


def show(a: Compared, b: Compared, lower: Sequence[ChangedDice], higher: Sequence[ChangedDice]) -> None:
    """Draw the images whose Dice is lower in B, or those whose Dice is higher, the largest change first."""
    st.caption(escape(T.WHO_MASKS.format(a=a.name, b=b.name)))
    if not lower and not higher:
        st.info(T.NONE_CHANGED_DICE)
        return
    titles = {"lower": T.LOWER.format(count=len(lower)), "higher": T.HIGHER.format(count=len(higher))}
    side = st.segmented_control(
        T.SIDES, list(titles), default="lower" if lower else "higher", key=widget_key("compare_side_masks"),
        required=True, format_func=titles.__getitem__, label_visibility="collapsed",
    )  # fmt: skip
    images_a, images_b = _images(a), _images(b)
    if isinstance(images_a, str) or isinstance(images_b, str):
        st.info(escape(images_a if isinstance(images_a, str) else str(images_b)))
        return
    changed = {one.row_a: one for one in (lower if side == "lower" else higher)[:_MOST]}
    album = Album(images_a, images_b, *_epochs(a, b), changed)
    pictures.show(album, list(changed), album.caption, widget_key("mask_pictures", a.id, b.id), titles[side])


def _images(run: Compared) -> MaskImages | str:
    """The images of a run, or why they cannot be shown."""
    evidence = evidence_of(run.view)
    if evidence.images is None:
        with st.spinner(T.LOOKING_UP):
            why = restoring.restore(evidence)
        if why:
            return why
    source = pictures.of_validation(run.snapshot, evidence)
    return source if isinstance(source, str) else MaskImages(run.view, run.snapshot, source)


def _epochs(a: Compared, b: Compared) -> tuple[int, int]:
    """The best epochs, from 0, which have been compared."""
    assert a.best is not None
    assert b.best is not None
    return a.best.epoch, b.best.epoch


@dataclass(frozen=True, eq=False)
class Album:
    """The images of A by their place, with the masks of A at one epoch and those of B at another one."""

    a: MaskImages
    b: MaskImages
    epoch_a: int
    epoch_b: int
    changed: Mapping[int, ChangedDice]

    def small(self, index: int) -> MaskThumbnail:
        """Return the request for a small picture: the mask of B."""
        return self.b.painted(self.changed[index].row_b, self.epoch_b)

    def large(self, index: int) -> Sequence[Picture]:
        """Return the true mask, that of A and that of B for the large view."""
        row_b = self.changed[index].row_b
        requests = (
            (Masks.VIEWS["truth"], self.a.painted(index, None, side=_LARGE)),
            (T.PREDICTED_BY.format(side="A"), self.a.painted(index, self.epoch_a, side=_LARGE)),
            (T.PREDICTED_BY.format(side="B"), self.b.painted(row_b, self.epoch_b, side=_LARGE)),
        )
        return [Picture(f"large-{index}-{at}", title, one, one) for at, (title, one) in enumerate(requests)]

    def name(self, index: int) -> str:
        """Return the name of an image."""
        return self.a.source.name(index)

    def caption(self, index: int) -> Caption:
        """Return the words about an image: the Dice of both, and whose mask was not kept."""
        one = self.changed[index]
        sides = (("A", self.a, self.epoch_a, one.row_a), ("B", self.b, self.epoch_b, one.row_b))
        absent = [
            T.MASK_NOT_KEPT.format(side=side)
            for side, images, epoch, row in sides
            if masks.mask(images.view, epoch, row, images.side) is None
        ]
        words = T.DICE_OF_BOTH.format(a=one.a, b=one.b)
        return Caption(T.DICE_CHANGE.format(a=one.a, b=one.b), text=" ".join([words, *absent]), note=" ".join(absent))
