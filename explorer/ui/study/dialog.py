"""The dialog "Does this step help?" on the Augment page: the data set, what is asked, what it costs, and its start."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from explorer.augment.pipeline import Pipeline
from explorer.base.words import span
from explorer.data.dataset import Dataset
from explorer.figures import effect_words
from explorer.runs.machine import study_costs
from explorer.runs.machine.machine import Machine, check_with_machine
from explorer.runs.spec.config import ConfigError, RunConfig
from explorer.runs.spec.fields import Values, info_of, texts_of
from explorer.runs.spec.plans.effects import MOST_VARIANTS, EffectsPlan, judged_nodes, variants_of
from explorer.runs.spec.plans.plan import least_of_a_class
from explorer.settings.fields import SECTIONS, matters, place_field, task_of
from explorer.texts import Study as T
from explorer.texts import Train
from explorer.ui.augment import stage
from explorer.ui.components import not_free
from explorer.ui.components.fields import bound
from explorer.ui.components.markdown import escape
from explorer.ui.session import workspace
from explorer.ui.session.keys import widget_key
from explorer.ui.study import asked, earlier, pairs_dialog, starting
from explorer.ui.study.asked import Asked
from explorer.ui.train import carry, checks, conversion, data_sets, decided, devices, trial, widgets
from explorer.ui.train import values as train_values
from explorer.ui.train.form import Form


@dataclass(frozen=True)
class Ready:
    """What the dialog describes now. `errors` has the message of each field of RunConfig with an error."""

    config: RunConfig | None
    dataset: Dataset | None
    machine: Machine | None
    errors: dict[str, str] = field(default_factory=dict)


def offer(work: workspace.Workspace) -> None:
    """Draw the button that opens the dialog; disabled with the reason where there is nothing to ask."""
    reason = why_not(work)
    pressed = st.button(
        T.ASK, key=widget_key("study_ask"), icon=":material/balance:", width="stretch", help=reason or T.ASK_HELP,
        disabled=bool(reason), on_click=stage.stop_playing,
    )  # fmt: skip
    if pressed:
        carry.arrive(work)
        st.dialog(T.ASK, width="medium")(show)(work)


def why_not(work: workspace.Workspace) -> str:
    """Return why the effects of the steps of a pipeline cannot be asked for; "" where they can."""
    if work.pipeline is None:
        return T.ASK_ERRORS.format(reason=escape(next(iter(work.errors.values()), "")))
    steps = len(judged_nodes(work.pipeline))
    if steps == 0:
        return T.ASK_NO_STEP
    compared = len(variants_of(EffectsPlan(), work.pipeline))
    return T.ASK_TOO_MANY.format(steps=steps, compared=compared, most=MOST_VARIANTS) if compared > MOST_VARIANTS else ""


def show(work: workspace.Workspace) -> None:
    """Draw the content of the dialog."""
    pipeline = work.pipeline
    reason = why_not(work)
    if pipeline is None or reason:  # another window has changed it meanwhile
        st.error(reason)
        return
    found, values = devices.look(), _values()
    task = task_of(values)
    st.caption(T.ASK_INTROS.get(task, T.ASK_INTRO))
    if task != "classification":
        _of_runs(pipeline, values, found)
        return
    now = asked.current()
    ready = _check(now, values, pipeline, found)
    _data(ready, values)
    _question(now, ready)
    _details(now, values["dataset"])
    if pipeline.streams == 1:
        st.caption(T.RENEWED)
    for name, message in ready.errors.items():
        if not name.startswith("dataset"):
            st.error(escape(message))
    _cost(ready, pipeline)
    _start(ready)


def _of_runs(pipeline: Pipeline, values: Values, found: Machine | None) -> None:
    """Ask for pairs of full runs, for data sets for which no heads can be trained."""
    errors: dict[str, str] = {}
    dataset = checks.dataset_of(values, errors)
    _data(Ready(None, dataset, found, errors), values, all_judge=False)
    if pipeline.streams == 1:
        st.caption(T.RENEWED)
    pairs_dialog.show(pipeline, values, dataset, found)


def _values() -> Values:
    """Return the values of the Train page's form, with the first data set of the chosen format if none is named."""
    kind = train_values.current()["dataset"]
    place, found = place_field(kind), data_sets.places(kind)
    if place is not None and found and not train_values.current()[place]:
        train_values.edit(lambda newest: {} if newest[place] else {place: found[0]})
    return train_values.current()


def _check(now: Asked, values: Values, pipeline: Pipeline, found: Machine | None) -> Ready:
    errors: dict[str, str] = {}
    config: RunConfig | None = None
    try:
        config = asked.config_of(now, values, pipeline, found)
        if found is not None:
            check_with_machine(config, found)
    except ConfigError as error:
        errors |= error.errors
    dataset = checks.dataset_of(values, errors)
    if dataset is not None and (reason := too_few(dataset, now.folds)):
        errors["dataset"] = reason
    if config is not None and dataset is not None and not errors and not trial.is_slow(config):
        errors |= trial.mistakes(config, dataset)
    return Ready(None if errors else config, dataset, found, errors)


def too_few(dataset: Dataset, folds: int) -> str:
    """Return why a data set is too small for folds; "" where it is not."""
    count = len(dataset.classes)
    if count < 2:
        return T.ONE_CLASS
    images = dataset.train.counts(count) + dataset.val.counts(count)
    rarest, least = int(images.argmin()), least_of_a_class(folds)
    if images[rarest] >= least:
        return ""
    return T.TOO_FEW.format(name=dataset.classes[rarest], images=int(images[rarest]), least=least)


def _data(ready: Ready, values: Values, all_judge: bool = True) -> None:
    """Draw the fields of the data set, which are those of the Train page.

    Args:
        ready: What was found of it.
        values: Of the form of the Train page.
        all_judge: Whether all images take part, those for validation too.
    """
    form = Form(values, ready.errors, machine=ready.machine, dataset=ready.dataset)
    for row in SECTIONS["data"].rows:
        for one in row:
            if one.name != "pipeline" and matters(one.name, values):
                widgets.draw(form, one)
    decided.show(conversion.dataset_spec(values))
    if ready.dataset is not None and all_judge:
        images, classes = len(ready.dataset.train) + len(ready.dataset.val), len(ready.dataset.classes)
        spec = conversion.dataset_spec(values)
        if spec is None or spec.set_aside is None:
            st.caption(f"{T.ALL_IMAGES.format(images=images, classes=classes)} {T.NO_ASIDE}")
        else:
            aside = ready.dataset.aside
            st.caption(T.ASIDE.format(aside=aside, images=images, classes=classes))
            not_free.warn(spec)
    for path, message in ready.errors.items():
        if path.startswith("dataset.") and path not in form.drawn:
            st.error(escape(message))


def _question(now: Asked, ready: Ready) -> None:
    """Draw the metric, the smallest effect that matters, and the network."""
    metric, smallest, network = st.columns([1.2, 1, 1.2])
    titles = asked.metrics()
    with metric:
        _choice("metric", T.METRIC, titles, now.metric, T.METRIC_HELP)
    unit = effect_words.unit_of(now.metric)
    with smallest:
        st.number_input(
            T.SMALLEST_POINTS if unit.points else T.SMALLEST, value=now.matters * unit.scale,
            step=0.5 if unit.points else 0.001, format="%.1f" if unit.points else "%.3f", help=T.SMALLEST_HELP,
            **_bound("smallest", now.matters * unit.scale, lambda value: value / unit.scale),
        )  # fmt: skip
    with network:
        names = {name: found.title for name, found in asked.networks(ready.machine).items()}
        _choice("backbone", T.NETWORK, names or {now.backbone: now.backbone}, now.backbone, T.NETWORK_HELP)


def _choice(name: str, label: str, titles: Mapping[str, str], value: str, explanation: str) -> None:
    known = dict(titles) | ({} if value in titles else {value: value})
    st.selectbox(label, list(known), format_func=known.__getitem__, help=explanation, **_bound(name, value))


def _bound(name: str, value: Any, read: Callable[[Any], Any] = lambda value: value) -> dict[str, Any]:
    def commit(chosen: Any) -> None:
        if chosen is not None:  # else the field was emptied
            asked.change(**{name: read(chosen)})

    return bound(widget_key("study_asked", name), value, commit)


def _details(now: Asked, kind: str) -> None:
    size = now.size_for(kind)
    summary = T.DETAILS.format(repeats=effect_words.repeats(now.repeats), folds=now.folds, views=now.views, size=size)
    more = st.expander(T.MORE_DETAILS, key=widget_key("study_details"), on_change="rerun")
    if not more.open:
        with more:
            st.empty()
        st.caption(summary)
        return
    with more:
        for row in (("repeats", "folds", "views"), ("image_size", "seed")):
            for name, column in zip(row, st.columns(3), strict=False):
                with column:
                    _number(name, size if name == "image_size" else getattr(now, name))


def _number(name: str, value: int) -> None:
    model = EffectsPlan if name in EffectsPlan.model_fields else RunConfig
    info = info_of(model, name)
    assert info is not None
    st.number_input(  # without limits, as in the form of the Train page: what is out of them is an error of the config
        info.title or name, value=value, step=32 if name == "image_size" else 1,
        help=T.FIELD_HELP.get(name) or texts_of(model)[name], **_bound(name, value),
    )  # fmt: skip


def _cost(ready: Ready, pipeline: Pipeline) -> None:
    if ready.config is None or ready.dataset is None or ready.machine is None:
        return
    images = len(ready.dataset.train) + len(ready.dataset.val)
    cost = study_costs.cost_of(ready.config, images, ready.machine)
    words = T.COST.format(steps=len(judged_nodes(pipeline)), variants=cost.variants, views=cost.views, heads=cost.heads)
    time = (T.TAKES if cost.measured else T.TAKES_GUESSED).format(time=span(roughly(cost.seconds)))
    with st.container(border=True):
        st.markdown(f"{time}  \n{words}", help=T.COST_HELP)
        assert isinstance(ready.config.study, EffectsPlan)
        earlier.show(ready.config, ready.config.study.repeats)


def roughly(seconds: float) -> float:
    """Round an estimate up to 10 seconds, or to a minute from two minutes on, as it is no more exact than that."""
    unit = 10 if seconds < 120 else 60
    return math.ceil(seconds / unit) * unit


def _start(ready: Ready) -> None:
    can = ready.config is not None
    with st.container(horizontal=True, gap="small"):
        whole = st.button(
            Train.START, key=widget_key("study_start"), type="primary" if can else "secondary", disabled=not can,
            icon=":material/play_arrow:",
        )  # fmt: skip
        pilot = st.button(T.PILOT, key=widget_key("study_pilot"), help=T.PILOT_HELP, disabled=not can)
    if (whole or pilot) and ready.config is not None and ready.dataset is not None:
        config = starting.named(ready.config, T.NAME)
        if pilot:
            assert config.study is not None
            config = config.model_copy(update={"study": config.study.model_copy(update={"repeats": 1})})
        starting.start(config)
