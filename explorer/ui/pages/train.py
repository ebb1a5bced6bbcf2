"""Set up a run and start it."""

import math

import streamlit as st

from explorer.data.dataset import Dataset
from explorer.runs import launcher
from explorer.runs.capacity import in_words
from explorer.runs.config import ConfigError, RunConfig
from explorer.runs.launcher import LaunchError
from explorer.runs.machine import Machine, MachineError, machine
from explorer.runs.mistakes import label
from explorer.ui import train_checks, train_form, train_source, train_values, workspace
from explorer.ui.components.markdown import escape
from explorer.ui.palette import class_colour
from explorer.ui.state import Key, Query
from explorer.ui.texts import Train as T
from explorer.ui.train_checks import Checked
from explorer.ui.train_values import Values

RUNS_PAGE = "explorer/ui/pages/runs.py"
AUGMENT_PAGE = "explorer/ui/pages/augment.py"
MOST_CLASSES = 12  # in the summary


def page() -> None:
    work = workspace.arrive()
    st.subheader(T.TITLE, anchor=False)
    st.caption(T.PROMISE)
    _duplicate()
    left, right = st.columns([1.9, 1], gap="large")
    with left:
        boxes = [st.container(border=True) for _ in range(4)]
    with boxes[1]:
        found = _machine()
    values = train_values.current()
    checked = train_checks.check(values, found)
    form = train_form.Form(values, checked.errors, {one.field: one.was for one in checked.differences})
    with boxes[0]:
        st.markdown(f"**{T.DATA}**")
        train_form.data(form)
        train_form.pipeline(form, checked.source)
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


def _duplicate() -> None:
    """Fill the form from the run that the address names, once."""
    asked = st.query_params.get(Query.DUPLICATE)
    if asked is None:
        return
    st.query_params.pop(Query.DUPLICATE)
    try:
        train_values.fill(train_source.load(asked).values)
    except train_source.SourceError as error:
        st.warning(escape(T.NOT_FILLED.format(reason=error)))


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
            st.markdown(escape(T.AUGMENTED.format(steps=train_source.steps_of(checked.pipeline))))
        if checked.config is not None and checked.dataset is not None:
            per_epoch = math.ceil(len(checked.dataset.train) / checked.config.batch_size)
            epochs = checked.config.epochs
            st.markdown(T.STEPS.format(steps=per_epoch * epochs, epochs=epochs, per_epoch=per_epoch))
        _needs(checked)
        _differences(checked, form.values)
        _carried(form.values)
        for message in form.elsewhere:
            st.error(escape(message))
        if "pipeline" in checked.errors and st.button(T.TO_AUGMENT, key=Key.TO_AUGMENT):
            st.switch_page(AUGMENT_PAGE, query_params={Query.DRAFT.value: workspace_id})
        _start(checked, workspace_id)
        st.button(T.RESET, key=Key.TRAIN_RESET, on_click=train_values.reset, type="tertiary")


def _needs(checked: Checked) -> None:
    if checked.needs is None:
        return
    needed = checked.needs
    words = {"memory": in_words(needed.memory), "disk": in_words(needed.disk)}
    if needed.gpu_memory is None:
        st.markdown(T.NEEDS.format(**words), help=T.NEEDS_HELP)
    else:
        st.markdown(T.NEEDS_GPU.format(**words, gpu=in_words(needed.gpu_memory)), help=T.NEEDS_HELP)
    for message in checked.warnings:
        st.warning(escape(message))


def _differences(checked: Checked, values: Values) -> None:
    if not values["source"]:
        return
    if checked.source is None:
        st.caption(escape(T.SOURCE_GONE.format(id=values["source"])))
        return
    name = checked.source.name
    changes = ", ".join(T.CHANGE.format(field=one.label, was=one.was, now=one.now) for one in checked.differences)
    st.markdown(escape(T.DIFFERS.format(name=name, changes=changes) if changes else T.SAME.format(name=name)))


def _carried(values: Values) -> None:
    """Settings that are not on the form and go into the run all the same."""
    fields = [
        T.CARRIED_ONE.format(field=T.LABELS[name], value=values[name]) for name in train_values.HIDDEN if values[name]
    ]
    if fields:
        st.caption(escape(T.CARRIED.format(fields=", ".join(fields))))
        st.button(T.DROP_CARRIED, key=Key.DROP_CARRIED, on_click=train_values.forget_hidden, type="tertiary")


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
    except (LaunchError, ConfigError) as error:
        st.error(escape(T.NOT_STARTED.format(reason=error)))
        return
    st.switch_page(RUNS_PAGE, query_params={Query.RUN.value: paths.id, Query.DRAFT.value: workspace_id})


def _named(config: RunConfig, checked: Checked) -> RunConfig:
    """The config with a name that tells runs apart, where the person gave none."""
    if config.name or checked.dataset is None:
        return config
    if checked.source is not None:
        return config.model_copy(update={"name": train_source.name_for(checked.source, checked.differences)})
    steps = config.pipeline.name or train_source.steps_of(config.pipeline)
    name = T.DEFAULT_NAME.format(dataset=checked.dataset.name, steps=steps)
    return config.model_copy(update={"name": name[: train_source.MAX_NAME]})


page()
