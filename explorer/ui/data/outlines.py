"""Masks that are drawn from the outlines of the shown data set, as a data set of its own that networks learn."""

import sys
from functools import partial
from itertools import count
from pathlib import Path

import streamlit as st

from explorer.base.child import parsed
from explorer.base.names import plain
from explorer.base.words import counted
from explorer.data.contents import Contents
from explorer.data.dataset import DatasetError
from explorer.data.formats.marked import MarkedSpec
from explorer.data.marks.outline_masks import Written, progress_file
from explorer.data.specs import FORMATS
from explorer.runs.record.paths import slug
from explorer.texts import Common
from explorer.texts import Uploads as T
from explorer.ui.data import last_message, making
from explorer.ui.data.making import Making
from explorer.ui.data.opened import spec_of
from explorer.ui.keeping import limits
from explorer.ui.session.keys import widget_key

_MODULE = "explorer.data.marks.outline_masks"
_MOST_NAMED = 8  # classes without an outline


def are_in(key: str, contents: Contents | None) -> bool:
    """Return whether the data set of a key has outlines that can be drawn as masks."""
    spec = FORMATS.get(key.partition(":")[0])
    return spec is not None and issubclass(spec, MarkedSpec) and contents is not None and bool(contents.mask_classes)


def button(key: str) -> None:
    """Draw the button that draws the masks of the data set of this key, which `making` then shows."""
    st.button(
        T.DRAW, icon=":material/draw:", key=widget_key("data_draw"), help=T.DRAW_HELP, on_click=_draw, args=(key,),
        disabled=making.under_way() is not None,
    )  # fmt: skip


def _draw(key: str) -> None:
    last_message.forget()
    name = plain(Path(key.partition(":")[2]).name)
    try:
        given = spec_of(key).model_dump_json()
        folder, room = making.made_folder()
    except (DatasetError, OSError, limits.WrongLimit) as error:
        reason = error.strerror or error if isinstance(error, OSError) else error
        last_message.note("error", T.NOT_DRAWN.format(name=name, reason=reason))
        return
    target = _free(folder, f"{slug(name) or 'outlines'}-masks")
    asked = Making(
        target, T.DRAWING.format(name=name), T.DRAWING_CANCELED.format(name=name),
        partial(T.NOT_DRAWN.format, name=name), _done, progress=progress_file(target),
    )  # fmt: skip
    making.start(asked, [sys.executable, "-P", "-m", _MODULE, given, str(target), str(room)])


def _free(folder: Path, name: str) -> Path:
    """Return a place for a new folder. None is used again, since annotations may have changed since it was drawn."""
    places = (folder / (name if number == 1 else f"{name}-{number}") for number in count(1))
    return next(place for place in places if not place.exists())


def _done(printed: str) -> tuple[str, str]:
    """Return what to say about drawn masks, whose folder is the data set. Raises ChildError."""
    found = parsed(Written, printed)
    drawn = counted(found.images, *T.DRAWN).format(classes=counted(found.classes, *Common.CLASSES))
    names = ", ".join(found.without[:_MOST_NAMED]) + (", …" if len(found.without) > _MOST_NAMED else "")
    rest = (
        (len(found.without), T.DRAWN_WITHOUT),
        (found.only_boxes, T.DRAWN_ONLY_BOXES),
        (found.bad_outlines, T.DRAWN_BAD),
        (found.unreadable, T.DRAWN_UNREADABLE),
    )
    said = [counted(many, *words).replace("{names}", names) for many, words in rest if many]
    return " ".join([drawn, *said]), ""
