"""Above every mode: which picture, which seed, which mode, and the way back."""

from collections.abc import Sequence

import streamlit as st

from explorer.augment.pipeline import Draft, Step, is_on
from explorer.texts import Augment, Common, Preview
from explorer.texts import Lab as T
from explorer.ui.components.fields import sync
from explorer.ui.components.markdown import escape
from explorer.ui.lab import board
from explorer.ui.preview import sources
from explorer.ui.session import workspace
from explorer.ui.session.gestures import obey
from explorer.ui.session.keys import Key
from explorer.ui.session.view import MAX_SEED, Lab, Mode, Over

MOST_NAMED = 5


def show(work: workspace.Workspace, modes: Sequence[Mode]) -> None:
    """The widgets, in two lines."""
    picture, seed, draw, undo, redo = st.columns([2.6, 1.2, 0.8, 0.7, 0.7], vertical_alignment="bottom")
    with picture:
        sources.choose(work)
    sync(Key.SEED, work.view.seed)
    seed.number_input(Preview.SEED, 0, MAX_SEED, key=Key.SEED, on_change=_seed_typed, help=Preview.SEED_HELP)
    draw.button(Preview.NEXT, key=Key.NEXT, on_click=_next, help=T.NEXT_HELP, width="stretch")
    _travel(undo, Common.UNDO, Key.LAB_UNDO, "undo", bool(work.history.past))
    _travel(redo, Augment.REDO, Key.LAB_REDO, "redo", bool(work.history.future))
    sync(Key.LAB_MODE, work.view.lab.mode)
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        st.segmented_control(
            T.MODE, modes, key=Key.LAB_MODE, on_change=_mode_chosen, required=True, format_func=T.MODES.__getitem__,
            label_visibility="collapsed",
        )  # fmt: skip
        _targets(work.view.lab)
        st.caption(f"{pipeline_line(work.draft)}  \n{T.MODE_HELP[st.session_state[Key.LAB_MODE]]}", width="content")


def pipeline_line(draft: Draft) -> str:
    """Which pipeline is tried out, as Markdown: by its name, or by its first steps."""
    if draft.name:
        return T.PIPELINE.format(name=escape(draft.name))
    names = [node.transform if isinstance(node, Step) else node.kind for node in draft.nodes if is_on(node)]
    steps = T.ARROW.join(names[:MOST_NAMED])
    if len(names) > MOST_NAMED:
        steps = Common.STEPS_AND_MORE.format(steps=steps, count=len(names) - MOST_NAMED)
    return T.PIPELINE_STEPS.format(steps=steps or T.NO_STEPS)


def _targets(lab: Lab) -> None:
    """Whether mask, boxes and keypoints are laid over; a choice of its own in the gallery, where they hide much."""
    if lab.mode is Mode.STATISTICS:
        return
    field = "targets_gallery" if lab.mode is Mode.GALLERY else "targets"
    sync(Key.LAB_TARGETS, getattr(lab, field))
    st.toggle(
        T.TARGETS, key=Key.LAB_TARGETS, help=T.TARGETS_HELP,
        on_change=lambda: board.look(**{field: st.session_state[Key.LAB_TARGETS]}),
    )  # fmt: skip


def _travel(column: st.delta_generator.DeltaGenerator, label: str, key: Key, operation: str, possible: bool) -> None:
    column.button(
        label, key=key, on_click=_travelled, args=(operation,), disabled=not possible, width="stretch",
    )  # fmt: skip


def _travelled(operation: str) -> None:
    workspace.update(lambda work: obey(work, {"op": operation}))


def _seed_typed() -> None:
    workspace.look(seed=int(st.session_state[Key.SEED]))


def _next() -> None:
    """As many seeds on as are seen at once: all of them are new then."""
    view = workspace.current().view
    workspace.look(seed=(view.seed + seeds_shown(view.lab)) % MAX_SEED)


def seeds_shown(lab: Lab) -> int:
    """How many seeds, one after the other, the mode shows."""
    if lab.mode is Mode.GRID:
        return lab.seeds
    return lab.rows if lab.mode is Mode.AB and lab.over is Over.SEEDS else 1


def _mode_chosen() -> None:
    board.look(mode=st.session_state[Key.LAB_MODE], large="")
