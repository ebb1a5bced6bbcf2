"""Grid mode: several seeds on several pictures, beside the form of a step."""

from dataclasses import dataclass, replace

import streamlit as st

from explorer.augment.pipeline import Pipeline, checked
from explorer.augment.sizes import area
from explorer.texts import Lab as T
from explorer.texts import Preview
from explorer.ui.background import slow
from explorer.ui.background.fills import Fill
from explorer.ui.components.grid import Board, Cell, Group, Large, Words
from explorer.ui.lab import board, cells, steps
from explorer.ui.lab.cells import Spec
from explorer.ui.lab.places import Place, places
from explorer.ui.preview.sources import Found
from explorer.ui.session import workspace
from explorer.ui.session.keys import Key
from explorer.ui.session.view import MAX_SEED, MOST, Lab
from explorer.ui.step_editor import form

MAX_CELLS = 36
OPEN = "open"  # the action that leads to the Augment page


def show(work: workspace.Workspace, found: Found) -> None:
    """Draw the grid, and beside it its size and the parameters of a step."""
    board.beside(_controls, work, _plan, found, 3.0)


@dataclass(frozen=True, eq=False)
class Spot:
    """A seed on a picture; `spec` is None if the picture is missing."""

    id: str
    seed: int
    place: Place
    spec: Spec | None


def spots(work: workspace.Workspace, found: Found, pipeline: Pipeline) -> tuple[tuple[Spot, ...], ...]:
    """Return the cells of the grid: a row for each seed, a column for each picture."""
    lab, view = work.view.lab, work.view
    row = places(view, work.uploads, found, work.draft.targets, lab.pictures)
    return tuple(
        tuple(
            Spot(f"grid:{number}:{at}", seed, place, place.cell(pipeline, seed, lab.targets))
            for at, place in enumerate(row)
        )
        for number, seed in enumerate(seeds(view.seed, rows(lab, len(row))))
    )


def rows(lab: Lab, columns: int) -> int:
    """Return the number of seeds; it is limited so that the grid has at most MAX_CELLS cells."""
    return max(1, min(lab.seeds, MAX_CELLS // max(1, columns)))


def seeds(first: int, count: int) -> list[int]:
    """Return `count` seeds from `first` on; 0 follows the largest."""
    return [(first + step) % (MAX_SEED + 1) for step in range(count)]


def drawable(work: workspace.Workspace) -> Pipeline:
    """Return the draft as a pipeline; if it is invalid, the last valid one of its history, or one without steps."""
    found = (checked(draft).pipeline for draft in (work.draft, *reversed(work.history.past)))
    return next((pipeline for pipeline in found if pipeline is not None), Pipeline(targets=work.draft.targets))


def _plan(work: workspace.Workspace, found: Found) -> board.Plan:
    pipeline = drawable(work)
    table = spots(work, found, pipeline)
    specs = [spot.spec for row in table for spot in row if spot.spec is not None]
    large = next((spot for row in table for spot in row if spot.id == work.view.lab.large), None)
    tasks = [spec.task() for spec in specs]
    if large is not None and large.spec is not None:
        tasks.insert(0, replace(large.spec, side=cells.LARGE).task())
    size = max((spec.picture.size for spec in specs), default=(1, 1), key=area)
    return board.Plan(
        tasks, lambda fill: _board(work, table, large, fill), board.enlarge, lambda name: _act(name, large),
        cost=slow.cost(pipeline, size),
    )  # fmt: skip


def _board(work: workspace.Workspace, table: tuple[tuple[Spot, ...], ...], large: Spot | None, fill: Fill) -> Board:
    shown = [_cell(spot, spot.spec, fill) for row in table for spot in row]
    columns = len(table[0]) if table else 1
    return Board(
        [Group(shown)],
        WORDS,
        columns=columns if columns > 1 else 0,
        width=11.0,
        aspect=1.4,
        large=None if large is None else _large(large, fill),
        notice=Preview.STALE if work.errors else "" if work.draft.nodes else T.EMPTY,
    )


def _cell(spot: Spot, spec: Spec | None, fill: Fill) -> Cell:
    return cells.cell(
        None if spec is None else fill.get(spec.key),
        id=spot.id,
        title=T.SEED_TITLE.format(seed=spot.seed),
        alt=T.GRID_ALT.format(picture=spot.place.title, seed=spot.seed),
        note=spot.place.title,
        message=spot.place.message,
    )


def _large(spot: Spot, fill: Fill) -> Large | None:
    spec = None if spot.spec is None else replace(spot.spec, side=cells.LARGE)
    cell = _cell(spot, spec, fill)
    title = T.LARGE_TITLE.format(seed=spot.seed, picture=spot.place.title)
    return Large(title, replace(cell, note=""), actions={OPEN: T.OPEN})


WORDS = Words(T.GRID_LABEL, T.GRID_HINT)


def _act(name: str, large: Spot | None) -> None:
    """Open the picture and the seed of the large cell on the Augment page."""
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
    seeds_help = T.SEEDS_HELP.format(most=MAX_CELLS)
    counts[0].number_input(T.SEEDS, 1, MOST, help=seeds_help, **board.bound("seeds"))
    counts[1].number_input(T.PICTURES, 1, MOST, help=T.PICTURES_HELP, **board.bound("pictures"))
    step = steps.current(work, lambda transform: True)
    if step is None:
        return
    steps.choose(work, lambda transform: True)
    form.show(replace(work, view=replace(work.view, selected=step.id)), work.errors)
