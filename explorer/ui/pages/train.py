"""Set up a run and start it."""

import math

import streamlit as st

from explorer.augment.pipeline import Pipeline, Step, walk
from explorer.data.dataset import Dataset
from explorer.runs import launcher
from explorer.runs.config import RunConfig
from explorer.runs.launcher import LaunchError
from explorer.runs.machine import Machine, MachineError, machine
from explorer.runs.mistakes import label
from explorer.ui import train_checks, train_form, train_values, workspace
from explorer.ui.components.markdown import escape
from explorer.ui.palette import class_colour
from explorer.ui.state import Key, Query
from explorer.ui.texts import Train as T
from explorer.ui.train_checks import Checked

RUNS_PAGE = "explorer/ui/pages/runs.py"
AUGMENT_PAGE = "explorer/ui/pages/augment.py"
MAX_NAME = 100
MOST_CLASSES = 12  # in the summary


def page() -> None:
    try:
        work = workspace.current()
    except workspace.WorkspaceError as error:
        st.warning(escape(str(error)))
        work = workspace.current()
    st.subheader(T.TITLE, anchor=False)
    st.caption(T.PROMISE)
    left, right = st.columns([1.9, 1], gap="large")
    with left:
        boxes = [st.container(border=True) for _ in range(4)]
    with boxes[1]:
        found = _machine()
    values = train_values.current()
    checked = train_checks.check(values, found)
    form = train_form.Form(values, checked.errors)
    with boxes[0]:
        st.markdown(f"**{T.DATA}**")
        train_form.data(form)
        train_form.pipeline(form)
    with boxes[1]:
        st.markdown(f"**{T.MODEL}**")
        train_form.model(form, found)
    with boxes[2]:
        st.markdown(f"**{T.SCHEDULE}**")
        train_form.schedule(form)
    with boxes[3]:
        st.markdown(f"**{T.DEVICE}**")
        train_form.device(form, found)
        form.entry("name", max_chars=100)
    with right:
        _summary(checked, form, work.id)


def _machine() -> Machine | None:
    try:
        with st.spinner(T.LOOKING):
            return machine()
    except MachineError as error:
        st.error(escape(T.NO_MACHINE.format(reason=error)))
        return None


def _summary(checked: Checked, form: train_form.Form, workspace_id: str) -> None:
    with st.container(border=True):
        st.markdown(f"**{T.SUMMARY}**")
        if checked.dataset is not None:
            _counts(checked.dataset)
        if checked.pipeline is not None:
            steps = _steps(checked.pipeline) or T.NO_STEPS
            st.markdown(escape(T.AUGMENTED.format(steps=steps)))
        if checked.config is not None and checked.dataset is not None:
            per_epoch = math.ceil(len(checked.dataset.train) / checked.config.batch_size)
            epochs = checked.config.epochs
            st.markdown(T.STEPS.format(steps=per_epoch * epochs, epochs=epochs, per_epoch=per_epoch))
        for message in form.elsewhere:
            st.error(escape(message))
        if "pipeline" in checked.errors and st.button(T.TO_AUGMENT, key=Key.TO_AUGMENT):
            st.switch_page(AUGMENT_PAGE, query_params={Query.DRAFT.value: workspace_id})
        _start(checked, workspace_id)
        st.button(T.RESET, key=Key.TRAIN_RESET, on_click=train_values.reset, type="tertiary")


def _counts(dataset: Dataset) -> None:
    st.markdown(T.COUNTS.format(train=len(dataset.train), val=len(dataset.val)))
    count = len(dataset.classes)
    train, val = dataset.train.counts(count), dataset.val.counts(count)
    lines = []
    for index, name in enumerate(dataset.classes[:MOST_CLASSES]):
        words = escape(T.CLASS_LINE.format(name=name, train=int(train[index]), val=int(val[index])))
        lines.append(f'<span style="color:{class_colour(index)}">■</span> {words}')
    if count > MOST_CLASSES:
        lines.append(T.MORE_CLASSES.format(count=count - MOST_CLASSES))
    st.markdown("<br>".join(lines), unsafe_allow_html=True)
    for note in dataset.notes:
        st.caption(escape(note))


def _steps(pipeline: Pipeline) -> str:
    return ", ".join(node.transform for node, _ in walk(pipeline.nodes) if isinstance(node, Step) and node.enabled)


def _start(checked: Checked, workspace_id: str) -> None:
    pressed = st.button(
        T.START, key=Key.TRAIN_START, type="primary", width="stretch", help=T.START_HELP, icon=":material/play_arrow:"
    )
    if not pressed:
        return
    if checked.config is None:
        st.error(escape(T.FIX.format(fields=", ".join(label(name) for name in checked.errors))))
        return
    try:
        with st.spinner(T.STARTING):
            paths = launcher.start(_named(checked.config, checked))
    except LaunchError as error:
        st.error(escape(T.NOT_STARTED.format(reason=error)))
        return
    st.switch_page(RUNS_PAGE, query_params={Query.RUN.value: paths.id, Query.DRAFT.value: workspace_id})


def _named(config: RunConfig, checked: Checked) -> RunConfig:
    """The config with a name that tells runs apart, where the person gave none."""
    if config.name or checked.dataset is None:
        return config
    steps = config.pipeline.name or _steps(config.pipeline) or T.NO_STEPS
    name = T.DEFAULT_NAME.format(dataset=checked.dataset.name, steps=steps)
    return config.model_copy(update={"name": name[:MAX_NAME]})


page()
