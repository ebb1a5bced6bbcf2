"""Sweep mode: the picture at several values of one parameter, with the same seed."""

import json
from dataclasses import dataclass
from typing import Any

import streamlit as st

from explorer.augment import edits, neutral
from explorer.augment.catalog import Transform, catalog
from explorer.augment.parameters import JsonValue, Kind, Parameter
from explorer.augment.pipeline import DraftErrors, Step
from explorer.augment.spread import NUMBERS, RANGES
from explorer.texts import Lab as T
from explorer.ui.background.fills import Fill
from explorer.ui.components.fields import bound
from explorer.ui.components.grid import Board, Cell, Group, Words
from explorer.ui.components.markdown import escape
from explorer.ui.lab import board, cells, forcing, steps, sweeps
from explorer.ui.lab.cells import Drawn, Spec
from explorer.ui.preview.sources import Found
from explorer.ui.session import workspace
from explorer.ui.session.keys import Key, widget_key
from explorer.ui.session.view import Ends

COUNTS = (5, 7, 9)
MAX_COLUMNS = 5


def show(work: workspace.Workspace, found: Found) -> None:
    """Draw the pictures, and beside them the choice of the parameter."""
    if steps.current(work, fits) is None:
        st.info(T.NOTHING_TO_SWEEP)
        board.leave()
        return
    board.beside(_controls, work, _plan, found)


def fits(transform: Transform) -> bool:
    """Return whether a step has a parameter that can be swept."""
    return any(map(sweeps.sweepable, transform.parameters.values()))


def swept(work: workspace.Workspace) -> tuple[Step, Parameter] | None:
    """Return the step and its parameter; None if no step has one that can be swept."""
    step = steps.current(work, fits)
    if step is None:
        return None
    parameters = catalog()[step.transform].parameters
    asked = parameters.get(work.view.lab.parameter)
    if step.id != work.view.selected or asked is None or not sweeps.sweepable(asked):
        asked = parameters[sweeps.first(parameters.values(), step.params)]
    return step, asked


# The cells


@dataclass(frozen=True, eq=False)
class Swept:
    """A value and its cell; if the value is invalid, a message instead of the cell."""

    value: sweeps.Value
    spec: Spec | None
    message: str = ""


def cells_of(work: workspace.Workspace, found: Found) -> tuple[Swept, ...]:
    """Return every value of the sweep with its cell; empty if there is nothing to sweep."""
    chosen = swept(work)
    if chosen is None:
        return ()
    step, parameter = chosen
    lab = work.view.lab
    present = step.params.get(parameter.name, parameter.default)
    values = sweeps.values(parameter, present, lab.count, lab.ends)
    return tuple(_cell(work, found, step.id, parameter, value) for value in values)


def _cell(work: workspace.Workspace, found: Found, node_id: str, parameter: Parameter, value: sweeps.Value) -> Swept:
    draft = work.draft if value.present else edits.set_param(work.draft, node_id, parameter.name, value.value)
    if work.view.lab.neutral:
        draft, _ = neutral.others_neutral(draft, node_id, parameter.name)
    try:
        pipeline = (forcing.alone if work.view.lab.alone else forcing.within)(draft, node_id)
    except DraftErrors as error:
        return Swept(value, None, next(iter(error.errors.values())))
    seed, targets = work.view.seed, work.view.lab.targets
    return Swept(value, Spec(found.subject, found.picture, pipeline, seed, found.classes, targets=targets))


def _plan(work: workspace.Workspace, found: Found) -> board.Plan:
    all_cells = cells_of(work, found)
    specs = [cell.spec for cell in all_cells if cell.spec is not None]
    cost = board.slowest((spec.pipeline for spec in specs), found)
    return board.Plan([spec.task() for spec in specs], lambda fill: _board(work, all_cells, fill), choose, cost=cost)


def _board(work: workspace.Workspace, all_cells: tuple[Swept, ...], fill: Fill) -> Board:
    chosen = swept(work)
    if chosen is None:
        return Board([], WORDS)
    step, parameter = chosen
    shown = [_shown(step, parameter, cell, fill) for cell in all_cells]
    title = f"{step.transform}.{parameter.name}"
    rows = -(-len(shown) // MAX_COLUMNS)
    _, changed = neutral.others_neutral(work.draft, step.id, parameter.name)
    alone = bool(changed) and work.view.lab.neutral
    note = (T.SWEEP_NOTE_NEUTRAL if alone else T.SEED_TITLE).format(seed=work.view.seed)
    return Board([Group(shown, title, note)], WORDS, columns=-(-len(shown) // max(1, rows)))


def _id(step: Step, parameter: Parameter, cell: Swept) -> str:
    return f"{step.id}:{parameter.name}:{json.dumps(cell.value.value)}"


def _shown(step: Step, parameter: Parameter, cell: Swept, fill: Fill) -> Cell:
    drawn: Drawn | None = None if cell.spec is None else fill.get(cell.spec.key)
    text = label(parameter, cell.value.value)
    return cells.cell(
        drawn,
        id=_id(step, parameter, cell),
        title=text,
        alt=T.SWEEP_ALT.format(name=f"{step.transform}.{parameter.name}", value=text),
        note=cells.size(drawn),
        message=cell.message,
        mark=T.NOW if cell.value.present else "",
    )


WORDS = Words(T.SWEEP_LABEL, T.SWEEP_HINT)


def label(parameter: Parameter, value: JsonValue) -> str:
    """Return a value in words."""
    known = next((choice.label for choice in parameter.choices if choice.value == value), None)
    if known is not None and type(value) is not bool:
        return known
    if value is None:
        return T.NOT_SET
    if isinstance(value, bool):
        return T.ON if value else T.OFF
    if isinstance(value, list) and len(value) == 2 and parameter.kind in RANGES:
        return _range(parameter, value)
    return _number(value)


def _range(parameter: Parameter, value: list[Any]) -> str:
    low, high = map(_number, value)
    if parameter.kind is Kind.INT_PAIR:
        return T.PAIR.format(first=low, second=high)
    return low if low == high else T.RANGE.format(low=low, high=high)


def _number(value: JsonValue) -> str:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return f"{value:.4g}".replace("-", T.MINUS)
    return json.dumps(value)[:60]


# A click


def choose(cell_id: str) -> None:
    """Give the parameter the value of the clicked cell."""
    work = workspace.current()
    chosen = swept(work)
    found = st.session_state.get(Key.FOUND)
    if chosen is None or found is None:
        return
    step, parameter = chosen
    for cell in cells_of(work, found):
        if cell_id == _id(step, parameter, cell):
            if cell.message:  # the value would make the draft invalid
                st.session_state[Key.NOTICE] = cell.message
                board.change_page()
            else:
                set_value(step, parameter, cell.value.value)
            return


def set_value(step: Step, parameter: Parameter, value: JsonValue) -> None:
    """Set the value in the draft, as the field of the form does, and show a notice."""
    workspace.change(
        lambda draft: edits.set_param(draft, step.id, parameter.name, value), (step.id, parameter.name),
        selected=step.id,
    )  # fmt: skip
    board.look(parameter=parameter.name)
    st.session_state[Key.NOTICE] = T.SET_TO.format(
        name=f"{step.transform}.{parameter.name}", value=label(parameter, value)
    )
    board.change_page()


# The left side


def _controls(work: workspace.Workspace) -> None:
    chosen = swept(work)
    if chosen is None:
        return
    step, parameter = chosen
    steps.choose(work, fits)
    offered = [name for name, each in catalog()[step.transform].parameters.items() if sweeps.sweepable(each)]

    def chose(name: str) -> None:
        workspace.look(selected=step.id)
        board.look(parameter=name)

    shows = bound(widget_key("lab", "parameter"), parameter.name, chose)
    st.selectbox(T.PARAMETER, offered, help=parameter.doc or None, **shows)
    if parameter.kind in RANGES:
        names = T.PAIR_ENDS if parameter.kind is Kind.INT_PAIR else T.ENDS
        ends = board.bound("ends")
        st.selectbox(T.ENDS_LABEL, list(Ends), format_func=names.__getitem__, help=T.ENDS_HELP, **ends)
    if parameter.kind in RANGES | NUMBERS:
        count = board.bound("count")
        st.segmented_control(T.COUNT, COUNTS, required=True, help=T.COUNT_HELP, **count)
    st.toggle(T.ALONE, help=T.ALONE_HELP, **board.bound("alone"))
    _, changed = neutral.others_neutral(work.draft, step.id, parameter.name)
    if changed:
        help_text = T.NEUTRAL_HELP.format(names=", ".join(changed))
        st.toggle(T.NEUTRAL, help=help_text, **board.bound("neutral"))
    present = label(parameter, step.params.get(parameter.name, parameter.default))
    st.caption(escape(T.SWEEP_PRESENT.format(name=parameter.name, value=present)))
