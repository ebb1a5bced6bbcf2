"""Facts about the data sets on offer: names of samples and of mask values, and which folders are not usable and why."""

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import streamlit as st

from explorer.data import picture_sets
from explorer.data.dataset import DatasetError
from explorer.data.formats.csv_file import CsvSpec, header_of
from explorer.data.mask_names import First, MaskNames, names_of
from explorer.data.picture_sets import PictureSet
from explorer.data.roots import allowed_roots, modified_ns, resolve_inside
from explorer.data.specs import FORMATS
from explorer.draw.training import Training
from explorer.texts import Common
from explorer.texts import Pictures as T
from explorer.ui.components.fields import bound
from explorer.ui.components.markdown import escape
from explorer.ui.session import workspace
from explorer.ui.session.keys import widget_key
from explorer.ui.session.view import View
from explorer.ui.train import as_trained, mask_classes, values

_MOST_NAMED = 12  # mask values whose names are shown
_LOOKED_FOR_S = 20.0


def offered(chosen: str) -> dict[str, PictureSet]:
    """Return the sets on offer by key, including that of a typed path if it is chosen."""
    found = {each.key: each for each in offer().sets}
    place = chosen.partition(":")[2]
    if place and chosen not in found:
        with suppress(DatasetError):  # a folder that is gone is not offered
            typed = picture_sets.typed(place)
            found[typed.key] = typed
    return found


def offer() -> picture_sets.Offer:
    """Return the data sets in the allowed folders."""
    roots = allowed_roots()
    # A data set that is copied into an allowed folder is so offered at once, not after the time of the cache.
    return _offer(roots, tuple(map(modified_ns, roots)))


def forget_offer() -> None:
    """Look for data sets again the next time, since one has come or gone."""
    _offer.clear()


@st.cache_data(ttl=_LOOKED_FOR_S, show_spinner=False)  # it walks through folders
def _offer(roots: tuple[Path, ...], changed: tuple[int, ...]) -> picture_sets.Offer:
    del roots, changed  # the key of the cache
    return picture_sets.offer()


def places(kind: str) -> list[str]:
    """Return the paths of the data sets of one format."""
    found = (each.key.partition(":") for each in offer().sets)
    return [place for name, _, place in found if name == kind and place]


@st.cache_data(ttl=_LOOKED_FOR_S, show_spinner=False)
def columns(path: str, encoding: str) -> list[str]:
    """Return the names of the columns of a table; none if it cannot be read, which its field says."""
    try:
        return header_of(CsvSpec.model_validate({"path": str(resolve_inside(path)), "encoding": encoding}))
    except (DatasetError, ValueError):
        return []


def names_are_open(path: str) -> bool:
    """Return whether a data set of masks has a file of names that may begin with the mask value 0 or 1."""
    try:
        return bool(names_of(resolve_inside(path), ()).file)
    except (DatasetError, OSError):  # opening the data set says why
        return False


def about(view: View, key: str, split: str, index: int, training: Training | None) -> None:
    """Show a sample's name and class, the names of mask values, and notes about the whole set."""
    try:
        name = as_trained.name_of(key, split, index, training)
        found = picture_sets.opened(key)
    except DatasetError:
        show_unusable()
        return  # loading the sample says why
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(escape(name))
        if found.notes:
            with st.popover(T.SET_NOTES.format(count=len(found.notes)), type="tertiary"):
                for note in found.notes:
                    st.caption(escape(note))
        show_unusable()
    if found.names.names:
        _mask_names(view, key, found.names)
        names = found.names.counted_from(view.names_from)
        if learned := mask_classes.chosen(key, names.names if names.first == 0 else ("background", *names.names)):
            st.html(mask_classes.ignored_line(learned))


def _mask_names(view: View, key: str, names: MaskNames) -> None:
    """Show the names of mask values, and a choice if the masks leave open which value has the first name."""
    chosen = names.counted_from(view.names_from)
    pairs = enumerate(chosen.names, start=chosen.first)
    words = [T.MASK_VALUE.format(value=value, name=name) for value, name in pairs]
    more = [Common.AND_MORE.format(count=len(words) - _MOST_NAMED)] if len(words) > _MOST_NAMED else []
    listed = T.MASK_VALUES.format(names=", ".join([*words[:_MOST_NAMED], *more]))
    st.caption(escape(listed), help=names.reason or None)
    if not names.sure:
        st.warning(escape(names.reason))
        shows = bound(widget_key("names_from"), chosen.first, lambda first: _count_from(key, first))
        st.radio(T.NAMES_FROM, [0, 1], horizontal=True, help=T.NAMES_FROM_HELP, **shows)


def _count_from(key: str, first: First) -> None:
    """Take over which value has the first name, also for a run of the form if it is about this data set."""
    workspace.look(names_from=first)
    form = values.current()
    if key.partition("?")[0] == f"{form['dataset']}:{form['masks_path']}":
        values.change(names_from=first)


def show_unusable_for_training() -> None:
    """Show which folders cannot be trained on, and why."""
    formats = [(each.title, FORMATS[each.key.partition(":")[0]]) for each in offer().sets]
    show_unusable([(title, spec.why_untrained) for title, spec in formats if not spec.trainable], T.UNTRAINABLE)


def show_unusable(more: Sequence[tuple[str, str]] = (), title: str = T.UNUSABLE) -> None:
    """Show which folders are not usable, and why. `more` are further folders with their reasons."""
    seen = offer()
    found = [*more, *seen.unusable]
    if found:
        with st.popover(title.format(count=len(found)), type="tertiary"):
            for folder, reason in found:
                st.caption(escape(T.UNUSABLE_ONE.format(folder=folder, reason=reason)))
    if not seen.complete:
        st.caption(T.NOT_ALL_FOUND)
