"""The dialog "Does this step help?" for masks and several labels: pairs of short full runs instead of heads."""

from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

from explorer.augment.pipeline import Pipeline, renewed
from explorer.base.task_names import TaskName
from explorer.data.dataset import Dataset
from explorer.figures import effect_words
from explorer.metrics.table import EVERY
from explorer.metrics.verdicts.decision import smallest_that_matters
from explorer.metrics.verdicts.measured import JUDGED_OF
from explorer.runs.machine import pair_costs
from explorer.runs.machine.machine import Machine, check_with_machine
from explorer.runs.spec.config import ConfigError, RunConfig, title_of
from explorer.runs.spec.fields import Values, limits_of
from explorer.runs.spec.members import runs_of
from explorer.runs.spec.plans.confirm import DRAWN, ConfirmPlan
from explorer.runs.spec.plans.effects import PIPELINE, EffectsPlan, variants_of
from explorer.runs.spec.plans.plan import Variant
from explorer.settings.fields import task_of
from explorer.texts import Confirm as C
from explorer.texts import Study as T
from explorer.ui.components.markdown import escape
from explorer.ui.session.keys import widget_key
from explorer.ui.study import confirming, numbers, starting
from explorer.ui.train import conversion, networks, trial


@dataclass(frozen=True)
class Question:
    """What is asked.

    Attributes:
        against: What the pipeline is compared with.
        pairs: Pairs of runs.
        epochs: Of each run.
        frozen: Whether only the decoder learns.
        metric: The key of the metric that judges.
        smallest: The smallest effect that matters, in units of the metric.
    """

    against: Variant
    pairs: int
    epochs: int
    frozen: bool
    metric: str
    smallest: float


def show(pipeline: Pipeline, values: Values, dataset: Dataset | None, machine: Machine | None) -> None:
    """Draw what is asked, what it takes, and the button that starts it.

    Args:
        pipeline: The pipeline of the Augment page.
        values: Of the form of the Train page, whose recipe the runs have.
        dataset: The data set, which has masks or several labels; None where it cannot be opened.
        machine: The devices of this computer; None where they are not known.
    """
    asked = _question(pipeline, values, task_of(values))
    config = None
    if asked is not None:
        st.caption(T.PAIRS_RECIPE.format(network=escape(str(values["backbone"])), size=values["image_size"]))
        config = _checked(asked, values, pipeline, dataset, machine)
    if config is not None and dataset is not None:
        _cost(config, dataset, machine)
    words = C.START_NONE if asked is None else C.START.format(runs=2 * asked.pairs)
    pressed = st.button(
        words, key=widget_key("study_pairs_start"), type="primary" if config else "secondary", disabled=config is None,
        icon=":material/play_arrow:",
    )  # fmt: skip
    if pressed and config is not None:
        starting.start(config)


def config_of(asked: Question, values: Values, pipeline: Pipeline) -> RunConfig:
    """Return the config of the study.

    Args:
        asked: What is asked.
        values: Of the form of the Train page.
        pipeline: What is judged.

    Raises:
        ConfigError: Some values are wrong.
    """
    of_run = {"monitor": asked.metric, "frozen": asked.frozen, "epochs": asked.epochs}
    made = conversion.config({**values, **of_run}, pipeline)
    plan = {"pairs": asked.pairs, "smallest": asked.smallest}
    return confirming.config_of(made, asked.against, epochs=asked.epochs, frozen=asked.frozen, **plan)


def _question(pipeline: Pipeline, values: Values, task: TaskName) -> Question | None:
    """Draw the fields; None where a number is out of its limits."""
    whole = renewed(pipeline)
    against = {one.name: one for one in variants_of(EffectsPlan(), whole) if one.name != PIPELINE}
    chosen = st.selectbox(
        C.CONTRAST, list(against), key=_key("against"),
        format_func=lambda name: confirming.titled(whole, against[name]),
    )  # fmt: skip
    left, right = st.columns(2)
    limits = limits_of(ConfirmPlan, "pairs")
    with left:
        pairs = numbers.whole(C.PAIRS, limits, limits[0], _key("pairs"), C.PAIRS_HELP)
        metric = _metric(task)
        several = task == "labels"
        layers = T.PAIRS_LAYERS_LABELS if several else T.PAIRS_LAYERS
        explanation = T.PAIRS_LAYERS_LABELS_HELP if several else T.PAIRS_LAYERS_HELP
        frozen = st.segmented_control(
            C.LAYERS, list(layers), default=False, key=_key("layers"), required=True, format_func=layers.__getitem__,
            help=explanation,
        )  # fmt: skip
    with right:
        epochs = numbers.whole(
            C.EPOCHS, limits_of(RunConfig, "epochs"), int(values["epochs"]), _key("epochs"), C.EPOCHS_HELP
        )
        smallest = _smallest(metric)
    if pairs is None or epochs is None or smallest is None:
        return None
    return Question(against[chosen], pairs, epochs, bool(frozen), metric, smallest)


def _key(name: str) -> str:
    return widget_key("study_pairs", name)


def _metric(task: TaskName) -> str:
    return st.selectbox(
        T.METRIC, JUDGED_OF[task], key=widget_key("study_pairs", "metric", task), help=T.PAIRS_METRIC_HELP,
        format_func=lambda key: EVERY[key].title,
    )  # fmt: skip


def _smallest(metric: str) -> float | None:
    unit = effect_words.unit_of(metric)
    found = st.number_input(
        T.SMALLEST_POINTS if unit.points else T.SMALLEST, value=smallest_that_matters(metric) * unit.scale,
        step=0.5 if unit.points else 0.005, format="%.1f" if unit.points else "%.3f", help=T.SMALLEST_HELP,
        key=widget_key("study_pairs", "smallest", metric),
    )  # fmt: skip
    return None if found is None else found / unit.scale


def _checked(
    asked: Question, values: Values, pipeline: Pipeline, dataset: Dataset | None, machine: Machine | None
) -> RunConfig | None:
    """Return the config, or show why there is none; errors of the data set stand beside its fields."""
    errors: dict[str, str] = {}
    config = None
    try:
        config = config_of(asked, values, renewed(pipeline))
        if machine is not None:
            check_with_machine(config, machine)
        if dataset is not None and config.batch_size > (drawn := int(DRAWN * len(dataset.train))):
            errors["batch_size"] = T.PAIRS_BATCH.format(batch=config.batch_size, images=drawn, share=f"{DRAWN:.0%}")
    except ConfigError as error:
        errors |= error.errors
    if config is not None and dataset is not None and not errors and not trial.is_slow(config):
        errors |= trial.mistakes(config, dataset)
    _say(errors)
    return config if dataset is not None and not errors else None


def _say(errors: Mapping[str, str]) -> None:
    for field, message in errors.items():
        if not field.startswith("dataset"):
            st.error(escape(f"{title_of(field)}: {message}"))


def _cost(config: RunConfig, dataset: Dataset, machine: Machine | None) -> None:
    known = machine is not None and pair_costs.cost_of(config, machine).seconds is not None
    whole = config.model_copy(update={"kind": "train", "study": None})
    guess = None if known else networks.takes(machine, whole, dataset, None)
    with st.container(border=True):
        if guess is None:
            st.markdown(confirming.takes(config))
        else:
            st.markdown(T.PAIRS_TAKES_EACH.format(runs=runs_of(config.study), takes=guess[0]), help=guess[1])
        st.caption(C.RUNS.format(runs=runs_of(config.study)))
