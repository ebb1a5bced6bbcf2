"""The form that starts a confirmation of what a study has found."""

from typing import Any

import streamlit as st

from explorer.augment.pipeline import Pipeline, all_steps
from explorer.base.words import size, span
from explorer.runs.machine.machine import known_machine
from explorer.runs.machine.needs import kept_checkpoints
from explorer.runs.machine.pair_costs import PairCosts, cost_of
from explorer.runs.overview.view import RunSnapshot, RunView
from explorer.runs.spec.config import ConfigError, RunConfig, from_values
from explorer.runs.spec.fields import limits_of
from explorer.runs.spec.members import title_of
from explorer.runs.spec.plans.confirm import ConfirmPlan
from explorer.runs.spec.plans.effects import NOTHING, PIPELINE, EffectsPlan, removed_node, variants_of
from explorer.runs.spec.plans.plan import Variant
from explorer.texts import Confirm as T
from explorer.ui.components.markdown import escape
from explorer.ui.session.keys import widget_key
from explorer.ui.study import numbers, starting


def form(view: RunView, snapshot: RunSnapshot) -> None:
    """Draw the form, and start the confirmation."""
    config = snapshot.config
    if config is None or not isinstance(config.study, EffectsPlan):
        return
    against = {one.name: one for one in variants_of(config.study, config.pipeline) if one.name != PIPELINE}
    if not against:
        st.caption(T.NO_CONTRAST)
        return

    def key(name: str) -> str:
        return widget_key("study", view.paths.id, "confirm", name)

    chosen = st.selectbox(
        T.CONTRAST, list(against), key=key("against"), format_func=lambda name: titled(config.pipeline, against[name])
    )
    left, right = st.columns(2)
    pairs_limits = limits_of(ConfirmPlan, "pairs")
    with left:
        pairs = numbers.whole(T.PAIRS, pairs_limits, pairs_limits[0], key("pairs"), T.PAIRS_HELP)
    with right:
        epochs = numbers.whole(T.EPOCHS, limits_of(RunConfig, "epochs"), config.epochs, key("epochs"), T.EPOCHS_HELP)
    frozen = st.segmented_control(
        T.LAYERS, list(T.LAYER_CHOICES), default=False, key=key("layers"), help=T.LAYERS_HELP, required=True,
        format_func=T.LAYER_CHOICES.__getitem__,
    )  # fmt: skip
    keep = st.checkbox(T.KEEP, key=key("keep"), help=T.KEEP_HELP)
    if pairs is None or epochs is None:
        st.button(T.START_NONE, icon=":material/play_arrow:", key=key("start"), disabled=True)
        return
    asked = {
        "pairs": pairs,
        "keep_checkpoints": keep,
        "smallest": config.study.smallest,
        "chosen_by": view.paths.id,
    }
    try:
        made = config_of(config, against[chosen], epochs=epochs, frozen=bool(frozen), **asked)
    except ConfigError as error:
        for message in error.errors.values():
            st.error(escape(message))
        return
    st.caption(T.RUNS.format(runs=2 * pairs))
    if keep:
        _say_size(made)
    st.markdown(takes(made))
    if st.button(T.START.format(runs=2 * pairs), type="primary", icon=":material/play_arrow:", key=key("start")):
        starting.start(made)


def config_of(config: RunConfig, against: Variant, *, epochs: int, frozen: bool, **plan: Any) -> RunConfig:
    """Return the config of a confirmation: the recipe of a study, trained for real.

    Args:
        config: Of the study.
        against: The variant that its pipeline is compared with.
        epochs: Of each run.
        frozen: Whether only the head is trained.
        plan: Further fields of the plan.

    Raises:
        ConfigError: A value is wrong.
    """
    asked = {"ask": "confirm", "against": against.model_dump(), **plan}
    changes = {
        "kind": "study", "study": asked, "epochs": epochs, "frozen": frozen, "unfreeze_epoch": None,
        "early_stopping": None, "name": "",
    }  # fmt: skip
    made = from_values(config.model_dump() | changes)
    name = T.NAME.format(plus=title_of(made, "plus"), minus=title_of(made, "minus"))
    return starting.named(made, name)


def titled(pipeline: Pipeline, variant: Variant) -> str:
    """Return what a variant of a pipeline is called in a list of what it can be compared with."""
    if variant.name == NOTHING:
        return T.NOTHING
    removed = removed_node(variant.name)
    if removed is None:
        return T.OTHER.format(title=variant.label)
    transforms = (step.transform for step in all_steps(pipeline.nodes) if step.id == removed)
    return T.WITHOUT.format(step=variant.title or next(transforms, removed))


def _say_size(config: RunConfig) -> None:
    machine = known_machine()
    backbone = machine.backbone(config.backbone) if machine else None
    if backbone is not None:
        st.caption(T.KEEP_TAKES.format(size=size(kept_checkpoints(config, backbone))))


def takes(config: RunConfig) -> str:
    """Return how long a confirmation will take, by runs with the same work, or that this is not known."""
    machine = known_machine()
    if machine is None:
        return T.NO_MACHINE
    cost: PairCosts = cost_of(config, machine)
    if cost.seconds is None:
        return T.TAKES_UNKNOWN.format(runs=cost.runs)
    return (T.TAKES if cost.both else T.TAKES_ONE).format(runs=cost.runs, takes=span(cost.seconds))
