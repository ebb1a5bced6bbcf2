"""Shows the first images of the first batch of an epoch, as the network gets them."""

import base64
import html

import streamlit as st

from explorer.augment.apply import AugmentError
from explorer.data.dataset import Dataset, DatasetError
from explorer.data.sample import SampleError
from explorer.data.stored import ImageError
from explorer.draw import batch
from explorer.draw.batch import SHOWN, SIDE, SeenImages
from explorer.draw.drawing import DrawingError
from explorer.draw.requests import FirstBatch
from explorer.draw.training import decided
from explorer.figures.palette import CLASS_COLORS, rgb
from explorer.runs.spec.config import RunConfig
from explorer.texts import Train as T
from explorer.ui.background import asking, endings, slow
from explorer.ui.components.markdown import escape
from explorer.ui.session.keys import Key, widget_key

NAMED = 2  # classes of a mask below its image
SLOW_MS = 2_000.0  # images that take longer are drawn after a click only
_STRIP = (
    '<div style="display:grid;grid-template-columns:repeat({columns},minmax(0,1fr));gap:0.4rem" '
    'role="list">{cards}</div>'
)
_CARD = (
    '<figure role="listitem" style="margin:0"><img src="data:image/jpeg;base64,{data}" alt="{alt}" '
    'style="width:100%;aspect-ratio:1;display:block;border-radius:4px;image-rendering:{rendering}">'
    '<figcaption style="font-size:0.72rem;line-height:1.25;margin-top:0.2rem;opacity:0.8">{caption}</figcaption>'
    "</figure>"
)


def show(config: RunConfig | None, dataset: Dataset | None) -> None:
    """Draw the images and the choice of the epoch. `config` is None if the form has errors."""
    if config is not None and dataset is not None:
        st.session_state[Key.TRAIN_SEEN] = config, dataset
    elif Key.TRAIN_SEEN not in st.session_state:
        st.caption(T.SEEN_NOT)
        return
    st.fragment(_strip)(*st.session_state[Key.TRAIN_SEEN])
    if config is None:
        st.caption(T.SEEN_LAST)


def _strip(config: RunConfig, dataset: Dataset) -> None:
    # A shortened run may not have the epoch that was chosen.
    if st.session_state.get(Key.TRAIN_EPOCH, 1) > config.epochs:
        st.session_state[Key.TRAIN_EPOCH] = config.epochs
    st.number_input(T.SEEN_EPOCH, 1, config.epochs, key=Key.TRAIN_EPOCH, width=130)
    if not _allowed(config):
        return
    epoch = int(st.session_state[Key.TRAIN_EPOCH]) - 1
    try:
        seen = _drawn(batch.key(config, epoch), config, dataset, epoch)
    except (AugmentError, DatasetError, ImageError, SampleError) as error:
        st.warning(escape(T.SEEN_FAILED.format(reason=error)))
        return
    except DrawingError as error:
        st.warning(escape(T.SEEN_FAILED.format(reason=endings.words(error, config.pipeline, batch.size(config)))))
        return
    st.html(_html(seen, dataset.classes))
    if seen.shares:
        st.caption(T.SEEN_MASKS)
    if seen.shares and seen.share is not None:
        st.caption(T.SEEN_PASTED.format(share=1 - seen.share))
    if config.mixing != "none" and seen.share is None:
        st.caption(T.SEEN_PLAIN)
    if seen.scaled:
        st.caption(T.SEEN_SCALED)


def _allowed(config: RunConfig) -> bool:
    """Return whether the images are quick to draw, or the person has asked for them."""
    count = SHOWN if config.mixing == "none" else 2 * SHOWN
    milliseconds = count * slow.cost(config.pipeline, batch.size(config)).milliseconds
    if milliseconds <= SLOW_MS or st.session_state.get(Key.TRAIN_DRAWN) == config.pipeline.key:
        return True
    st.caption(T.SEEN_SLOW.format(seconds=slow.in_words(milliseconds / 1000)))
    if not st.button(T.SEEN_DRAW, key=widget_key("train_draw")):
        return False
    st.session_state[Key.TRAIN_DRAWN] = config.pipeline.key
    return True


@st.cache_resource(max_entries=32, ttl=120.0, show_spinner=False)
def _drawn(key: str, _config: RunConfig, _dataset: Dataset, epoch: int) -> SeenImages:
    del key  # the key of the cache
    drawn = _config.model_copy(update={"dataset": decided(_config.dataset, _dataset)})
    return asking.wait_for(FirstBatch(drawn, epoch, tuple(rgb(color) for color in CLASS_COLORS)))


def forget() -> None:
    """Drop the kept images, because the range of their values may have changed."""
    _drawn.clear()


def _html(seen: SeenImages, classes: tuple[str, ...]) -> str:
    captions = [caption(seen, place, classes) for place in range(len(seen.pictures))]
    cards = (
        _CARD.format(
            data=base64.b64encode(picture).decode(),
            alt=html.escape(T.SEEN_ALT.format(number=place, caption=words)),
            caption=html.escape(words),
            rendering="pixelated" if seen.size < SIDE / 2 else "auto",
        )
        for place, (picture, words) in enumerate(zip(seen.pictures, captions, strict=True), start=1)
    )
    # Masks have details, which are seen in images of twice the width.
    return _STRIP.format(cards="".join(cards), columns=SHOWN // 2 if seen.shares else SHOWN)


def caption(seen: SeenImages, place: int, classes: tuple[str, ...]) -> str:
    """Return the class of an image, or both classes with their shares if two images are mixed.

    For a mask, these are its largest classes with their shares of the pixels that count.
    """
    if seen.shares:
        largest = sorted(zip(seen.shares[place], classes, strict=True), reverse=True)[:NAMED]
        words = [T.SEEN_SHARE.format(share=share, name=name) for share, name in largest if share > 0]
        return ", ".join(words) or T.SEEN_VOID
    own = seen.words[place] if seen.words else classes[seen.labels[place]]
    if seen.share is None:
        return own
    other = seen.partner_words[place] if seen.words else classes[seen.partners[place]]
    if own == other:
        return own
    return T.SEEN_MIXED.format(share=round(seen.share, 2), own=own, rest=round(1 - seen.share, 2), other=other)
