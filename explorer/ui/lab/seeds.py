"""Grid: several seeds on several pictures, beside the form of a step, so that a change is seen in all of them."""

from dataclasses import dataclass, field, replace

import streamlit as st

from explorer.augment.pipeline import Pipeline, checked
from explorer.augment.size_rules import area
from explorer.texts import Lab as T
from explorer.texts import Preview
from explorer.ui.background import slow
from explorer.ui.components.fields import sync
from explorer.ui.components.grid import Board, Cell, Group, Large, Words
from explorer.ui.lab import board, cells, steps
from explorer.ui.lab.cells import Drawn, Spec
from explorer.ui.lab.fills import Fill
from explorer.ui.lab.places import Place, places
from explorer.ui.preview.looks import Errors
from explorer.ui.preview.sources import Found
from explorer.ui.session import workspace
from explorer.ui.session.keys import Key
from explorer.ui.session.view import MAX_SEED, MOST, Lab
from explorer.ui.step_editor import form

MAX_CELLS = 36
OPEN = "open"  # the action that leads to the Augment page


def show(work: workspace.Workspace, found: Found) -> None:
    """The pictures on the right, first on their way; how many, and a step's parameters, on the left."""
    left, right = st.columns([1, 3.0], gap="medium")
    with right:
        board.show(lambda: _plan(workspace.current(), st.session_state.get(Key.FOUND, found)))
    with left:
        _controls(work)


@dataclass(frozen=True, eq=False)
class Spot:
    """A cell of the grid: a seed on a picture; spec: None where the picture cannot be had."""

    id: str
    seed: int
    place: Place
    spec: Spec | None


def spots(work: workspace.Workspace, found: Found, pipeline: Pipeline) -> tuple[tuple[Spot, ...], ...]:
    """Rows of seeds, columns of pictures."""
    lab, view = work.view.lab, work.view
    row = places(view, work.uploads, found, work.draft.targets, lab.pictures)
    return tuple(
        tuple(_spot(seed, (number, at), place, pipeline, lab.targets) for at, place in enumerate(row))
        for number, seed in enumerate(seeds(view.seed, rows(lab, len(row))))
    )


def rows(lab: Lab, columns: int) -> int:
    """How many seeds there are, so that the cells are not too many to look at."""
    return max(1, min(lab.seeds, MAX_CELLS // max(1, columns)))


def seeds(first: int, count: int) -> list[int]:
    """The seeds from `first` on; after the largest comes 0."""
    return [(first + step) % (MAX_SEED + 1) for step in range(count)]


def _spot(seed: int, at: tuple[int, int], place: Place, pipeline: Pipeline, targets: bool) -> Spot:
    spec = None
    if place.subject is not None and place.picture is not None:
        spec = Spec(place.subject, place.picture, pipeline, seed, place.classes, targets=targets)
    return Spot(f"grid:{at[0]}:{at[1]}", seed, place, spec)


@dataclass(frozen=True, eq=False)
class Drawable:
    """The newest draft that can be drawn. errors: what is wrong with the present one, which is a newer one then."""

    pipeline: Pipeline
    errors: Errors = field(default_factory=dict)


def drawable(work: workspace.Workspace) -> Drawable:
    """The draft as a pipeline; while it is wrong, the last one of its history that was right, or no steps at all."""
    for draft in (work.draft, *reversed(work.history.past)):
        if (pipeline := checked(draft).pipeline) is not None:
            return Drawable(pipeline, work.errors)
    return Drawable(Pipeline(targets=work.draft.targets), work.errors)


def _plan(work: workspace.Workspace, found: Found) -> board.Plan:
    drawn = drawable(work)
    table = spots(work, found, drawn.pipeline)
    specs = [spot.spec for row in table for spot in row if spot.spec is not None]
    large = next((spot for row in table for spot in row if spot.id == work.view.lab.large), None)
    tasks = [spec.task() for spec in specs]
    if large is not None and large.spec is not None:
        tasks.insert(0, enlarged(large.spec).task())
    size = max((spec.picture.size for spec in specs), default=(1, 1), key=area)
    return board.Plan(
        tasks, lambda fill: _board(work, table, large, drawn, fill), board.enlarge, lambda name: _act(name, large),
        cost=slow.cost(drawn.pipeline, size),
    )  # fmt: skip


def enlarged(spec: Spec) -> Spec:
    """The same cell, large."""
    return replace(spec, side=cells.LARGE)


def _board(
    work: workspace.Workspace, table: tuple[tuple[Spot, ...], ...], large: Spot | None, drawn: Drawable, fill: Fill
) -> Board:
    shown = [_cell(spot, spot.spec, fill) for row in table for spot in row]
    columns = len(table[0]) if table else 1
    return Board(
        [Group(shown)],
        WORDS,
        columns=columns if columns > 1 else 0,
        width=11.0,
        aspect=1.4,
        large=None if large is None else _large(large, fill),
        notice=Preview.STALE if drawn.errors else _empty(work),
    )


def _empty(work: workspace.Workspace) -> str:
    return "" if work.draft.nodes else T.EMPTY


def _cell(spot: Spot, spec: Spec | None, fill: Fill) -> Cell:
    drawn: Drawn | None = None if spec is None else fill.get(spec.key)
    return Cell(
        id=spot.id,
        title=T.SEED_TITLE.format(seed=spot.seed),
        alt=T.GRID_ALT.format(picture=spot.place.title, seed=spot.seed),
        picture=None if drawn is None else drawn.picture,
        note=spot.place.title,
        message=spot.place.message or ("" if drawn is None else drawn.message),
    )


def _large(spot: Spot, fill: Fill) -> Large | None:
    spec = None if spot.spec is None else enlarged(spot.spec)
    cell = _cell(spot, spec, fill)
    title = T.LARGE_TITLE.format(seed=spot.seed, picture=spot.place.title)
    return Large(title, replace(cell, note=""), actions={OPEN: T.OPEN})


WORDS = Words(T.GRID_LABEL, T.GRID_HINT, T.WAITING, T.BACK, T.PREVIOUS, T.FOLLOWING)


def _act(name: str, large: Spot | None) -> None:
    """Look at the large cell's picture and seed on the Augment page."""
    if name != OPEN or large is None:
        return
    view = large.place.view
    workspace.look(
        seed=large.seed, picture=view.picture, index=view.index, boxes=view.boxes, points=view.points, focus="",
        difference=False,
    )  # fmt: skip
    board.look(large="")
    st.session_state[Key.LAB_OPEN] = True
    board.change_page()


def _controls(work: workspace.Workspace) -> None:
    counts = st.columns(2)
    sync(Key.LAB_SEEDS, work.view.lab.seeds)
    counts[0].number_input(
        T.SEEDS, 1, MOST, key=Key.LAB_SEEDS, on_change=lambda: board.look(seeds=st.session_state[Key.LAB_SEEDS]),
        help=T.SEEDS_HELP.format(most=MAX_CELLS),
    )  # fmt: skip
    sync(Key.LAB_PICTURES, work.view.lab.pictures)
    counts[1].number_input(
        T.PICTURES, 1, MOST, key=Key.LAB_PICTURES, help=T.PICTURES_HELP,
        on_change=lambda: board.look(pictures=st.session_state[Key.LAB_PICTURES]),
    )  # fmt: skip
    step = steps.current(work, lambda transform: True)
    if step is None:
        return
    steps.choose(work, lambda transform: True)
    form.show(replace(work, view=replace(work.view, selected=step.id)), drawable(work).errors)
