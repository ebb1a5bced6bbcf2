"""The button "Train k folds" and its dialog: how many folds, what they hold, what they cost, and the start."""

from dataclasses import dataclass

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.base.words import size, span
from explorer.data.dataset import Dataset, DatasetError
from explorer.data.inspection import Looking
from explorer.data.roots import OutsideRoots
from explorer.data.specs import DatasetSpec
from explorer.runs.life import launcher
from explorer.runs.life.launcher import LaunchError
from explorer.runs.machine import fold_costs
from explorer.runs.machine.machine import Machine
from explorer.runs.machine.needs import kept_checkpoints
from explorer.runs.spec.config import ConfigError, RunConfig, from_values
from explorer.runs.spec.fields import limits_of, longest_of
from explorer.runs.spec.members import config_of_fold
from explorer.runs.spec.plans.folds import FoldsPlan
from explorer.settings.rows import steps_of
from explorer.texts import Common, Study, Train
from explorer.texts import Folds as T
from explorer.ui.components.markdown import escape
from explorer.ui.session import workspace
from explorer.ui.session.keys import Page, Query, widget_key
from explorer.ui.train import networks
from explorer.ui.train.checks import Checked

_LIST_SECONDS = 20.0  # the time after which the folds of a data set are listed again
_LOOK_SECONDS = 2.0
_MOST_LISTED = 50_000  # images of a data set whose folds are all listed
_MANY = 5  # classes that a sentence names


@dataclass(frozen=True)
class Division:
    """The folds of a data set.

    Attributes:
        classes: The names of the classes.
        sizes: (K,) images that validate in each fold; of a large data set of the first one only.
        counts: (K, C) of each class, or with each label; None of masks, which are not read here.
        images: All images.
    """

    classes: tuple[str, ...]
    sizes: NDArray[np.int64]
    counts: NDArray[np.int64] | None
    images: int


def offer(checked: Checked, machine: Machine | None) -> None:
    """Draw the button that opens the dialog; disabled with the reason where there are no folds to train."""
    reason = why_not(checked)
    pressed = st.button(
        T.START, key=widget_key("train_folds"), width="stretch", icon=":material/stacks:",
        help=reason or T.START_HELP, disabled=bool(reason),
    )  # fmt: skip
    if reason and not checked.errors:  # errors are named above
        st.caption(reason)
    if pressed:
        st.dialog(T.START, width="medium")(_show)(checked, machine)


def why_not(checked: Checked) -> str:
    """Return why no folds can be trained; "" where they can."""
    if checked.errors or checked.config is None or checked.dataset is None:
        return T.ERRORS
    spec = checked.config.dataset
    return "" if "folds" in type(spec).model_fields else escape(T.NOT_OF_FILES.format(title=spec.title))


def _show(checked: Checked, machine: Machine | None) -> None:
    config, dataset = checked.config, checked.dataset
    assert config is not None
    assert dataset is not None
    st.caption(T.INTRO)
    limits = limits_of(FoldsPlan, "folds")
    usual = getattr(config.dataset, "folds", None) or FoldsPlan().folds
    folds = st.number_input(
        T.FOLDS, value=usual, min_value=limits[0], max_value=limits[1], step=1, key=widget_key("folds", "count"),
        help=T.FOLDS_HELP, width=160,
    )  # fmt: skip
    made = _config(config, dataset, int(folds))
    found = _division(made.config if made is not None else None, int(folds))
    if made is not None and found is not None:
        _say_division(found)
        _say_cost(made, machine, dataset)
    ready = made is not None and found is not None
    pressed = st.button(
        T.BEGIN.format(folds=int(folds)), type="primary" if ready else "secondary", icon=":material/play_arrow:",
        key=widget_key("folds", "start"), disabled=not ready,
    )  # fmt: skip
    if pressed and made is not None:
        _start(made.config)


@dataclass(frozen=True)
class _Made:
    config: RunConfig
    whole: RunConfig


def _config(config: RunConfig, dataset: Dataset, folds: int) -> _Made | None:
    """Return the config of the study, or show why there is none."""
    try:
        return _Made(config_of(config, dataset.name, folds), config)
    except ConfigError as error:
        for message in error.errors.values():
            st.error(escape(message))
        return None


def config_of(config: RunConfig, dataset: str, folds: int) -> RunConfig:
    """Return the config of a study that trains a run for each fold.

    Args:
        config: Of the training run that the form describes.
        dataset: The name of its data set.
        folds: How many.

    Raises:
        ConfigError: A value is wrong.
    """
    steps = config.pipeline.name or steps_of(config.pipeline)
    name = config.name or T.NAME.format(folds=folds, dataset=dataset, pipeline=steps)
    changes = {
        "kind": "study", "study": {"ask": "folds", "folds": folds}, "early_stopping": None, "pair": None,
        "name": name[: longest_of(RunConfig, "name")],
    }  # fmt: skip
    return from_values(config.model_dump() | changes)


def _division(config: RunConfig | None, folds: int) -> Division | None:
    """Return how many images of each class each fold has, or show why the data set cannot be divided."""
    if config is None:
        return None
    specs = tuple(config_of_fold(config, fold).dataset for fold in range(folds))
    try:
        with st.spinner(Train.LOOKING):
            return _divided(specs)
    except (DatasetError, OutsideRoots) as error:
        st.error(escape(T.NOT_DIVIDED.format(folds=folds, reason=error)))
        return None


@st.cache_resource(max_entries=8, ttl=_LIST_SECONDS, show_spinner=False)
def _divided(specs: tuple[DatasetSpec, ...]) -> Division:
    looking = Looking(seconds=_LOOK_SECONDS)
    first = specs[0].for_page().open(looking)
    images = len(first.train) + len(first.val)
    # Of a large data set the trainer looks at each fold before it begins.
    rest = [] if images > _MOST_LISTED else [spec.for_page().open(looking) for spec in specs[1:]]
    parts = [one.val for one in (first, *rest)]
    counts = np.stack([part.counts(len(first.classes)) for part in parts]) if first.train.masks is None else None
    return Division(first.classes, np.array([len(part) for part in parts]), counts, images)


def _say_division(found: Division) -> None:
    sizes = found.sizes
    st.markdown(T.DIVISION.format(images=found.images, each=round(float(sizes.mean()))))
    if int(sizes.max()) > int(sizes.min()) + len(found.classes):
        st.caption(T.UNEVEN.format(least=int(sizes.min()), most=int(sizes.max())))
    for fold in range(0 if found.counts is None else len(found.counts)):
        assert found.counts is not None
        missing = [found.classes[place] for place in np.flatnonzero(found.counts[fold] == 0)]
        if missing:
            names = ", ".join(missing[:_MANY]) + (
                f" {Common.AND_MORE.format(count=len(missing) - _MANY)}" if len(missing) > _MANY else ""
            )
            st.warning(escape(T.CLASS_MISSING.format(fold=fold + 1, names=names)))


def _say_cost(made: _Made, machine: Machine | None, dataset: Dataset) -> None:
    if machine is None:
        return
    plan = made.config.study
    assert isinstance(plan, FoldsPlan)
    seconds = fold_costs.seconds_of(made.config, made.whole, (len(dataset.train), len(dataset.val)), machine)
    guess = networks.takes(machine, made.whole, dataset, None)
    with st.container(border=True):
        if seconds is not None:
            st.markdown(T.TAKES.format(folds=plan.folds, takes=span(seconds)))
        elif guess is not None:
            st.markdown(T.TAKES_EACH.format(folds=plan.folds, takes=guess[0]), help=guess[1])
        else:
            st.markdown(T.TAKES_UNKNOWN.format(folds=plan.folds))
        backbone = machine.backbone(made.config.backbone)
        if backbone is not None:
            st.caption(T.DISK.format(size=size(kept_checkpoints(made.config, backbone))))


def _start(config: RunConfig) -> None:
    try:
        with st.spinner(Common.STARTING):
            paths = launcher.start(config)
    except (LaunchError, ConfigError) as error:
        st.error(escape(Study.NOT_STARTED.format(reason=error)))
        return
    workspace.go(Page.RUNS, **{Query.RUN.value: paths.id})
