"""Means and deviations of the channels of a data set, which can be put into a Normalize step of the open pipeline."""

from collections.abc import Sequence

import streamlit as st

from explorer.augment.edits import add, set_p, set_param
from explorer.augment.pipeline import Draft, Step
from explorer.base.words import counted
from explorer.data.overview import summaries
from explorer.data.overview.errors import reach
from explorer.texts import Common
from explorer.texts import Measured as T
from explorer.ui.data.album import part_name
from explorer.ui.data.looking import Looking
from explorer.ui.session import workspace
from explorer.ui.session.gestures import obey
from explorer.ui.session.keys import Key, widget_key

_DIGITS = 4  # of a mean and a deviation


def show(looking: Looking) -> None:
    """Draw the values beside those of ImageNet, and the button."""
    contents = looking.contents
    found = summaries.channels(contents, looking.measured)
    if found is None:
        st.caption(T.NO_CHANNELS)
        return
    mean, std = ([round(float(value), _DIGITS) for value in values] for values in (found.mean, found.std))
    part = part_name(contents, contents.parts.index("train")) if "train" in contents.parts else ""
    images = counted(found.images, *T.CHANNELS_IMAGES).format(part=part).replace("  ", " ")
    words = T.CHANNELS.format(images=images)
    if found.mean_error.any():
        words = f"{words} {T.CHANNELS_SAMPLED.format(error=float(reach(found.mean_error).max()))}"
    if found.large:
        words = f"{words} {T.CHANNELS_LARGE.format(large=found.large, drawn=found.drawn)}"
    st.markdown(words)
    columns = (T.CHANNEL_NAMES, mean, std, *T.IMAGENET)
    st.dataframe(dict(zip(T.CHANNEL_COLUMNS, columns, strict=True)), hide_index=True, width=640)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            T.NORMALIZE, icon=":material/equalizer:", help=T.NORMALIZE_HELP, key=widget_key("data_normalize"),
            on_click=_put, args=(mean, std),
        )  # fmt: skip
        if _is_taken(mean, std):
            st.markdown(T.NORMALIZED, width="content")
            st.button(
                Common.UNDO, icon=":material/undo:", type="tertiary", key=widget_key("data_normalize_undo"),
                on_click=_undo,
            )  # fmt: skip
    st.caption(T.NORMALIZE_WHEN)


def normalized(draft: Draft, mean: Sequence[float], std: Sequence[float]) -> Draft:
    """Return the draft with these values in its last step if that is Normalize, else in a new step at its end."""
    last = draft.nodes[-1] if draft.nodes else None
    if isinstance(last, Step) and last.transform == "Normalize":
        node = last.id
    else:
        draft, node = add(draft, "Normalize", None if last is None else last.id)
    draft = set_param(set_param(draft, node, "mean", list(mean)), node, "std", list(std))
    return set_p(set_param(draft, node, "normalization", "standard"), node, 1.0)


def _put(mean: Sequence[float], std: Sequence[float]) -> None:
    workspace.change(lambda draft: normalized(draft, mean, std))
    st.session_state[Key.DATA_TAKEN] = True


def _is_taken(mean: Sequence[float], std: Sequence[float]) -> bool:
    """Whether the values were put into the pipeline and are still there."""
    if not st.session_state.get(Key.DATA_TAKEN):
        return False
    draft = workspace.current().draft
    return normalized(draft, mean, std) == draft


def _undo() -> None:
    st.session_state.pop(Key.DATA_TAKEN, None)
    workspace.update(lambda work: obey(work, {"op": "undo"}))
