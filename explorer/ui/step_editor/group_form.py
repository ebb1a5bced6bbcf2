"""The form of a composer: how many of its steps it applies, to which channels, and with what probabilities."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from explorer.augment import edits
from explorer.augment.documentation import composer
from explorer.augment.pipeline import Group, active, draws, group_params, is_unfinished
from explorer.texts import StepEditor as T
from explorer.ui.components.fields import bound
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
    whole = int(value) if isinstance(value, int) else 1
    st.number_input(T.N, min(1, whole), None, step=1, **_bound(group, "n", whole, int))
    count = len(active(group))
    if not group_params(group)["replace"] and 0 < count < whole and draws(group) == count:
        st.caption(T.N_CAPPED.format(count=count))


def _replace(group: Group, value: Any) -> None:
    st.toggle(T.REPLACE, **_bound(group, "replace", bool(value), bool))


def _channels(group: Group, value: Any) -> None:
    known = [channel for channel in value if channel in T.CHANNEL_NAMES] if isinstance(value, list) else []
    shows = _bound(group, "channels", known, sorted)
    st.multiselect(T.CHANNELS, list(T.CHANNEL_NAMES), format_func=T.CHANNEL_NAMES.__getitem__, **shows)


_FIELDS = {"n": _n, "replace": _replace, "channels": _channels}


def _bound(group: Group, name: str, value: Any, convert: Callable[[Any], Any]) -> dict[str, Any]:
    """Return the arguments of a widget that shows one parameter of the composer and commits the converted value."""

    def commit(chosen: Any) -> None:
        workspace.change(lambda draft: edits.set_param(draft, group.id, name, convert(chosen)), (group.id, name))

    return {
        "help": composer(group.kind).parameters.get(name),
        **bound(widget_key(group.id, name), value, commit),
    }


def _shares(group: Group) -> None:
    """Show the probability of each step, for a composer that chooses one of them by weight."""
    on = active(group)
    total = sum(child.p for child in on)
    if total > 0:
        names = [child.title for child in on]
        lines = [
            T.SHARE.format(name=name, percent=f"{child.p / total:.0%}") for name, child in zip(names, on, strict=True)
        ]
        st.caption("  \n".join(map(escape, [T.SHARES, *lines])))
