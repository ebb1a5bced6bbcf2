"""The pictures of a mode: drawn at once where that is quick, else one after the other with progress and a way out."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import streamlit as st

from explorer.texts import Common, Preview
from explorer.texts import Lab as T
from explorer.ui.background import slow
from explorer.ui.background.slow import Cost
from explorer.ui.components import grid
from explorer.ui.components.grid import Board
from explorer.ui.lab.fills import Fill, Task, token
from explorer.ui.session import workspace
from explorer.ui.session.keys import Key

PATIENCE = 0.7  # seconds in which all is drawn before anybody sees that something is missing
POLL_SECONDS = 0.6
HEAD_START = 0.06  # seconds: sent and painted before the rest of the page competes for the processor


@dataclass(frozen=True, eq=False)
class Plan:
    """What a mode shows. tasks: in the order of drawing. board: what is seen of what is drawn so far.

    cost: of the slowest cell, None where nobody has to be asked. patience: seconds before it is shown unfinished.
    """

    tasks: Sequence[Task]
    board: Callable[[Fill], Board]
    choose: Callable[[str], None]
    act: Callable[[str], None] = field(default=lambda name: None)
    cost: Cost | None = None
    patience: float = PATIENCE


def show(plan_now: Callable[[], Plan]) -> None:
    """Draw the board as a fragment, whose clock runs only while something is under way."""
    clock = _clock()

    def body() -> None:
        if st.session_state.pop(Key.WHOLE_PAGE, False) or _clock() != clock:
            st.rerun()
        _draw(plan_now(), polled=clock is not None)
        if _clock() != clock:
            st.rerun()

    st.fragment(body, run_every=clock)()


def _clock() -> float | None:
    fill: Fill | None = st.session_state.get(Key.LAB_FILL)
    return POLL_SECONDS if fill is not None and fill.under_way else None


def leave() -> None:
    """End what is under way for a mode that is not shown any more."""
    fill: Fill | None = st.session_state.pop(Key.LAB_FILL, None)
    if fill is not None:
        fill.cancel()


def _draw(plan: Plan, polled: bool) -> None:
    state = st.container()
    asks = _asks(plan)
    fill = _fill(plan, start=not asks)
    fill.wait(0.0 if polled or not fill.under_way else plan.patience)
    board = plan.board(fill)
    grid.show(
        grid.frame(board, fill.sent), key=Key.LAB_BOARD, on_choose=lambda: _heard(grid.chosen, plan.choose),
        on_act=lambda: _heard(grid.acted, plan.act), on_missing=_missing,
    )  # fmt: skip
    sent = time.monotonic()
    with state:
        _state(plan, fill, asks)
    if not polled:
        time.sleep(max(0.0, HEAD_START - (time.monotonic() - sent)))


def _heard(read: Callable[[str], str | None], obey: Callable[[str], None]) -> None:
    heard = read(Key.LAB_BOARD)
    if heard is not None:
        obey(heard)


def _missing() -> None:
    """The browser was reloaded: send it everything."""
    fill: Fill | None = st.session_state.get(Key.LAB_FILL)
    if fill is not None:
        fill.sent.clear()


def _asks(plan: Plan) -> bool:
    return plan.cost is not None and plan.cost.asks and not st.session_state.get(Key.ALLOWED)


def _fill(plan: Plan, start: bool) -> Fill:
    """The drawings of the plan: those under way if they are its own, else new ones. Known cells are not drawn again."""
    fill: Fill | None = st.session_state.get(Key.LAB_FILL)
    if fill is not None and fill.token == token(plan.tasks):
        return fill
    if fill is not None:
        fill.cancel()
    fill = Fill(plan.tasks, start=start, asked=bool(st.session_state.get(Key.ALLOWED)))
    st.session_state[Key.LAB_FILL] = fill
    return fill


def _state(plan: Plan, fill: Fill, asks: bool) -> None:
    """Above the pictures: how far it is, or the question whether something slow should be drawn."""
    if fill.under_way:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            text = T.DRAWING.format(done=fill.done, count=fill.count, time=slow.in_words(fill.seconds_left))
            st.progress(fill.share, text, width=420)
            st.button(Common.CANCEL, key=Key.LAB_CANCEL, on_click=_cancel)
    elif not fill.complete:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            _offer(plan, fill, asks)


def _offer(plan: Plan, fill: Fill, asks: bool) -> None:
    if asks and plan.cost is not None:
        total = sum(task.milliseconds for task in plan.tasks if fill.get(task.key) is None) / 1000
        names = ", ".join(list(plan.cost.slow)[:3])
        text = (T.SLOW if names else T.SLOW_ALL).format(names=names, time=slow.in_words(total))
    else:
        text = T.STOPPED.format(done=fill.done, count=fill.count)
    st.button(T.DRAW_ALL if asks else T.DRAW_REST, key=Key.RUN_SLOW, on_click=_begin, args=(plan,), type="primary")
    if asks:
        st.toggle(Preview.RUN_ALWAYS, key=Key.ALWAYS, on_change=_allow, help=Preview.RUN_ALWAYS_HELP)
    st.caption(text, width="content")


def _begin(plan: Plan) -> None:
    st.session_state[Key.LAB_FILL] = Fill(plan.tasks, asked=True)


def _allow() -> None:
    st.session_state[Key.ALLOWED] = st.session_state[Key.ALWAYS]
    leave()


def _cancel() -> None:
    st.session_state[Key.ALLOWED] = False  # else it would begin again at the next change
    fill: Fill | None = st.session_state.get(Key.LAB_FILL)
    if fill is not None:
        fill.cancel()


def change_page() -> None:
    """The draft or the view has changed in a way that the rest of the page shows: draw all of it."""
    st.session_state[Key.WHOLE_PAGE] = True


def enlarge(cell_id: str) -> None:
    """Show a cell large, or all cells again where it is ""."""
    look(large=cell_id[:100])


def look(**changes: Any) -> None:
    """Change what the laboratory shows (fields of `Lab`), then save."""
    workspace.look(lab=replace(workspace.current().view.lab, **changes))
