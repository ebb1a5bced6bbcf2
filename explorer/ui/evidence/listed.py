"""Draws a list of validation images: their pictures with captions, and what can be done with the one that is open."""

from collections.abc import Callable, Sequence

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.texts import Mistakes as T
from explorer.ui.components.markdown import escape
from explorer.ui.evidence import opened as opened_image
from explorer.ui.evidence import pictures
from explorer.ui.evidence.look import Look, opened_key
from explorer.ui.evidence.pictures import Caption, percent, scores_text

MOST_ROWS = 1_000  # of a table of images that have no pictures

Indices = Sequence[int] | NDArray[np.int64]
Describe = Callable[[int], Caption]


def show(look: Look, name: str, indices: Indices, nothing: str, describe: Describe | None = None) -> None:
    """Draw the images of a list.

    Args:
        look: The run and its epoch.
        name: The key of the list.
        indices: Rows of the logits, in the order in which they are shown.
        nothing: Shown if the list is empty.
        describe: Returns the words about an image; by default what was predicted, and how surely.
    """
    st.session_state.pop(opened_key(look.snapshot.id), None)
    if not len(indices):
        st.caption(escape(nothing))
        return
    source = pictures.of_validation(look.snapshot, look.evidence)
    if isinstance(source, str):
        st.info(escape(source))
        _table(look, np.asarray(indices, np.int64))
        return
    if len(source.ids) != len(look.judged):
        words = T.OTHER_COUNT.format(epoch=look.number(), scores=len(look.judged), images=len(source.ids))
        st.warning(words)
        _table(look, np.asarray(indices, np.int64))
        return
    caption = describe or (lambda index: describe_image(look, index))
    opened = pictures.show(source, indices, caption, look.key("pictures", name), T.LIST_TITLES[name])
    if opened is not None:
        st.session_state[opened_key(look.snapshot.id)] = look.epoch
        classes = (int(look.judged.predicted[opened]), int(look.judged.labels[opened]))
        opened_image.show(look.snapshot, source, opened, look.epoch, classes)


def describe_image(look: Look, index: int) -> Caption:
    """Return the words about an image by what was predicted."""
    judged, names = look.judged, look.names
    true, predicted = names[judged.labels[index]], names[judged.predicted[index]]
    words = T.RIGHT if judged.right[index] else T.WRONG
    note = T.SURE.format(share=percent(float(judged.confidence[index])), loss=judged.loss[index])
    return Caption(words.format(true=true, predicted=predicted), note, mark(look, index), details(look, index))


def mark(look: Look, index: int) -> str:
    """Return the word in the corner of a picture."""
    flag = look.flags.get(index)
    return T.FLAG_MARK if flag is not None and flag.flagged else ""


def details(look: Look, index: int) -> str:
    """Return the lines below the large picture: scores of classes, loss and margin."""
    judged, lines = look.judged, []
    record = look.evidence.record(look.epoch)
    if record is not None and record.logits is not None:
        scores = scores_text(look.names, record.logits[index])
        lines.append(T.SCORES.format(epoch=look.number(), scores=scores, true=look.names[judged.labels[index]]))
    lines.append(T.MEASURES.format(loss=judged.loss[index], margin=_signed(float(judged.margin[index]))))
    return "\n".join(lines)


def _signed(value: float) -> str:
    """Return a number with its sign and two digits after the point."""
    return f"{value:+.2f}".replace("-", "−")


def _table(look: Look, indices: NDArray[np.int64]) -> None:
    shown, judged = indices[:MOST_ROWS], look.judged
    names = np.array(look.names, object)
    columns = (
        shown + 1,
        names[judged.labels[shown]],
        names[judged.predicted[shown]],
        [percent(float(share)) for share in judged.confidence[shown]],
        judged.loss[shown].round(4),
    )
    st.dataframe(dict(zip(T.COLUMNS, columns, strict=True)), hide_index=True, width="stretch")
    if len(shown) < len(indices):
        st.caption(T.TABLE_CUT.format(shown=len(shown), count=len(indices)))
