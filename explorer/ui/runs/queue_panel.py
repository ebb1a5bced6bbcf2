"""The queue of runs that wait for a device: their order, and how many may train at once."""

from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from explorer.runs.life.control import request_stop
from explorer.runs.queue import queue
from explorer.runs.queue.queue import QueueError, Waiting
from explorer.runs.record.paths import RunNotFound, run_paths
from explorer.texts import Common
from explorer.texts import RunsList as T
from explorer.ui.components.markdown import escape
from explorer.ui.run.bulk_actions import Done
from explorer.ui.runs import notices
from explorer.ui.session.keys import Key, widget_key

SHOWN = 20  # more, with four buttons each, would make every update slow
_MOVES = (
    ("first", ":material/vertical_align_top:", T.FIRST_HELP, lambda place: 0),
    ("up", ":material/arrow_upward:", Common.MOVE_UP, lambda place: place - 1),
    ("down", ":material/arrow_downward:", Common.MOVE_DOWN, lambda place: place + 1),
)


def show(names: Mapping[str, str]) -> None:
    """Draw the queue, if a run waits or a limit was changed. `names` are those of the runs by id."""
    waiting, slots = queue.waiting(), queue.slots()
    lanes = [lane for lane in slots if slots[lane] != 1 or any(run.lane == lane for run in waiting)]
    if not lanes:
        return
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{T.QUEUE}**", width="stretch")
            for lane in lanes:
                _at_once(lane, slots[lane])
        for lane in lanes:
            _lane([run for run in waiting if run.lane == lane], names)


def _at_once(lane: str, slots: int) -> None:
    key = widget_key("lane", lane)
    st.session_state[key] = slots  # another window may have changed it
    st.number_input(
        T.AT_ONCE.format(lane=lane), min_value=1, max_value=queue.MOST_AT_ONCE, key=key, help=T.AT_ONCE_HELP, width=180,
        on_change=lambda: _do(lambda: queue.set_slots(lane, int(st.session_state[key]))),
    )  # fmt: skip


def _lane(waiting: Sequence[Waiting], names: Mapping[str, str]) -> None:
    for place, run in enumerate(waiting[:SHOWN]):
        _waiting(run, place, len(waiting), names.get(run.id, run.id))
    if len(waiting) > SHOWN:
        st.caption(Common.AND_MORE.format(count=len(waiting) - SHOWN))


def _waiting(run: Waiting, place: int, count: int, name: str) -> None:
    words = T.WAITING if run.alive else T.WAITING_DEAD
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(escape(words.format(place=place + 1, name=name, lane=run.lane)), width="stretch")
        for what, icon, help_text, to in _MOVES:
            st.button(
                "", key=widget_key("queue", run.id, what), icon=icon, help=help_text, type="tertiary",
                disabled=not 0 <= to(place) < count or to(place) == place,
                on_click=_do, args=(lambda to=to: queue.move(run.id, to(place)),),
            )  # fmt: skip
        st.button(
            Common.CANCEL, key=widget_key("queue", run.id, "cancel"), help=T.CANCEL_HELP,
            on_click=_do, args=(lambda: request_stop(run_paths(run.id)),),
        )  # fmt: skip


def _do(action: Callable[[], object]) -> None:
    notices.forget()
    try:
        action()
    except (QueueError, ValueError, RunNotFound) as refusal:
        st.session_state[Key.RUNS_DONE] = Done(refused=(str(refusal.args[0]),))
    except OSError as error:
        st.session_state[Key.RUNS_DONE] = Done(refused=(T.DISK.format(why=error.strerror or error),))
