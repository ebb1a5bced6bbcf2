"""The widgets that choose the picture of the preview, and the chosen picture."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from explorer.data import picture_sets
from explorer.data.dataset import DatasetError
from explorer.data.formats.spec import TRAIN_AND_VAL
from explorer.data.stored import ImageError
from explorer.draw.encoding import Classes
from explorer.draw.pictures import NoPicture, Picture, Subject
from explorer.draw.training import Training
from explorer.texts import Pictures as T
from explorer.texts import Preview
from explorer.ui.components.fields import bound, sync
from explorer.ui.components.markdown import escape
from explorer.ui.preview import own_image, pictures
from explorer.ui.session import workspace
from explorer.ui.session.keys import Key, widget_key
from explorer.ui.session.view import DATA_SET, MAX_SEED
from explorer.ui.train import as_trained, carry, data_sets


@dataclass(frozen=True)
class Found:
    """The picture to preview.

    Attributes:
        subject: The request for its pixels.
        picture: Its properties.
        classes: Names and colors of its classes.
        typed_errors: Errors of the typed text, by field: "names", "boxes" or "points".
        training: Settings of the training whose input is shown; None if samples are shown unchanged.
    """

    subject: Subject
    picture: Picture
    classes: Classes
    typed_errors: Mapping[str, str] = field(default_factory=dict)
    training: Training | None = None


def choose(work: workspace.Workspace) -> None:
    """Draw the list of sources."""
    titles = pictures.choices()
    shows = bound(
        widget_key("picture"), work.view.picture if work.view.picture in titles else next(iter(titles)), _chosen
    )
    st.selectbox(T.PICTURE, list(titles), format_func=titles.__getitem__, **shows)


def choose_seed(work: workspace.Workspace, column: DeltaGenerator) -> None:
    """Draw the field of the seed."""
    shows = bound(widget_key("seed"), work.view.seed, lambda seed: workspace.look(seed=int(seed)))
    column.number_input(Preview.SEED, 0, MAX_SEED, help=Preview.SEED_HELP, **shows)


def _chosen(picture: str) -> None:
    st.session_state.pop(Key.UPLOAD_ERROR, None)
    # Typed boxes and keypoints belong to the picture that they were typed for.
    workspace.look(picture=picture, boxes="", points="", names="")


def show(work: workspace.Workspace) -> Found:
    """Draw the widgets of the chosen source and return its picture, or the reason it is missing and the first one."""
    if work.view.picture == pictures.UPLOAD:
        own_image.show(work)
    training = None
    if work.view.picture == DATA_SET:
        training = as_trained.settings(work.view.set_key, work.draft) if work.view.as_trained else None
        _set_widgets(work, training)
    rules = work.draft.targets
    try:
        seen = pictures.of_view(work.view, work.uploads, rules, training)
    except NoPicture as reason:
        st.info(escape(T.NO_PICTURE.format(reason=reason)))
        seen = pictures.first(work.view, rules)
    return Found(seen.subject, seen.picture, pictures.classes(seen.picture, work.view), seen.errors, training)


# Data sets


def _set_widgets(work: workspace.Workspace, training: Training | None) -> None:
    offered = data_sets.offered(work.view.set_key)
    key = work.view.set_key if work.view.set_key in offered else picture_sets.FIRST
    splits = offered[key].splits
    split = work.view.split if work.view.split in splits else splits[0]
    first, second, third = st.columns([2, 1, 1.2])
    sync(Key.SET, key)
    first.selectbox(
        T.SET, list(offered), key=Key.SET, on_change=_set_changed, help=T.SET_HELP, accept_new_options=True,
        format_func=lambda name: offered[name].title if name in offered else name, placeholder=T.SET_PLACEHOLDER,
    )  # fmt: skip
    sync(Key.SPLIT, split)
    second.selectbox(
        T.SPLIT, list(splits), key=Key.SPLIT, format_func=lambda name: T.SPLIT_NAMES.get(name, name),
        on_change=_set_changed,
    )  # fmt: skip
    count = _count(key, split, training)
    if problem := st.session_state.get(Key.SET_ERROR):
        st.error(escape(problem))
    if count:
        shows = bound(widget_key("index"), min(work.view.index, count - 1), _index_changed)
        # Training divides a data set without parts, so that not all of it are shown.
        words = T.INDEX if training is None or split in TRAIN_AND_VAL else T.INDEX_TRAINED
        third.number_input(words.format(count=count), 0, count - 1, help=T.INDEX_HELP, **shows)
    _switch(work, training)
    if count:
        data_sets.about(work.view, key, split, min(work.view.index, count - 1), training)
    else:
        data_sets.show_unusable()


def _switch(work: workspace.Workspace, training: Training | None) -> None:
    if carry.data_of(work.view) is None:
        st.caption(escape(T.NOT_TRAINABLE.format(reason=carry.why_untrained(work.view))))
        return
    shows = bound(widget_key("as_trained"), work.view.as_trained, lambda on: workspace.look(as_trained=bool(on)))
    st.toggle(T.AS_TRAINED, help=T.AS_TRAINED_HELP, **shows)
    if work.view.as_trained and training is None:
        st.caption(T.NOT_AS_TRAINED)


def _count(key: str, split: str, training: Training | None) -> int:
    try:
        return as_trained.count(key, split, training)
    except (DatasetError, ImageError):
        return 0  # the error is shown when the sample is loaded


def _set_changed() -> None:
    st.session_state.pop(Key.SET_ERROR, None)
    key, split = st.session_state[Key.SET], st.session_state[Key.SPLIT]
    offered = data_sets.offered(key)
    try:
        found = offered[key] if key in offered else picture_sets.typed(key or "")
    except DatasetError as error:
        st.session_state[Key.SET_ERROR] = str(error)
        return
    kept = split if split in found.splits else found.splits[0]
    workspace.look(set_key=found.key, split=kept, index=0, names_from=None, boxes="", points="", names="")


def _index_changed(index: float) -> None:
    # Typed boxes and keypoints belong to the sample that they were typed for.
    workspace.look(index=int(index), boxes="", points="")
