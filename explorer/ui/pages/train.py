"""The Train page: set up a run and start it."""

import streamlit as st

from explorer.runs.machine.machine import Machine
from explorer.runs.record.paths import RunPaths, runs_root
from explorer.runs.spec.fields import Values
from explorer.runs.spec.schedules import steps_per_epoch
from explorer.settings.fields import SECTIONS, place_field, task_of
from explorer.texts import Train as T
from explorer.texts import TrainFields as F
from explorer.ui.components import plot
from explorer.ui.components.markdown import escape
from explorer.ui.session import workspace
from explorer.ui.session.keys import Key, Page, Query, widget_key
from explorer.ui.train import carry, checks, conversion, curve, decided, devices, networks, seen, source, summary
from explorer.ui.train import sections as train_sections
from explorer.ui.train import values as train_values
from explorer.ui.train.checks import Checked
from explorer.ui.train.form import Form


def page() -> None:
    work = workspace.arrive()
    st.subheader(T.TITLE, anchor=False)
    st.caption(T.PROMISE)
    carry.arrive(work)
    _duplicate()
    unwritten = st.container()
    left, right = st.columns([1.9, 1], gap="large")
    with left:
        boxes = {
            key: st.container(border=not section.folded, gap="xxsmall" if section.folded else "small")
            for key, section in SECTIONS.items()
        }
    with boxes["device"]:
        found = devices.look()
    values = _recognized(train_values.current())
    train_sections.land(values, found)
    checked = checks.check(values, found)
    form = _form(values, checked, found, carry.hint(work.view, values))
    for key, box in boxes.items():
        with box:
            train_sections.draw(form, key)
            _own(key, form, checked)
            if SECTIONS[key].more:
                train_sections.draw_more(form, key)
    with right:
        summary.show(checked, form)
    with unwritten:
        workspace.show_unwritten()
    train_sections.focus_field()


def _recognized(values: train_values.Values) -> train_values.Values:
    """Note in the form what is learned, where the data decide about it. Fields of another task change with it."""
    spec = conversion.dataset_spec(values)
    if spec is None or spec.task == task_of(values):
        return values
    train_values.change(recognized=spec.task)
    return train_values.current()


def _duplicate() -> None:
    """Fill the form once from the run in the address."""
    asked = st.query_params.get(Query.DUPLICATE)
    if asked is None:
        return
    st.query_params.pop(Query.DUPLICATE)
    try:
        train_values.fill(source.load(asked).values)
    except source.SourceError as error:
        st.warning(escape(T.NOT_FILLED.format(reason=error)))


def _form(values: Values, checked: Checked, found: Machine | None, data_hint: str) -> Form:
    hints = {
        "dataset": data_hint,
        "backbone": networks.backbone_hint(found, values),
        "weights": networks.weights_hint(found, values),
        "precision": devices.precision_hint(found, values),
        "cache_size": devices.kept_hint(values, checked.pipeline),
        "loggers": _logged(values),
    }
    return Form(
        values,
        checked.errors,
        checked.cautions,
        {one.field: one.was for one in checked.differences},
        hints | train_sections.landing_hints(),
        found,
        checked.source,
        checked.dataset,
    )


def _logged(values: Values) -> str:
    chosen = values["loggers"]
    words = [F.LOGGED.format(folder=RunPaths(runs_root()).logged.name)] if chosen else []
    if "tensorboard" in chosen:
        words.append(F.TENSORBOARD.format(folder=runs_root()))
    return " ".join(words)


def _own(key: str, form: Form, checked: Checked) -> None:
    """Draw the parts of a section besides its fields."""
    if key == "data":
        decided.show(conversion.dataset_spec(form.values))
        st.caption(T.DATA_NOTE)
        _to_data(form.values)
    elif key == "network":
        networks.compare(form.machine, form.values)
    elif key == "optimizer":
        _curve(form.values, checked)
    elif key == "mixing":
        seen.show(checked.config, checked.dataset)


def _to_data(values: Values) -> None:
    """Draw the link to the Data page with this data set."""
    kind = values["dataset"]
    field = place_field(kind)
    if field is None or values[field]:
        key = kind if field is None else f"{kind}:{values[field]}"
        address = {Query.DATA.value: key, Query.DRAFT.value: workspace.current().id}
        st.page_link(Page.DATA, label=T.TO_DATA, icon=":material/database:", query_params=address)


def _curve(values: Values, checked: Checked) -> None:
    recipe = conversion.recipe(values)
    if recipe is not None:
        images = len(checked.dataset.train) if checked.dataset else recipe.batch_size * 10
        per_epoch = steps_per_epoch(recipe, images)
        st.session_state[Key.TRAIN_CURVE_LAST] = curve.figure(recipe, per_epoch)
    if (figure := st.session_state.get(Key.TRAIN_CURVE_LAST)) is not None:
        plot.show(figure, T.CURVE_ALT, widget_key("train_curve"))
    if recipe is None:
        st.caption(T.CURVE_LATER)


page()
