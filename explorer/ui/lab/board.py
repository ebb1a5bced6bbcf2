"""The board of pictures of a mode: drawn at once if that is quick, otherwise with progress and a Cancel button."""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import streamlit as st

from explorer.augment.pipeline import Pipeline
from explorer.texts import Common, Preview
from explorer.texts import Lab as T
from explorer.ui.background import slow
from explorer.ui.background.fills import Fill, Task, token
from explorer.ui.background.slow import Cost
from explorer.ui.components import fields, grid
from explorer.ui.components.grid import Board
from explorer.ui.preview.sources import Found
from explorer.ui.session import workspace
from explorer.ui.session.keys import Key, widget_key

PATIENCE = 0.7  # seconds to wait for all pictures before an incomplete board is shown
POLL_SECONDS = 0.6
HEAD_START = 0.06  # seconds for the browser to paint before the rest of the page competes for the processor


@dataclass(frozen=True, eq=False)
class Plan:
    """What a mode shows.

    Attributes:
        tasks: The drawings, in the order in which they are made.
        board: Returns the board for the drawings that exist so far.
        choose: Called with the id of a cell that was clicked.
        act: Called with the name of an action of the large cell.
        cost: Cost of the slowest cell; None if the person is never asked before drawing.
        patience: Seconds before the board is shown unfinished.
    """

    tasks: Sequence[Task]
    board: Callable[[Fill], Board]
    choose: Callable[[str], None]
    act: Callable[[str], None] = field(default=lambda name: None)
    cost: Cost | None = None
    patience: float = PATIENCE


Planner = Callable[[workspace.Workspace, Found], Plan]
Controls = Callable[[workspace.Workspace], None]


def beside(controls: Controls, work: workspace.Workspace, plan: Planner, found: Found, width: float = 3.4) -> None:
    """Draw the controls on the left and the board, `width` times as wide, on the right. The board is drawn first."""
    left, right = st.columns([1, width], gap="medium")
    with right:
        show(plan, found)
    with left:
        controls(work)


def show(plan: Planner, found: Found) -> None:
    """Draw the board as a fragment that reruns periodically only while drawings are under way."""
    clock = _clock()

    def body() -> None:
        if st.session_state.pop(Key.WHOLE_PAGE, False) or _clock() != clock:
            st.rerun()
        now = plan(workspace.current(), st.session_state.get(Key.FOUND, found))
        _draw(now, polled=clock is not None)
        if _clock() != clock:
            st.rerun()

    st.fragment(body, run_every=clock)()


def _clock() -> float | None:
    fill: Fill | None = st.session_state.get(Key.LAB_FILL)
    return POLL_SECONDS if fill is not None and fill.under_way else None


def leave() -> None:
    """Cancel the drawings of a mode that is no longer shown."""
    fill: Fill | None = st.session_state.pop(Key.LAB_FILL, None)
    if fill is not None:
        fill.cancel()


def _draw(plan: Plan, polled: bool) -> None:
    state = st.container()
    asks = plan.cost is not None and plan.cost.asks and not st.session_state.get(Key.ALLOWED)
    fill = _fill(plan, start=not asks)
    fill.wait(0.0 if polled or not fill.under_way else plan.patience)
    board = plan.board(fill)
    grid.show(grid.frame(board, fill.sent), widget_key("lab_board"), plan.choose, plan.act, _missing)
    sent = time.monotonic()
    with state:
        _state(plan, fill, asks)
    if not polled:
        time.sleep(max(0.0, HEAD_START - (time.monotonic() - sent)))


def _missing(_: str) -> None:
    """Send all pictures again, because the browser was reloaded."""
    fill: Fill | None = st.session_state.get(Key.LAB_FILL)
    if fill is not None:
        fill.sent.clear()


def _fill(plan: Plan, start: bool) -> Fill:
    """Return the drawings under way if they are those of the plan, otherwise start new ones."""
    fill: Fill | None = st.session_state.get(Key.LAB_FILL)
    if fill is not None and fill.token == token(plan.tasks):
        return fill
    if fill is not None:
        fill.cancel()
    fill = Fill(plan.tasks, start=start, asked=bool(st.session_state.get(Key.ALLOWED)))
    st.session_state[Key.LAB_FILL] = fill
    return fill


def _state(plan: Plan, fill: Fill, asks: bool) -> None:
    """Show progress above the pictures, or the question whether something slow should be drawn."""
    if fill.under_way:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            text = T.DRAWING.format(done=fill.done, count=fill.count, time=slow.in_words(fill.seconds_left))
            st.progress(fill.share, text, width=420)
            st.button(Common.CANCEL, key=widget_key("lab_cancel"), on_click=_cancel)
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
    st.session_state[Key.ALLOWED] = False  # otherwise the next change would start it again
    fill: Fill | None = st.session_state.get(Key.LAB_FILL)
    if fill is not None:
        fill.cancel()


def change_page() -> None:
    """Have the whole page drawn: the draft or the view has changed in a way that other parts show."""
    st.session_state[Key.WHOLE_PAGE] = True


def enlarge(cell_id: str) -> None:
    """Show a cell large; "" shows all cells again."""
    look(large=cell_id[:100])


def look(**changes: Any) -> None:
    """Change fields of `Lab`, then save."""
    workspace.look(lab=replace(workspace.current().view.lab, **changes))


def bound(field: str) -> dict[str, Any]:
    """Return the arguments of a widget that shows and changes one field of `Lab`."""
    value = getattr(workspace.current().view.lab, field)
    return fields.bound(widget_key("lab", field), value, lambda chosen: look(**{field: chosen}))


def slowest(pipelines: Iterable[Pipeline], found: Found) -> Cost | None:
    """Return the cost of the slowest of the pipelines on the picture; None if there are none."""
    costs = [slow.cost(pipeline, found.picture.size) for pipeline in pipelines]
    return max(costs, key=lambda cost: (cost.asks, cost.milliseconds), default=None)
