"""The choice of the data set at the top of the Data page. The address keeps it, so that a reload loses nothing."""

from functools import partial
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from explorer.data import picture_sets
from explorer.data.contents import Contents
from explorer.data.dataset import DatasetError
from explorer.data.specs import FORMATS, OF_FILES
from explorer.settings.fields import FIELDS
from explorer.texts import Data as T
from explorer.ui.components.fields import bound
from explorer.ui.data import last_message, making, outlines, reading, uploads
from explorer.ui.data.opened import other_formats
from explorer.ui.session import workspace
from explorer.ui.session.keys import Key, Page, Query, widget_key
from explorer.ui.session.view import DATA_SET
from explorer.ui.session.workspace import Workspace
from explorer.ui.train import data_sets, values


def show(work: Workspace) -> tuple[str, DeltaGenerator]:
    """Draw the choice and return the key of the chosen data set, and where `lead_on` draws."""
    key = _current(work)
    st.session_state[Key.DATA] = key
    if st.query_params.get(Query.DATA) != key:
        st.query_params[Query.DATA] = key
    offered = _offered(key)
    with st.container(horizontal=True, vertical_alignment="bottom", key=widget_key("data_choice")):
        st.selectbox(
            T.SET, list(offered), index=list(offered).index(key), accept_new_options=True,
            format_func=lambda name: offered.get(name, name), placeholder=T.SET_PLACEHOLDER, help=T.SET_HELP,
            width=420, **_list_of(key),
        )  # fmt: skip
        ways = st.container(horizontal=True, vertical_alignment="bottom", width="content")
        data_sets.show_unusable()
        uploads.show(key)
    making.show_progress()
    if reading.is_damaged(key):
        st.warning(T.READ_DAMAGED)
    last_message.show()
    return key, ways


def _list_of(shown: str) -> dict[str, Any]:
    """Return the arguments of the list: another list when the address, not a person, leads to another data set.

    Until the browser has drawn the other data set, it sends the earlier choice with whatever else happens on the page.
    In the same list that would count as a choice, and Back would be undone.
    """
    number = st.session_state.get(Key.DATA_LIST, 0)
    if st.session_state.get(widget_key("data_set", str(number)), shown) != shown:
        number += 1
        st.session_state[Key.DATA_LIST] = number
    return bound(widget_key("data_set", str(number)), shown, partial(_chosen_in, number))


def recognized(key: str) -> str:
    """Return the key by which the place of a data set is recognized, where that is another one; else ""."""
    place = key.partition(":")[2]
    if not place:
        return ""
    try:
        found = picture_sets.typed(place).key
    except DatasetError:
        return ""
    return "" if found == key else found


def offer_recognized(key: str) -> None:
    """Draw the button that reads a place in the format that was recognized, where it cannot be read in another one."""
    if found := recognized(key):
        words = T.AS_RECOGNIZED.format(format=FORMATS[found.partition(":")[0]].title)
        st.button(words, key=widget_key("data_recognized", key), type="primary", on_click=_chosen, args=(found,))


def _offered(key: str) -> dict[str, str]:
    """Return the titles by key; a place that is read in another format than was recognized stands there once."""
    found = {name: each.title for name, each in data_sets.offered(key).items()}
    if key in found:
        return found
    same = recognized(key)
    if same not in found:
        return {**found, key: _title(key)}
    return {key if name == same else name: title for name, title in found.items()}


def _current(work: Workspace) -> str:
    """The data set in the address; else the one shown last, the one that Augment shows, or the first that is found."""
    if asked := st.query_params.get(Query.DATA):
        return making.shown_instead(asked)
    if last := st.session_state.get(Key.DATA):
        return str(last)
    if work.view.picture == DATA_SET and work.view.set_key:
        return work.view.set_key
    offered = data_sets.offer().sets
    return next((each.key for each in offered if ":" in each.key), picture_sets.FIRST)


def _title(key: str) -> str:
    kind, _, place = key.partition(":")
    return place or (FORMATS[kind].title if kind in FORMATS else key)


def _chosen(key: str | None) -> None:
    """Take a data set from the list, or a path that was typed."""
    if not key:
        return
    last_message.forget()
    kind, _, place = key.partition(":")
    if not (key in FORMATS or (kind in OF_FILES and place)):
        try:
            key = picture_sets.typed(key).key
        except DatasetError as error:
            last_message.note("error", str(error))
            return
    reading.forget()
    st.query_params[Query.DATA] = key


def _chosen_in(number: int, key: str | None) -> None:
    """Take a choice in a list, unless that has been replaced by another one."""
    if number == st.session_state.get(Key.DATA_LIST, 0):
        _chosen(key)


def _corrected(place: str, key: str) -> None:
    """Take another format for a place, unless another one has been opened meanwhile."""
    if str(st.query_params.get(Query.DATA, "")).partition(":")[2] == place:
        _chosen(key)


def _format(key: str, contents: Contents | None) -> None:
    """Draw the format with a way to correct it. contents: None where it could not be read."""
    titles = other_formats(key)
    asks = bool(titles) and bool(reading.asks_of(key))
    if len(titles) < 2 and not asks:
        return
    with st.popover(titles.get(key, T.FORMAT), icon=":material/edit:", help=T.FORMAT_HELP):
        if len(titles) > 1:
            place = key.partition(":")[2]
            shows = bound(widget_key("data_format", place), key, partial(_corrected, place))
            at = list(titles).index(key) if key in titles else None
            st.radio(T.FORMAT, list(titles), index=at, format_func=titles.__getitem__, **shows)
            st.caption(T.FORMAT_NOTE)
        if asks:
            st.markdown(f"**{T.COLUMNS}**")
            reading.show(key, () if contents is None else contents.columns)


def lead_on(key: str, contents: Contents | None) -> None:
    """Draw the format, and the buttons that lead to the other pages. contents: None where it could not be read."""
    _format(key, contents)
    opened = contents is not None
    kind, fields = key.partition(":")[0], reading.fields_of(key)
    if st.button(
        T.AUGMENT, icon=":material/tune:", key=widget_key("data_augment"), disabled=not opened,
        help=T.AUGMENT_USUAL if fields else None,
    ):  # fmt: skip
        _show_in_augment(key)
        workspace.go(Page.AUGMENT)
    if outlines.are_in(key, contents):
        outlines.button(key)
        return
    trainable = kind in FORMATS and FORMATS[kind].trainable
    if st.button(
        T.TRAIN, icon=":material/model_training:", key=widget_key("data_train"), disabled=not (trainable and opened)
    ):  # fmt: skip
        _show_in_augment(key)
        _carry(key, fields)
        workspace.go(Page.TRAIN)


def _carry(key: str, fields: reading.Fields) -> None:
    """Have the Train page take over the data set, with the columns of its table."""
    asked = {ask.name: fields.get(ask.field, FIELDS[ask.name].initial) for ask in reading.asks_of(key)}
    if asked:
        values.change(**asked)
    st.session_state[Key.CARRY] = True


def _show_in_augment(key: str) -> None:
    """Have Augment show the data set, from which the Train page takes it over."""
    splits = data_sets.offered(key)
    first = splits[key].splits[0] if key in splits else "train"
    workspace.look(
        picture=DATA_SET, set_key=key, split=first, index=0, names_from=None, boxes="", points="", names=""
    )  # fmt: skip
