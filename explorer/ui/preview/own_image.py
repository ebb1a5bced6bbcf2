"""A person's own image with its mask: the uploaders, and the class of each color of a colored mask."""

from functools import lru_cache, partial

import streamlit as st

from explorer.data.color_masks import Color
from explorer.data.sample import SampleError
from explorer.data.stored import ImageError
from explorer.draw.drawing import DrawingError
from explorer.draw.requests import Checked, ColorsOf, MaskOf, Recolored
from explorer.draw.uploads import MaskColor
from explorer.figures.palette import hex_of
from explorer.texts import Common
from explorer.texts import Pictures as T
from explorer.ui.background import asking
from explorer.ui.components.fields import bound
from explorer.ui.components.markdown import escape
from explorer.ui.session import workspace
from explorer.ui.session.keys import Key, widget_key
from explorer.ui.session.uploads import IMAGE_TYPES, Uploads, is_lost, received

_SHOWN_COLORS = 12


def show(work: workspace.Workspace) -> None:
    """Draw the uploaders, folded once there is an image, and the error of the last file."""
    colored = _colored(work.uploads)
    folded = work.uploads.stamp("picture") is not None
    with st.expander(T.UPLOAD_AGAIN) if folded else st.container():
        image, mask = st.columns(2)
        image.file_uploader(T.UPLOAD, IMAGE_TYPES, key=widget_key("upload", work.id, "picture"), on_change=_receive)
        mask.file_uploader(T.UPLOAD_MASK, IMAGE_TYPES, key=widget_key("upload", work.id, "mask"), on_change=_receive)
        if colored is not None:
            _classes(colored)
    if problem := st.session_state.get(Key.UPLOAD_ERROR):
        st.error(escape(problem))
    if colored is not None:
        _legend(colored)


def _receive() -> None:
    """Keep the uploaded files if they can be read: a bad file never replaces a good one."""
    st.session_state.pop(Key.UPLOAD_ERROR, None)
    uploads = workspace.current().uploads
    file = received(widget_key("upload", uploads.workspace_id, "picture"))
    content = file.content if file else uploads.read("picture")
    if content is None:
        return
    try:
        labels, colors = _labels(uploads)
        asking.wait_for(Checked(content, None, file.name if file else T.UPLOADED_NAME))
        uploads.keep("picture", content)
        uploads.keep("mask", None)
        uploads.keep("colors", None)
        asking.wait_for(Checked(content, labels, T.UPLOADED_NAME))
        uploads.keep("mask", labels)
        uploads.keep("colors", colors)
    except (ImageError, SampleError) as error:
        st.session_state[Key.UPLOAD_ERROR] = str(error)
    except DrawingError as error:
        st.session_state[Key.UPLOAD_ERROR] = asking.words(error)
    except OSError as error:
        st.session_state[Key.UPLOAD_ERROR] = T.NOT_KEPT.format(reason=error.strerror or error)


def _labels(uploads: Uploads) -> tuple[bytes | None, bytes | None]:
    """Return the mask with class indices, and the original file if that has colors. Raises ImageError."""
    key = widget_key("upload", uploads.workspace_id, "mask")
    if is_lost(key):
        return uploads.read("mask"), uploads.read("colors")
    file = received(key)
    if file is None:
        return None, None
    made = asking.wait_for(MaskOf(file.content))
    return (file.content, None) if made is None else (made, file.content)


# Colors as classes


def _colored(uploads: Uploads) -> tuple[MaskColor, ...] | None:
    """Return the colors of the kept mask with their classes; None if its file has class indices."""
    stamps = uploads.stamp("colors"), uploads.stamp("mask")
    return None if None in stamps else _kept_colors(uploads, stamps)


@lru_cache(maxsize=4)
def _kept_colors(uploads: Uploads, stamps: object) -> tuple[MaskColor, ...] | None:  # noqa: ARG001 - newer files
    original, mask = uploads.read("colors"), uploads.read("mask")
    return asking.wait_for(ColorsOf(original, mask)) if original and mask else None


def _legend(found: tuple[MaskColor, ...]) -> None:
    shown = sorted(found, key=lambda each: each.number)
    parts = [T.COLOR_CLASS.format(square=_square(each.color), number=each.number) for each in shown[:_SHOWN_COLORS]]
    if len(shown) > _SHOWN_COLORS:
        parts.append(Common.AND_MORE.format(count=len(shown) - _SHOWN_COLORS))
    st.caption(T.COLOR_CLASSES.format(classes=" ".join(parts)), unsafe_allow_html=True)


def _square(color: Color) -> str:
    return f'<span style="color:{hex_of(color)}">■</span>'


def _classes(found: tuple[MaskColor, ...]) -> None:
    st.caption(T.COLOR_CLASSES_HELP)
    for column, each in zip(st.columns(4) * len(found), found, strict=False):
        color = each.color
        label = T.COLOR_LABEL.format(square=_square(color), color=hex_of(color), share=f"{each.share:.1%}")
        column.caption(label, unsafe_allow_html=True)
        shows = bound(widget_key("mask-color", hex_of(color)), each.number, partial(_reassign, color))
        column.number_input(T.COLOR_INPUT.format(color=hex_of(color)), 0, 255, label_visibility="collapsed", **shows)


def _reassign(color: Color, number: float) -> None:
    uploads = workspace.current().uploads
    with workspace.turn():
        kept, original = _colored(uploads), uploads.read("colors")
        if kept is None or original is None:
            return
        classes = {each.color: each.number for each in kept} | {color: int(number)}
        try:
            uploads.keep("mask", asking.wait_for(Recolored(original, tuple(classes.items()))))
        except OSError as error:
            st.session_state[Key.UPLOAD_ERROR] = T.NOT_KEPT.format(reason=error.strerror or error)
        except (ImageError, DrawingError) as error:
            st.session_state[Key.UPLOAD_ERROR] = str(error)
