"""The top of the laboratory, above every mode: picture, seed, mode, undo and redo, where they have an effect."""

from collections.abc import Callable, Mapping

import streamlit as st

from explorer.augment.pipeline import Draft, is_on
from explorer.texts import Common, Preview
from explorer.texts import Lab as T
from explorer.ui.components.fields import bound
from explorer.ui.components.markdown import escape
from explorer.ui.lab import board, seeds, sheet, statistics, sweep, versus
from explorer.ui.preview import sources
from explorer.ui.session import workspace
from explorer.ui.session.gestures import obey
from explorer.ui.session.keys import Key, widget_key
from explorer.ui.session.view import MAX_SEED, Lab, Mode, Over

MOST_NAMED = 5
# What each mode draws of the pipeline and a picture. The lesson has images and a pipeline of its own.
MODES: Mapping[Mode, Callable[[workspace.Workspace, sources.Found], None]] = {
    Mode.SWEEP: sweep.show,
    Mode.GRID: seeds.show,
    Mode.AB: versus.show,
    Mode.GALLERY: sheet.show,
    Mode.STATISTICS: statistics.show,
}


def show(work: workspace.Workspace) -> None:
    """Draw the widgets, in two lines."""
    if work.view.lab.mode is Mode.MASKS:
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            sources.choose_seed(work, st.container(width=200))
            st.button(Preview.NEXT, key=Key.NEXT, on_click=_next, help=T.NEXT_HELP)
    else:
        _of_the_pipeline(work)
    mode = bound(widget_key("lab", "mode"), work.view.lab.mode, lambda mode: board.look(mode=mode, large=""))
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        st.segmented_control(
            T.MODE, list(Mode), required=True, label_visibility="collapsed", format_func=T.MODES.__getitem__, **mode
        )
        _targets(work.view.lab)
        st.caption("  \n".join(filter(None, _lines(work))), width="content")


def _of_the_pipeline(work: workspace.Workspace) -> None:
    """Draw the widgets of the picture and of the pipeline's history."""
    picture, seed, draw, undo, redo = st.columns([2.6, 1.2, 0.8, 0.7, 0.7], vertical_alignment="bottom")
    with picture:
        sources.choose(work)
    sources.choose_seed(work, seed)
    draw.button(Preview.NEXT, key=Key.NEXT, on_click=_next, help=T.NEXT_HELP, width="stretch")
    _travel(undo, Common.UNDO, widget_key("lab_undo"), "undo", bool(work.history.past))
    _travel(redo, Common.REDO, widget_key("lab_redo"), "redo", bool(work.history.future))


def _lines(work: workspace.Workspace) -> tuple[str, str]:
    mode = work.view.lab.mode
    return "" if mode is Mode.MASKS else pipeline_line(work.draft), T.MODE_HELP[mode]


def pipeline_line(draft: Draft) -> str:
    """Return the name of the pipeline, or its first steps, as Markdown."""
    if draft.name:
        return T.PIPELINE.format(name=escape(draft.name))
    names = [node.title for node in draft.nodes if is_on(node)]
    steps = T.ARROW.join(names[:MOST_NAMED])
    if len(names) > MOST_NAMED:
        steps = Common.STEPS_AND_MORE.format(steps=steps, count=len(names) - MOST_NAMED)
    return T.PIPELINE_STEPS.format(steps=steps or T.NO_STEPS)


def _targets(lab: Lab) -> None:
    """Draw the switch for overlaid targets. The gallery, where they hide much, has a switch of its own."""
    if lab.mode in (Mode.STATISTICS, Mode.MASKS):
        return
    field = "targets_gallery" if lab.mode is Mode.GALLERY else "targets"
    st.toggle(T.TARGETS, help=T.TARGETS_HELP, **board.bound(field))


def _travel(column: st.delta_generator.DeltaGenerator, label: str, key: str, operation: str, possible: bool) -> None:
    def travel() -> None:
        workspace.update(lambda work: obey(work, {"op": operation}))

    column.button(label, key=key, on_click=travel, disabled=not possible, width="stretch")


def _next() -> None:
    """Advance by as many seeds as are shown at once, so that all of them are new."""
    view = workspace.current().view
    workspace.look(seed=(view.seed + seeds_shown(view.lab)) % MAX_SEED)


def seeds_shown(lab: Lab) -> int:
    """Return how many consecutive seeds the mode shows."""
    if lab.mode is Mode.GRID:
        return lab.seeds
    return lab.rows if lab.mode is Mode.AB and lab.over is Over.SEEDS else 1
