"""The choice of the reference pictures of a step: built-in ones, and the person's own."""

from functools import lru_cache

import streamlit as st

from explorer.augment.extras import MAX_PICTURES
from explorer.data import references
from explorer.data.references import ReferenceMissing
from explorer.data.stored import ImageError
from explorer.draw.drawing import DrawingError
from explorer.draw.requests import KeepReference, ReferencePicture
from explorer.texts import Pictures
from explorer.texts import StepEditor as T
from explorer.ui.background import asking
from explorer.ui.components import grid
from explorer.ui.components.grid import Board, Cell, Group, Words
from explorer.ui.components.markdown import escape
from explorer.ui.keeping import room
from explorer.ui.keeping.room import NoRoom
from explorer.ui.session.keys import Key
from explorer.ui.session.uploads import IMAGE_TYPES, newly_received
from explorer.ui.step_editor.field import Field

SIDE = 160  # px of a picture
_WIDTH = 4.2  # rem of a cell, at least
_TICK = "check"  # the icon on a chosen picture


def show(field: Field) -> None:
    """Draw the pictures to choose from for one parameter of one node, and the uploader that adds to them."""
    value = field.value
    chosen = [name for name in value if isinstance(name, str)] if isinstance(value, list) else []
    own: list[str] = st.session_state.setdefault(Key.OWN_REFERENCES, [])
    names = [
        *references.titles(),
        *dict.fromkeys([*own, *(name for name in chosen if name not in references.titles())]),
    ]

    def toggled(name: str) -> None:
        left = [each for each in chosen if each != name] if name in chosen else [*chosen, name]
        field.commit(left[:MAX_PICTURES])

    label = T.PICTURES_HINT.format(name=field.name)
    cells = [cell for cell in (_cell(name, chosen) for name in names) if cell]
    board = Board([Group(cells, label)], Words(label, hint=""), width=_WIDTH, picks=True)
    grid.show(grid.frame(board), field.key(), toggled)
    _uploader(field, chosen)


def _cell(name: str, chosen: list[str]) -> Cell | None:
    titles = references.titles()
    try:
        picture = _picture(name)
    except (ReferenceMissing, DrawingError):
        return None  # the error at the field names it
    own = [each for each in st.session_state[Key.OWN_REFERENCES] if each not in titles]
    number = own.index(name) + 1 if name in own else len(own) + 1
    title = titles.get(name) or T.OWN_REFERENCE_NAME.format(number=number)
    return Cell(name, title, alt="", picture=picture, mark=_TICK if name in chosen else "", search=title)


@lru_cache(maxsize=64)
def _picture(name: str) -> bytes:
    return asking.wait_for(ReferencePicture(name, SIDE))


def _uploader(field: Field, chosen: list[str]) -> None:
    key = field.key("upload")

    def taken() -> None:
        file = newly_received(key)
        st.session_state.pop(Key.REFERENCE_ERROR, None)
        if file is None:
            return
        try:
            room.check(len(file.content))
            name = asking.wait_for(KeepReference(file.content, file.name))
        except ImageError as error:
            st.session_state[Key.REFERENCE_ERROR] = str(error)
        except DrawingError as error:
            st.session_state[Key.REFERENCE_ERROR] = f"{file.name}: {asking.words(error)}"
        except NoRoom as error:
            st.session_state[Key.REFERENCE_ERROR] = Pictures.NOT_KEPT.format(reason=error.strerror)
        else:
            own = st.session_state[Key.OWN_REFERENCES]
            st.session_state[Key.OWN_REFERENCES] = list(dict.fromkeys([*own, name]))
            field.commit(list(dict.fromkeys([*chosen, name]))[:MAX_PICTURES])

    st.file_uploader(T.OWN_REFERENCE, IMAGE_TYPES, key=key, on_change=taken)
    if problem := st.session_state.get(Key.REFERENCE_ERROR):
        st.error(escape(problem))
