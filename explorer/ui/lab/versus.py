"""A/B mode: two pipelines on the same pictures with the same seeds."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import streamlit as st

from explorer.augment.pipeline import Draft, Pipeline, checked
from explorer.draw.cells import Both, Pair
from explorer.texts import Lab as T
from explorer.ui.background.fills import Fill, Task
from explorer.ui.components.grid import Board, Cell, Group, Large, Words
from explorer.ui.components.markdown import escape
from explorer.ui.lab import board, cells, rivals, seeds
from explorer.ui.lab.cells import Spec
from explorer.ui.lab.places import Place, places
from explorer.ui.preview.sources import Found
from explorer.ui.session import workspace
from explorer.ui.session.keys import Key, widget_key
from explorer.ui.session.view import MOST, Over


def show(work: workspace.Workspace, found: Found) -> None:
    """Draw the pairs, and beside them the choice of B."""
    board.beside(_controls, work, _plan, found)


@dataclass(frozen=True, eq=False)
class Row:
    """A picture with a seed and both pipelines; a side that cannot be drawn is None."""

    number: int
    seed: int
    place: Place
    a: Spec | None
    b: Spec | None

    def task(self, side: int = cells.SIDE) -> Task | None:
        """Return the task that draws both sides; None if neither can be drawn."""
        a, b = (None if spec is None else replace(spec, side=side) for spec in (self.a, self.b))
        if a is None and b is None:
            return None
        milliseconds = sum(spec.milliseconds for spec in (a, b) if spec is not None)
        request = Both(None if a is None else a.request, None if b is None else b.request)
        key = ("pair", a and a.key, b and b.key)
        return Task(key, milliseconds, request, lambda reason: Pair(cells.failed(reason), cells.failed(reason)))


# Rows


@dataclass(frozen=True, eq=False)
class Rivals:
    """Both pipelines and the title of B. A pipeline that cannot be drawn is None, and has a message."""

    a: Pipeline | None
    b: Pipeline | None
    messages: tuple[str, str] = ("", "")
    title: str = ""

    @property
    def titles(self) -> tuple[str, str]:
        return T.SIDE_A, T.SIDE_B.format(title=self.title)


def both(work: workspace.Workspace) -> Rivals:
    """Return the draft as A, and what it is compared with as B."""
    a, wrong_a = _pipeline(work.draft)
    try:
        b, wrong_b = _pipeline(rivals.rival(work.view.lab.against, work.history))
    except rivals.NoRivalError as error:
        b, wrong_b = None, str(error)
    title = rivals.choices(work.history).get(work.view.lab.against, T.RIVAL_OLD)
    return Rivals(a, b, (wrong_a, wrong_b), title)


def _pipeline(draft: Draft) -> tuple[Pipeline | None, str]:
    found = checked(draft)
    return found.pipeline, next(iter(found.errors.values()), "")


def rows_of(work: workspace.Workspace, found: Found, pair: Rivals) -> tuple[Row, ...]:
    """Return one row for each seed, or for each picture."""
    lab, view = work.view.lab, work.view
    by_seed = lab.over is Over.SEEDS
    shown = places(view, work.uploads, found, work.draft.targets, 1 if by_seed else lab.rows)
    spots = (
        [(seed, shown[0]) for seed in seeds.seeds(view.seed, lab.rows)] if by_seed else [(view.seed, p) for p in shown]
    )
    return tuple(
        Row(at, seed, place, place.cell(pair.a, seed, lab.targets), place.cell(pair.b, seed, lab.targets))
        for at, (seed, place) in enumerate(spots)
    )


def _plan(work: workspace.Workspace, found: Found) -> board.Plan:
    pair = both(work)
    rows = rows_of(work, found, pair)
    large = next((row for row in rows if work.view.lab.large in (_id(row, "a"), _id(row, "b"))), None)
    tasks = [task for row in rows if (task := row.task()) is not None]
    if large is not None and (task := large.task(cells.LARGE)) is not None:
        tasks.insert(0, task)
    cost = board.slowest((pipeline for pipeline in (pair.a, pair.b) if pipeline is not None), found)
    return board.Plan(tasks, lambda fill: _board(rows, large, pair, fill), board.enlarge, cost=cost)


def _id(row: Row, side: str) -> str:
    return f"ab:{row.number}:{side}"


def _board(rows: tuple[Row, ...], large: Row | None, pair: Rivals, fill: Fill) -> Board:
    groups = [_group(row, pair, fill) for row in rows]
    enlarged = None if large is None else _large(large, pair, fill)
    return Board(groups, WORDS, columns=2, abreast=True, large=enlarged, notice=pair.messages[0])


def _large(row: Row, pair: Rivals, fill: Fill) -> Large:
    group = _group(row, pair, fill, cells.LARGE)
    return Large(" · ".join(filter(None, (group.title, group.note))), group.cells[0], tuple(group.cells[1:]))


WORDS = Words(T.AB_LABEL, T.AB_HINT)


def _group(row: Row, pair: Rivals, fill: Fill, side: int = cells.SIDE) -> Group:
    task = row.task(side)
    drawn: Pair | None = None if task is None else fill.get(task.key)
    title = T.LARGE_TITLE.format(seed=row.seed, picture=row.place.title)
    return Group(_cells(row, pair, drawn), title, "" if drawn is None else drawn.difference)


def _cells(row: Row, pair: Rivals, drawn: Pair | None) -> list[Cell]:
    sides = (None, None) if drawn is None else (drawn.a, drawn.b)
    return [
        cells.cell(
            side,
            id=_id(row, name),
            title=title,
            alt=T.AB_ALT.format(side=T.SIDES[name], picture=row.place.title, seed=row.seed),
            note=cells.size(side),
            message=row.place.message or message,
        )
        for name, title, side, message in zip(("a", "b"), pair.titles, sides, pair.messages, strict=True)
    ]


# The left side


def _controls(work: workspace.Workspace) -> None:
    titles = rivals.choices(work.history)
    against, gone = work.view.lab.against, both(work).messages[1]
    if against not in titles:
        titles = {against: T.RIVAL_OLD if not gone else T.RIVAL_GONE, **titles}
    bound = board.bound("against")
    st.selectbox(T.AGAINST, list(titles), format_func=titles.__getitem__, help=T.AGAINST_HELP, **bound)
    if gone:
        st.warning(escape(gone))
    swap, take = st.columns(2)
    swap.button(
        T.SWAP, key=widget_key("lab_swap"), on_click=swap_sides, disabled=bool(gone), help=T.SWAP_HELP, width="stretch"
    )
    take.button(
        T.TAKE, key=widget_key("lab_take"), on_click=take_b, disabled=bool(gone), help=T.TAKE_HELP, width="stretch"
    )
    over = board.bound("over")
    st.segmented_control(T.OVER, list(Over), format_func=T.OVERS.__getitem__, required=True, **over)
    st.number_input(T.ROWS, 1, MOST, **board.bound("rows"))


def take_b() -> None:
    """Make B the draft; undo brings A back."""
    _change(_taken, T.TAKEN)


def swap_sides() -> None:
    """Make B the draft, and compare it with the former A."""
    _change(_swapped, T.SWAPPED)


def _change(edit: Callable[[workspace.Workspace], workspace.Workspace], notice: str) -> None:
    try:
        workspace.update(edit)
    except rivals.NoRivalError as error:
        notice = str(error)
    st.session_state[Key.NOTICE] = notice


def _taken(work: workspace.Workspace) -> workspace.Workspace:
    """Return the workspace with B as its draft. Raises NoRivalError."""
    other = rivals.rival(work.view.lab.against, work.history)
    return work.drafted(other, selected=other.nodes[0].id if other.nodes else None, focus="")


def _swapped(work: workspace.Workspace) -> workspace.Workspace:
    taken = _taken(work)
    if taken.history is work.history:  # A and B are equal
        return taken
    return taken.looking(lab=replace(work.view.lab, against=rivals.past_name(work.draft)))
