"""The form of a composer: how many of its steps it applies, to which channels, and with what probabilities."""

from typing import Any

import streamlit as st

from explorer.augment import edits
from explorer.augment.composers import composer
from explorer.augment.pipeline import Group, Step, active, draws, group_params, is_unfinished
from explorer.texts import StepEditor as T
from explorer.ui.components.fields import sync
from explorer.ui.components.markdown import escape
from explorer.ui.preview.looks import Errors
from explorer.ui.session import workspace
from explorer.ui.session.keys import widget_key


def show(group: Group, errors: Errors) -> None:
    """Draw the parameters of a composer besides p, with each error at its field."""
    for name, value in group_params(group).items():
        if name in _FIELDS:
            _FIELDS[name](group, value)
        if problem := errors.get((group.id, name)):
            st.error(escape(problem))
    if is_unfinished(group):
        st.caption(T.ONE_MORE if group.children else T.EMPTY_GROUP)
    elif group.kind == "OneOf":
        _shares(group)


def _n(group: Group, value: Any) -> None:
    key = widget_key(group.id, "n")
    whole = int(value) if isinstance(value, int) else 1
    sync(key, whole)
    st.number_input(
        T.N, min(1, whole), None, key=key, step=1, on_change=_commit, args=(group.id, "n", int), help=_help(group, "n")
    )
    count = len(active(group))
    if not group_params(group)["replace"] and 0 < count < whole and draws(group) == count:
        st.caption(T.N_CAPPED.format(count=count))


def _replace(group: Group, value: Any) -> None:
    key = widget_key(group.id, "replace")
    sync(key, bool(value))
    st.toggle(T.REPLACE, key=key, on_change=_commit, args=(group.id, "replace", bool), help=_help(group, "replace"))


def _channels(group: Group, value: Any) -> None:
    key = widget_key(group.id, "channels")
    sync(key, [channel for channel in value if channel in T.CHANNEL_NAMES] if isinstance(value, list) else [])
    st.multiselect(
        T.CHANNELS, list(T.CHANNEL_NAMES), key=key, format_func=T.CHANNEL_NAMES.__getitem__, on_change=_commit,
        args=(group.id, "channels", sorted), help=_help(group, "channels"),
    )  # fmt: skip


_FIELDS = {"n": _n, "replace": _replace, "channels": _channels}


def _help(group: Group, name: str) -> str | None:
    return composer(group.kind).parameters.get(name)


def _commit(node_id: str, name: str, convert: Any) -> None:
    value = convert(st.session_state[widget_key(node_id, name)])
    workspace.change(lambda draft: edits.set_group_param(draft, node_id, name, value), (node_id, name))


def _shares(group: Group) -> None:
    """Show the probability of each step, for a composer that chooses one of them by weight."""
    on = active(group)
    total = sum(child.p for child in on)
    if total > 0:
        names = [child.transform if isinstance(child, Step) else child.kind for child in on]
        lines = [
            T.SHARE.format(name=name, percent=f"{child.p / total:.0%}") for name, child in zip(names, on, strict=True)
        ]
        st.caption("  \n".join(map(escape, [T.SHARES, *lines])))
