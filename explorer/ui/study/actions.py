"""What can be done with a study of effects: extend it, take its pipeline, open it in Augment, train with it."""

import streamlit as st

from explorer.augment.pipeline import Draft, Node, Pipeline, as_draft
from explorer.runs.life import launcher
from explorer.runs.life.launcher import LaunchError
from explorer.runs.overview.studies.words import short
from explorer.runs.overview.view import RunSnapshot
from explorer.runs.record.paths import RunPaths
from explorer.runs.record.studies.images import StudyRecordError
from explorer.runs.spec.config import ConfigError, RunConfig
from explorer.runs.spec.fields import limits_of
from explorer.runs.spec.plans.effects import EffectsPlan, judged_nodes
from explorer.texts import Common
from explorer.texts import Study as T
from explorer.ui.components.markdown import escape
from explorer.ui.session import workspace
from explorer.ui.session.keys import Key, Page, Query, widget_key
from explorer.ui.study import numbers, planning, reading
from explorer.ui.study.reading import USUAL_REPEATS, Seen

WIDTH = 380  # px of an open form


def show(paths: RunPaths, snapshot: RunSnapshot) -> None:
    """Draw the buttons. The place is outside of what is drawn again each second."""
    config = snapshot.config
    if config is None or not isinstance(config.study, EffectsPlan):
        return
    if snapshot.status.over:
        _extend(paths, config, config.study)
    _take(paths, config)
    if st.button(T.OPEN, key=widget_key("study_open"), help=T.OPEN_HELP, icon=":material/tune:"):
        workspace.open_new(as_draft(config.pipeline))
        workspace.go(Page.AUGMENT)
    if st.button(T.TRAIN, key=widget_key("study_train"), help=T.TRAIN_HELP, icon=":material/model_training:"):
        workspace.go(Page.TRAIN, **{Query.DUPLICATE.value: snapshot.id})


def _extend(paths: RunPaths, config: RunConfig, plan: EffectsPlan) -> None:
    popover = st.popover(
        T.EXTEND, icon=":material/more_time:", key=widget_key("study", paths.id, "extend"), on_change="rerun"
    )
    if not popover.open:
        return
    with popover, st.container(width=WIDTH):
        st.markdown(T.EXTEND_WHAT)
        _, most = limits_of(EffectsPlan, "repeats")
        least = min(plan.repeats + 1, most)
        usual = USUAL_REPEATS if plan.repeats < USUAL_REPEATS else min(plan.repeats + USUAL_REPEATS, most)
        repeats = numbers.whole(T.EXTEND_REPEATS, (least, most), usual, widget_key("study", paths.id, "repeats"))
        if repeats is not None and (seen := _seen(paths, config)) is not None:
            st.caption(planning.visible(seen, repeats))
            if seen.effects.speaks:
                st.caption(T.EXTEND_TWICE)
        pressed = st.button(
            T.EXTEND_START, type="primary", icon=":material/play_arrow:", key=widget_key("study_extend"),
            disabled=repeats is None or plan.repeats >= most,
        )  # fmt: skip
        if pressed and repeats is not None:
            _start_longer(paths, repeats)


def _start_longer(paths: RunPaths, repeats: int) -> None:
    try:
        with st.spinner(Common.STARTING):
            st.query_params[Query.RUN] = launcher.extend_study(paths, repeats).id
    except (LaunchError, ConfigError) as error:
        st.error(escape(T.NOT_STARTED.format(reason=error)))
        return
    st.rerun()


def _seen(paths: RunPaths, config: RunConfig) -> Seen | None:
    try:
        return reading.look(paths, config)
    except StudyRecordError:
        return None  # the page says so


def _take(paths: RunPaths, config: RunConfig) -> None:
    """Draw the steps with what is said of each, to choose those that are taken."""
    popover = st.popover(
        T.TAKE, icon=":material/check:", help=T.TAKE_HELP, key=widget_key("study", paths.id, "take"), on_change="rerun"
    )
    if not popover.open:
        return
    with popover, st.container(width=WIDTH):
        st.markdown(T.TAKE_WHAT)
        said = _said(_seen(paths, config), config)
        kept = [
            node.id for node in judged_nodes(config.pipeline) if _tick(paths, node, *said.get(node.id, ("", False)))
        ]
        st.button(
            T.TAKE_NOW, key=widget_key("study_take"), type="primary", on_click=_taken,
            args=(config.pipeline, tuple(kept)), disabled=not kept,
        )  # fmt: skip
        if st.session_state.pop(Key.STUDY_TAKEN, False):
            workspace.go(Page.AUGMENT)


def _said(seen: Seen | None, config: RunConfig) -> dict[str, tuple[str, bool]]:
    """Return what is said of each step by the id of its node, and whether it harms."""
    found = {}
    for effect in seen.effects.main if seen else ():
        node = reading.node_of(config, effect)
        if node is not None:
            found[node.id] = (short(effect), effect.word == "harms")
    return found


def _tick(paths: RunPaths, node: Node, word: str, harms: bool) -> bool:
    label = T.ROW_PLAIN.format(name=escape(node.title), word=word) if word else escape(node.title)
    return st.checkbox(label, value=not harms, key=widget_key("study", paths.id, "take", node.id))


def _taken(pipeline: Pipeline, kept: tuple[str, ...]) -> None:
    """Put the pipeline with the steps that were kept into the open workspace, which can be undone."""
    judged = {node.id for node in judged_nodes(pipeline)}
    nodes = tuple(node for node in pipeline.nodes if node.id in kept or node.id not in judged)

    def taken(old: Draft) -> Draft:
        # The name and the target rules are the person's own, and stay.
        return as_draft(pipeline).model_copy(update={"nodes": nodes, "name": old.name, "targets": old.targets})

    workspace.put(taken)
    st.session_state[Key.STUDY_TAKEN] = True
    st.session_state[Key.NOTICE] = T.TAKEN
