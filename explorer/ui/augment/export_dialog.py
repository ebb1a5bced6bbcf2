"""Export of the pipeline as Python code, JSON, YAML or a link."""

import re

import streamlit as st

from explorer.augment import exchange
from explorer.augment.pipeline import Pipeline, wanted_targets
from explorer.texts import Files as T
from explorer.ui.augment import sharing, stage
from explorer.ui.components.markdown import escape
from explorer.ui.preview import pictures
from explorer.ui.session import workspace
from explorer.ui.session.keys import widget_key


def offer(work: workspace.Workspace) -> None:
    """Draw the button that opens the dialog."""
    if st.button(T.EXPORT, key=widget_key("export"), help=T.EXPORT_HELP, width="stretch", on_click=stage.stop_playing):
        st.dialog(T.EXPORT_TITLE, width="large")(show)(work)


def show(work: workspace.Workspace) -> None:
    """Draw the content of the dialog."""
    forms = [*exchange.FORMS, T.LINK]
    chosen = st.segmented_control(
        T.EXPORT_FORM,
        forms,
        default=forms[0],
        required=True,
        key=widget_key("export_form"),
        label_visibility="collapsed",
    )
    if chosen == T.LINK:
        _link(work)
    else:
        _text(work, str(chosen))


def _text(work: workspace.Workspace, chosen: str) -> None:
    pipeline = work.pipeline
    if pipeline is None:
        st.error(escape(T.EXPORT_WRONG.format(errors=" ".join(work.errors.values()))))
        return
    form = exchange.FORMS[chosen]
    is_python = form is exchange.FORMS[exchange.PYTHON]
    boxes, points = _with_targets(work, pipeline) if is_python else (True, True)
    text = form.write(pipeline, boxes, points)
    st.caption(T.EXPORT_PYTHON if is_python else T.EXPORT_FILE.format(where=T.IMPORT))
    st.code(text, language=form.language, height=360)
    name = re.sub(r"[^\w-]+", "-", work.draft.name).strip("-")[:40] or T.EXPORT_NAME
    file = f"{name}.{form.suffix}"
    st.download_button(
        T.EXPORT_SAVE.format(name=file),
        text,
        file,
        form.mime,
        key=widget_key("export_save"),
        on_click="ignore",
        type="primary",
    )


def _with_targets(work: workspace.Workspace, pipeline: Pipeline) -> tuple[bool, bool]:
    """Ask whether the code handles boxes and keypoints; those of the sample photographs do not count."""
    wanted, view = wanted_targets(pipeline), work.view
    with st.container(horizontal=True):
        boxes = st.toggle(
            T.EXPORT_BOXES, bool("bboxes" in wanted or view.boxes.strip()), key=widget_key("export_boxes")
        )
        points = st.toggle(
            T.EXPORT_POINTS, bool("keypoints" in wanted or view.points.strip()), key=widget_key("export_points")
        )
    return boxes, points


def _link(work: workspace.Workspace) -> None:
    st.caption(T.LINK_WHAT)
    address = sharing.link(sharing.address(str(st.context.url)), work)
    if sharing.is_local(address):
        st.info(T.LINK_LOCAL)
    if len(address) > sharing.MAX_LINK:
        st.warning(T.LINK_LONG.format(length=len(address)))
        return
    st.code(address, language=None, wrap_lines=True)
    if work.view.picture == pictures.UPLOAD:
        st.caption(T.LINK_UPLOAD)
