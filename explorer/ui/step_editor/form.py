"""The form of the selected node: its probability, its parameters and its documentation."""

from functools import partial
from typing import Any

import streamlit as st

from explorer.augment import edits
from explorer.augment.catalog import Transform, advice, catalog
from explorer.augment.documentation import composer
from explorer.augment.firing import effective
from explorer.augment.pipeline import Draft, Node, Step, is_unfinished
from explorer.texts import StepEditor as T
from explorer.texts import Targets
from explorer.ui.background import step_cautions
from explorer.ui.components.fields import bound
from explorer.ui.components.markdown import escape
from explorer.ui.preview import firing, live
from explorer.ui.preview.looks import Errors
from explorer.ui.preview.sources import Found
from explorer.ui.session import workspace
from explorer.ui.session.keys import Key, widget_key
from explorer.ui.step_editor import group_form, parameters
from explorer.ui.step_editor.field import Field


def show(work: workspace.Workspace, errors: Errors) -> None:
    """Draw the form, with each error at its field."""
    node = None if work.view.selected is None else edits.find(work.draft, work.view.selected)
    if node is None:
        st.caption(T.CHOOSE)
        return
    transform = catalog().get(node.transform) if isinstance(node, Step) else None
    _heading(node, transform, errors)
    _probability(work, node, errors)
    if not _is_unfinished(node):
        firing.show_chip(work, node.id)
    if not isinstance(node, Step):
        group_form.show(node, errors)
        _documentation(node.kind, composer(node.kind).markdown)
    elif transform is not None:
        _parameters(work, node, transform, errors)
        _documentation(transform.name, transform.documentation)


def _heading(node: Node, transform: Transform | None, errors: Errors) -> None:
    title = node.title
    targets = [title for name, title in Targets.TARGET_NAMES.items() if transform and name in transform.targets]
    help_text = None if transform is None else T.TARGETS.format(targets=", ".join(targets))
    st.subheader(title, anchor=False, help=help_text)
    if transform is not None:
        st.caption(escape(" ".join([transform.summary, *advice(transform.name)]).replace("``", "")))
    elif not isinstance(node, Step):
        st.caption(escape(composer(node.kind).summary))
    if problem := errors.get((node.id, "")):
        st.error(escape(problem))


def _probability(work: workspace.Workspace, node: Node, errors: Errors) -> None:
    label, text = T.GROUP_P.get(node.kind, (T.P, T.P_HELP))
    if not isinstance(node, Step):
        text = composer(node.kind).parameters.get("p", text)
    shows = bound(widget_key(node.id, "p"), float(node.p), partial(_commit_p, node.id))
    st.slider(label, 0.0, 1.0, float(node.p), step=0.05, help=text, **shows)
    if problem := errors.get((node.id, "p")):
        st.error(escape(problem))
    if not any(owner for owner, _ in errors) and not _is_unfinished(node):
        chance = effective(work.draft.nodes)[node.id]
        if abs(chance - node.p) > 1e-9:
            st.caption(escape(T.EFFECTIVE.format(percent=f"{chance:.1%}")))


def _is_unfinished(node: Node) -> bool:
    """Return whether the node is a composer that still lacks steps; its form then says only what is missing."""
    return not isinstance(node, Step) and is_unfinished(node)


def _commit_p(node_id: str, p: float) -> None:
    workspace.change(lambda draft: edits.set_p(draft, node_id, round(float(p), 4)), (node_id, "p"))
    live.ahead()


def _parameters(work: workspace.Workspace, node: Step, transform: Transform, errors: Errors) -> None:
    found: Found | None = st.session_state.get(Key.FOUND)
    cautions = step_cautions.at_fields(work.pipeline, node, found.picture.size if found else None)
    for name, parameter in transform.parameters.items():
        value = node.params.get(name, parameter.default)
        parameters.show(Field(node.id, parameter, value, _commit), errors.get((node.id, name)), cautions.get(name))
    for (owner, name), message in errors.items():
        if owner == node.id and name not in ("", "p") and name not in transform.parameters:
            st.error(escape(message))
    if not transform.parameters:
        st.caption(T.NO_PARAMETERS)
        return
    if gentler := _gentler(node, transform):
        st.caption(escape(T.GENTLE.format(values=gentler)))
    with st.container(horizontal=True, vertical_alignment="center"):  # the labels may wrap
        st.toggle(T.EXACT, key=Key.EXACT, help=T.EXACT_HELP)
        st.button(
            T.RESET,
            key=widget_key("reset"),
            on_click=_reset,
            args=(node.id,),
            disabled=not node.params,
            type="tertiary",
        )


def _gentler(node: Step, transform: Transform) -> str:
    """Return the gentle start values that the step still has in place of the library's defaults."""
    kept = [name for name, value in transform.gentle.items() if node.params.get(name) == value]
    return ", ".join(
        T.GENTLE_VALUE.format(
            name=name, own=_ends(transform.gentle[name]), usual=_ends(transform.parameters[name].default)
        )
        for name in kept
    )


def _ends(value: Any) -> str:
    low, high = value
    return T.GENTLE_RANGE.format(low=low, high=high)


def _commit(node_id: str, name: str, value: Any) -> None:
    workspace.change(lambda draft: edits.set_param(draft, node_id, name, value), (node_id, name))
    live.ahead()


def _reset(node_id: str) -> None:
    def edit(draft: Draft) -> Draft:
        node = edits.find(draft, node_id)
        for name in node.params if isinstance(node, Step) else ():
            draft = edits.unset_param(draft, node_id, name)
        return draft

    workspace.change(edit)


def _documentation(name: str, text: str) -> None:
    # Sent only once it is opened: the texts are long, and would be sent again with every move of a slider.
    box = st.expander(T.DOCUMENTATION.format(name=name), key=widget_key("documentation"), on_change="rerun")
    if box.open:
        box.markdown(text)
