"""The column beside the form: data, steps, needs, differences from another run, and the buttons that start it."""

from collections.abc import Mapping

import streamlit as st

from explorer.data.dataset import Dataset
from explorer.figures.palette import class_color
from explorer.runs.life import launcher
from explorer.runs.life.launcher import LaunchError
from explorer.runs.machine.capacity import in_words
from explorer.runs.machine.machine import Machine
from explorer.runs.spec.config import ConfigError, RunConfig
from explorer.runs.spec.fields import Values
from explorer.runs.spec.schedules import steps_per_epoch
from explorer.settings.fields import title_at
from explorer.settings.rows import steps_of
from explorer.texts import Common
from explorer.texts import Train as T
from explorer.ui.components import not_free
from explorer.ui.components.markdown import escape
from explorer.ui.session import workspace
from explorer.ui.session.keys import Page, Query, widget_key
from explorer.ui.train import checks, folds, mask_classes, networks, pair, probe_panel, source, turn
from explorer.ui.train import values as train_values
from explorer.ui.train.checks import Checked
from explorer.ui.train.form import Form

MOST_CLASSES = 12


def show(checked: Checked, form: Form) -> None:
    """Draw the column beside the form."""
    with st.container(border=True, key=widget_key("train_summary")):
        st.markdown(f"**{T.SUMMARY}**")
        if checked.dataset is not None:
            _counts(checked.dataset)
        if checked.config is not None and checked.dataset is not None:
            not_free.warn(checked.config.dataset)
        if checked.pipeline is not None:
            st.markdown(escape(T.AUGMENTED.format(steps=steps_of(checked.pipeline))))
        _work(checked, form.machine)
        _needs(checked)
        _differences(checked, form.values)
        for message in form.elsewhere:
            st.error(escape(message))
        for message in (*form.cautions_elsewhere, *checked.warnings):
            st.warning(escape(message))
        if "pipeline" in checked.errors and st.button(T.TO_AUGMENT, key=widget_key("to_augment")):
            workspace.go(Page.AUGMENT)
        _start(checked)
        folds.offer(checked, form.machine)
        probe_panel.show(checked.config, checked.errors)
        st.button(T.RESET, key=widget_key("train_reset"), on_click=train_values.reset, type="tertiary")


def _counts(dataset: Dataset) -> None:
    st.markdown(T.COUNTS.format(train=len(dataset.train), val=len(dataset.val)))
    if dataset.train.masks is None:
        _classes(dataset)
    else:
        st.html(mask_classes.lines(dataset.train.masks, MOST_CLASSES))
    for note in dataset.notes:
        st.caption(escape(note))


def _classes(dataset: Dataset) -> None:
    count = len(dataset.classes)
    train, val = dataset.train.counts(count), dataset.val.counts(count)
    lines = []
    for index, name in enumerate(dataset.classes[:MOST_CLASSES]):
        words = escape(T.CLASS_LINE.format(name=name, train=int(train[index]), val=int(val[index])))
        lines.append(f'<span style="color:{class_color(index)}">■</span> {words}')
    if count > MOST_CLASSES:
        lines.append(Common.AND_MORE.format(count=count - MOST_CLASSES))
    st.markdown("<br>".join(lines), unsafe_allow_html=True)


def _work(checked: Checked, machine: Machine | None) -> None:
    config, dataset = checked.config, checked.dataset
    if config is None or dataset is None:
        return
    per_epoch = steps_per_epoch(config, len(dataset.train))
    st.markdown(T.STEPS.format(steps=per_epoch * config.epochs, epochs=config.epochs, per_epoch=per_epoch))
    time = networks.takes(machine, config, dataset, checked.source)
    if time is not None:
        st.markdown(T.TAKES.format(time=time[0]), help=time[1])
    elif machine is not None:
        st.caption(T.TAKES_UNKNOWN)
        networks.offer_measure(machine, config.backbone, config.task)
    if said := turn.of_next(config):
        st.caption(f":material/schedule: {escape(T.WILL_WAIT.format(turn=said))}")


def _needs(checked: Checked) -> None:
    if checked.needs is None:
        return
    needed = checked.needs
    words = {"memory": in_words(needed.memory), "disk": in_words(needed.disk)}
    if needed.gpu_memory is None:
        st.markdown(T.NEEDS.format(**words), help=T.NEEDS_HELP)
    else:
        st.markdown(T.NEEDS_GPU.format(**words, gpu=in_words(needed.gpu_memory)), help=T.NEEDS_HELP)


def _differences(checked: Checked, values: Values) -> None:
    if not values["source"]:
        return
    if checked.source is None:
        st.caption(escape(T.SOURCE_GONE.format(id=values["source"])))
        return
    name = checked.source.name
    if checked.source.is_study:
        st.caption(escape(T.FROM_STUDY.format(name=name)))
        return
    changes = ", ".join(T.CHANGE.format(field=one.label, was=one.was, now=one.now) for one in checked.differences)
    st.markdown(escape(T.DIFFERS.format(name=name, changes=changes) if changes else T.SAME.format(name=name)))
    if checked.source.config.rules == 1:
        st.caption(escape(T.RULES_OF_BEFORE.format(name=name)))


def _start(checked: Checked) -> None:
    """Draw the buttons that start the run, or two runs: as configured, and the same without augmentation."""
    # A disabled button does not look primary.
    ready = not checked.errors
    once = st.button(
        T.START, key=widget_key("train_start"), type="primary" if ready else "secondary", width="stretch",
        help=T.START_HELP, icon=":material/play_arrow:", disabled=not ready,
    )  # fmt: skip
    augments = checked.pipeline is not None and pair.augments(checked.pipeline)
    twice = st.button(
        T.START_PAIR, key=widget_key("train_pair"), width="stretch", icon=":material/compare_arrows:",
        help=T.START_PAIR_HELP if augments else T.PAIR_NOTHING, disabled=not (ready and augments),
    )  # fmt: skip
    if checked.untried:
        st.caption(T.TRIED_LATER)
    if not ready:  # the field with the error may not be visible
        st.markdown(f":red[:material/error: {escape(_to_mend(checked.errors))}]")
    if once or twice:
        _launch(checked, twice)


def _launch(checked: Checked, twice: bool) -> None:
    errors = checked.errors or checks.try_now(checked)
    if checked.config is None or errors:
        st.error(escape(_to_mend(errors)))
        for message in errors.values() if checked.config is not None else ():
            st.error(escape(message))
        return
    named = _named(checked.config, checked)
    try:
        with st.spinner(Common.STARTING):
            started = [launcher.start(config) for config in (pair.of(named) if twice else (named,))]
    except (LaunchError, ConfigError) as error:
        st.error(escape(T.NOT_STARTED.format(reason=error)))
        return
    workspace.go(Page.RUNS, **{Query.RUN.value: started[0].id})


def _to_mend(errors: Mapping[str, str]) -> str:
    return Common.FIX.format(fields=", ".join(title_at(name, train_values.current()) for name in errors))


def _named(config: RunConfig, checked: Checked) -> RunConfig:
    """Return the config with a name that distinguishes it from other runs, if none was typed."""
    if config.name or checked.dataset is None:
        return config
    if checked.source is not None and not checked.source.is_study:
        return config.model_copy(update={"name": source.name_for(checked.source, checked.differences)})
    steps = config.pipeline.name or steps_of(config.pipeline)
    name = T.DEFAULT_NAME.format(dataset=checked.dataset.name, steps=steps)
    return config.model_copy(update={"name": name[: source.MAX_NAME]})
