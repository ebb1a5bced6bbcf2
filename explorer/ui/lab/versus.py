"""A/B: two pipelines on the same pictures with the same seeds."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import streamlit as st

from explorer.augment.pipeline import Draft, Pipeline, checked
from explorer.draw.cells import Both, Pair
from explorer.texts import Lab as T
from explorer.texts import Preview
from explorer.ui.background import slow
from explorer.ui.components.fields import sync
from explorer.ui.components.grid import Board, Cell, Group, Large, Words
from explorer.ui.components.markdown import escape
from explorer.ui.lab import board, cells, rivals, seeds
from explorer.ui.lab.cells import Drawn, Spec
from explorer.ui.lab.fills import Fill, Task
from explorer.ui.lab.places import Place, places
from explorer.ui.preview.sources import Found
from explorer.ui.session import workspace
from explorer.ui.session.keys import Key
from explorer.ui.session.view import MOST, Over


def show(work: workspace.Workspace, found: Found) -> None:
    """Which B on the left, the pairs on the right."""
    left, right = st.columns([1, 3.4], gap="medium")
    with right:
        board.show(lambda: _plan(workspace.current(), st.session_state.get(Key.FOUND, found)))
    with left:
        _controls(work)


@dataclass(frozen=True, eq=False)
class Row:
    """A picture with a seed, and both pipelines on it; None: the picture cannot be had."""

    number: int
    seed: int
    place: Place
    a: Spec | None
    b: Spec | None

    def task(self, side: int = cells.SIDE) -> Task | None:
        """The drawing of both; None where neither can be drawn."""
        a, b = (None if spec is None else replace(spec, side=side) for spec in (self.a, self.b))
        if a is None and b is None:
            return None
        milliseconds = sum(spec.milliseconds for spec in (a, b) if spec is not None)
        request = Both(None if a is None else a.request, None if b is None else b.request)
        return Task(pair_key(a, b), milliseconds, request, _failed)


def _failed(reason: str) -> Pair:
    return Pair(cells.failed(reason), cells.failed(reason))


def pair_key(a: Spec | None, b: Spec | None) -> tuple[object, ...]:
    """All that the drawing of a pair depends on."""
    return ("pair", a and a.key, b and b.key)


# Rows


@dataclass(frozen=True, eq=False)
class Rivals:
    """Both pipelines; None with a message where one cannot be drawn. title: of B."""

    a: Pipeline | None
    b: Pipeline | None
    messages: tuple[str, str] = ("", "")
    title: str = ""

    @property
    def titles(self) -> tuple[str, str]:
        """What stands above the images of both."""
        return T.SIDE_A, T.SIDE_B.format(title=self.title)


def both(work: workspace.Workspace) -> Rivals:
    """A: the draft. B: what it is compared with."""
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
    """One row for each seed, or for each picture."""
    lab, view = work.view.lab, work.view
    by_seed = lab.over is Over.SEEDS
    shown = places(view, work.uploads, found, work.draft.targets, 1 if by_seed else lab.rows)
    spots = (
        [(seed, shown[0]) for seed in seeds.seeds(view.seed, lab.rows)] if by_seed else [(view.seed, p) for p in shown]
    )
    return tuple(
        Row(at, seed, place, _spec(place, pair.a, seed, lab.targets), _spec(place, pair.b, seed, lab.targets))
        for at, (seed, place) in enumerate(spots)
    )


def _spec(place: Place, pipeline: Pipeline | None, seed: int, targets: bool) -> Spec | None:
    if pipeline is None or place.picture is None or place.subject is None:
        return None
    return Spec(place.subject, place.picture, pipeline, seed, place.classes, targets=targets)


def _plan(work: workspace.Workspace, found: Found) -> board.Plan:
    pair = both(work)
    rows = rows_of(work, found, pair)
    large = next((row for row in rows if work.view.lab.large in (_id(row, "a"), _id(row, "b"))), None)
    tasks = [task for row in rows if (task := row.task()) is not None]
    if large is not None and (task := large.task(cells.LARGE)) is not None:
        tasks.insert(0, task)
    costs = [slow.cost(pipeline, found.picture.size) for pipeline in (pair.a, pair.b) if pipeline is not None]
    slowest = max(costs, key=lambda cost: (cost.asks, cost.milliseconds), default=None)
    return board.Plan(tasks, lambda fill: _board(rows, large, pair, fill), board.enlarge, cost=slowest)


def _id(row: Row, side: str) -> str:
    return f"ab:{row.number}:{side}"


def _board(rows: tuple[Row, ...], large: Row | None, pair: Rivals, fill: Fill) -> Board:
    groups = [_group(row, pair, fill) for row in rows]
    enlarged = None if large is None else _large(large, pair, fill)
    return Board(groups, WORDS, columns=2, abreast=True, large=enlarged, notice=pair.messages[0])


def _large(row: Row, pair: Rivals, fill: Fill) -> Large:
    group = _group(row, pair, fill, cells.LARGE)
    return Large(" · ".join(filter(None, (group.title, group.note))), group.cells[0], group.cells[1])


WORDS = Words(T.AB_LABEL, T.AB_HINT, T.WAITING, T.BACK, T.PREVIOUS, T.FOLLOWING)


def _pair(row: Row, fill: Fill, side: int = cells.SIDE) -> Pair | None:
    task = row.task(side)
    return None if task is None else fill.get(task.key)


def _group(row: Row, pair: Rivals, fill: Fill, side: int = cells.SIDE) -> Group:
    drawn = _pair(row, fill, side)
    title = T.LARGE_TITLE.format(seed=row.seed, picture=row.place.title)
    return Group(_cells(row, pair, drawn), title, "" if drawn is None else drawn.difference)


def _cells(row: Row, pair: Rivals, drawn: Pair | None) -> list[Cell]:
    sides = (None, None) if drawn is None else (drawn.a, drawn.b)
    return [
        _cell(row, name, title, side, row.place.message or message)
        for name, title, side, message in zip(("a", "b"), pair.titles, sides, pair.messages, strict=True)
    ]


def _cell(row: Row, name: str, title: str, drawn: Drawn | None, message: str) -> Cell:
    size = "" if drawn is None or not drawn.picture else Preview.SIZE.format(width=drawn.size[0], height=drawn.size[1])
    return Cell(
        id=_id(row, name),
        title=title,
        alt=T.AB_ALT.format(side=T.SIDES[name], picture=row.place.title, seed=row.seed),
        picture=None if drawn is None else drawn.picture,
        note=size,
        message=message or ("" if drawn is None else drawn.message),
    )


# The left side


def _controls(work: workspace.Workspace) -> None:
    titles = rivals.choices(work.history)
    against, gone = work.view.lab.against, both(work).messages[1]
    if against not in titles:
        titles = {against: T.RIVAL_OLD if not gone else T.RIVAL_GONE, **titles}
    sync(Key.LAB_AGAINST, against)
    st.selectbox(
        T.AGAINST, list(titles), key=Key.LAB_AGAINST, format_func=titles.__getitem__,
        on_change=lambda: board.look(against=st.session_state[Key.LAB_AGAINST]), help=T.AGAINST_HELP,
    )  # fmt: skip
    if gone:
        st.warning(escape(gone))
    swap, take = st.columns(2)
    swap.button(T.SWAP, key=Key.LAB_SWAP, on_click=swap_sides, disabled=bool(gone), help=T.SWAP_HELP, width="stretch")
    take.button(T.TAKE, key=Key.LAB_TAKE, on_click=take_b, disabled=bool(gone), help=T.TAKE_HELP, width="stretch")
    _rows(work)


def _rows(work: workspace.Workspace) -> None:
    sync(Key.LAB_OVER, work.view.lab.over)
    st.segmented_control(
        T.OVER, list(Over), key=Key.LAB_OVER, format_func=T.OVERS.__getitem__, required=True,
        on_change=lambda: board.look(over=st.session_state[Key.LAB_OVER]),
    )  # fmt: skip
    sync(Key.LAB_ROWS, work.view.lab.rows)
    st.number_input(
        T.ROWS, 1, MOST, key=Key.LAB_ROWS, on_change=lambda: board.look(rows=st.session_state[Key.LAB_ROWS])
    )


def take_b() -> None:
    """Make B the draft; undo brings A back."""
    _change(_taken, T.TAKEN)


def swap_sides() -> None:
    """Make B the draft, and compare it with what was A."""
    _change(_swapped, T.SWAPPED)


def _change(edit: Callable[[workspace.Workspace], workspace.Workspace], notice: str) -> None:
    try:
        workspace.update(edit)
    except rivals.NoRivalError as error:
        notice = str(error)
    st.session_state[Key.NOTICE] = notice


def _taken(work: workspace.Workspace) -> workspace.Workspace:
    """The workspace with B as its draft. Raises NoRivalError."""
    other = rivals.rival(work.view.lab.against, work.history)
    return work.drafted(other, selected=other.nodes[0].id if other.nodes else None, focus="")


def _swapped(work: workspace.Workspace) -> workspace.Workspace:
    """The workspace with B as its draft, compared with what was A. Raises NoRivalError."""
    taken = _taken(work)
    if taken.history is work.history:  # both are the same
        return taken
    return taken.looking(lab=replace(work.view.lab, against=rivals.past_name(work.draft)))
