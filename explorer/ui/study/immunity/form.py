"""The form that starts an immunity map: which distortions, and further steps of the catalog as distortions."""

from collections.abc import Callable, Sequence

import streamlit as st

from explorer.augment.catalog import catalog
from explorer.augment.distortions import STRENGTHS, Distortion, distortions, distorts, of_step, own_parameters
from explorer.base.words import span
from explorer.texts import Immunity as T
from explorer.ui.components.markdown import escape
from explorer.ui.session.keys import widget_key

Start = Callable[[tuple[Distortion, ...]], None]


def show(key: str, images: int, start: Start, image_s: float | None = None) -> None:
    """Draw the form.

    Args:
        key: Of its widgets.
        images: How many images each distortion is applied to; 0 where that is not known.
        start: Called with the distortions that are chosen when the button is pressed.
        image_s: Seconds for one distorted image; None where the pace of this computer is not known.
    """
    added: list[Distortion] = st.session_state.setdefault(widget_key(key, "added"), [])
    offered = {one.name: one for one in (*distortions(), *added)}
    chosen = st.multiselect(
        T.DISTORTIONS, list(offered), [one.name for one in distortions()], key=widget_key(key, "chosen"),
        format_func=lambda name: offered[name].title, help=T.DISTORTIONS_HELP,
    )  # fmt: skip
    _adding(key, added)
    if images and chosen:
        pictures = images * len(chosen) * STRENGTHS
        takes = "" if image_s is None else T.TAKES.format(takes=span(pictures * image_s))
        st.caption(f"{T.COST.format(pictures=pictures)} {takes}")
    pressed = st.button(
        T.START, key=widget_key(key, "start"), type="primary", icon=":material/play_arrow:", disabled=not chosen,
        help=None if chosen else T.NONE_CHOSEN,
    )  # fmt: skip
    if pressed:
        start(tuple(offered[name] for name in chosen))


def _adding(key: str, added: list[Distortion]) -> None:
    """Draw the choice of another step, whose parameter grows in five steps."""
    more = st.expander(T.ADD, key=widget_key(key, "more"), on_change="rerun")
    if not more.open:
        return
    with more:
        step = st.selectbox(T.ADD_STEP, _steps(), key=widget_key(key, "step"))
        names = [one.name for one in own_parameters(step)]
        if not names:
            st.caption(escape(T.NOTHING_GROWS.format(step=step)))
            return
        name = st.selectbox(
            T.ADD_PARAMETER, names, key=widget_key(key, "parameter", step), help=T.ADD_PARAMETER_HELP,
        )  # fmt: skip
        falling = st.checkbox(T.ADD_FALLING, key=widget_key(key, "falling"))
        made = of_step(step, name, falling=falling)
        st.caption(escape(" · ".join(made.amounts)))
        there = any(one.name == made.name for one in added)
        st.button(
            T.ADD_BUTTON, key=widget_key(key, "add"), icon=":material/add:", on_click=_add, args=(key, added, made),
            disabled=there, help=T.ADDED_AGAIN.format(title=made.title) if there else None,
        )  # fmt: skip


def _add(key: str, added: list[Distortion], made: Distortion) -> None:
    added.append(made)
    chosen: Sequence[str] = st.session_state.get(widget_key(key, "chosen"), ())
    st.session_state[widget_key(key, "chosen")] = [*chosen, made.name]


@st.cache_data(show_spinner=False)
def _steps() -> list[str]:
    return [name for name in catalog() if distorts(name)]
