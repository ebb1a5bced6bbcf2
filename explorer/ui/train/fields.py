"""The table of the Train page's fields: what each is edited with."""

import importlib.util
from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from explorer.augment import library
from explorer.augment.presets import presets
from explorer.base.names import shown
from explorer.data.formats.spec import Ask
from explorer.data.roots import allowed_roots
from explorer.metrics.table import TITLES
from explorer.runs.record.paths import pipelines_folder
from explorer.texts import Train as T
from explorer.texts import TrainFields as F
from explorer.ui.components.markdown import escape
from explorer.ui.train import data_fields, data_sets, depth, devices, networks, values
from explorer.ui.train import folder as train_folder
from explorer.ui.train.form import Form
from explorer.ui.train.weights import MAX_FOUND, weights_files, weights_roots

Draw = Callable[[Form, str], None]


def _number(step: float | int) -> Draw:
    return lambda form, name: form.number(name, step)


def _entry(form: Form, name: str) -> None:
    form.entry(name)


def _switch(form: Form, name: str) -> None:
    form.switch(name)


def _select(choices: Mapping[str, str]) -> Draw:
    return lambda form, name: form.select(name, choices)


def _segments(choices: Mapping[Any, str]) -> Draw:
    return lambda form, name: form.segments(name, choices)


def _place(form: Form, name: str) -> None:
    kind = form.values["dataset"]
    found = data_sets.places(kind)
    if not found:
        form.entry(name)
        title = data_fields.KINDS[kind]
        roots = ", ".join(map(str, allowed_roots()))
        st.caption(escape(T.PLACE_NONE.format(kind=title[:1].lower() + title[1:], roots=roots)))
        data_sets.show_unusable_for_training()
        return
    if not form.values[name]:
        values.edit(lambda newest: {} if newest[name] else {name: found[0]})
        st.rerun()
    form.typed(name, {place: place for place in found})
    data_sets.show_unusable_for_training()


def _depth(form: Form, name: str) -> None:
    """Only where it matters: most data sets have 8 bits for each channel."""
    if (form.dataset is not None and depth.is_deep(form.dataset)) or form.values[name] != "auto":
        other = {F.BY_IMAGE[0]: F.BY_IMAGE[1]} if form.values[name] == F.BY_IMAGE[0] else {}
        form.select(name, F.DEPTHS | other)
    depth.show(form.dataset)


def _pipeline(form: Form, name: str) -> None:
    choices = {"": T.CURRENT, values.NO_PIPELINE: T.NO_PIPELINE}
    choices |= {saved: T.SAVED.format(name=saved) for saved in library.names(pipelines_folder())}
    choices |= {
        values.preset_pipeline(preset.name): T.PRESET.format(name=preset.title) for preset in presets().values()
    }
    if form.values["source"]:
        as_in = T.AS_IN.format(name=form.source.name) if form.source else T.AS_IN_GONE
        choices[values.run_pipeline(form.values["source"])] = as_in
    form.select(name, choices)


def _share(form: Form, name: str) -> None:
    """Not to be set where the folder is divided already."""
    split = train_folder.is_split(form.values)
    form.number(name, 0.05, disabled=split)
    if split:
        st.caption(F.SPLIT_ALREADY)


def _weights_file(form: Form, name: str) -> None:
    found = [shown(str(file)) for file in weights_files()]
    if not found:
        form.entry(name)
        st.caption(escape(F.NO_FILES.format(folders=", ".join(map(str, weights_roots())))))
        return
    form.select(name, ({} if form.values[name] else {"": F.NOTHING}) | {file: file for file in found})
    if len(found) == MAX_FOUND:
        st.caption(F.FILES_CUT.format(count=MAX_FOUND))


def _kept(form: Form, name: str) -> None:
    kept = form.values[name]
    form.select(name, {**F.KEPT, **({} if kept in F.KEPT else {kept: F.KEPT_OTHER.format(size=kept)})})


def _loggers(form: Form, name: str) -> None:
    installed = importlib.util.find_spec("mlflow") is not None
    form.several(name, {known: words for known, words in F.LOGGERS.items() if known != "mlflow" or installed})
    if not installed:
        st.caption(F.NO_MLFLOW)


def _asked(ask: Ask) -> Draw:
    """What a format of data sets asks for."""
    if ask.place:
        return _place
    return _entry if isinstance(data_fields.DEFAULTS[ask.name], str) else _number(ask.step)


FIELDS: Mapping[str, Draw] = {
    "dataset": _segments(data_fields.KINDS),
    **{name: _asked(ask) for name, ask in data_fields.ASKS.items()},
    "depth": _depth,
    "depth_low": _entry,
    "depth_high": _entry,
    "depth_center": _entry,
    "depth_width": _entry,
    "val_fraction": _share,
    "pipeline": _pipeline,
    "backbone": lambda form, name: form.select(name, networks.titles(form.machine)),
    "weights": lambda form, name: form.select(name, networks.weights(form.machine, form.values["backbone"])),
    "weights_file": _weights_file,
    "image_size": _number(32),
    "frozen": _segments(F.FROZEN),
    "unfreeze_epoch": _entry,
    "backbone_lr_factor": _entry,
    "normalise": _select(F.NORMALISE),
    "loss": _select(F.LOSSES),
    "label_smoothing": _number(0.05),
    "pos_weight": _entry,
    "class_weights": _entry,
    "focal_gamma": _number(0.5),
    "threshold": _number(0.05),
    "dropout": _number(0.05),
    "drop_connect": _entry,
    "epochs": _number(1),
    "batch_size": _number(8),
    "learning_rate": _entry,
    "optimizer": _select(F.OPTIMIZERS),
    "schedule": _select(F.SCHEDULES),
    "weight_decay": _entry,
    "momentum": _number(0.01),
    "nesterov": _switch,
    "pct_start": _number(0.05),
    "div_factor": _entry,
    "final_div_factor": _entry,
    "anneal_strategy": _select(F.ANNEALING),
    "cycle_momentum": _switch,
    "base_momentum": _number(0.01),
    "max_momentum": _number(0.01),
    "three_phase": _switch,
    "warmup_epochs": _number(0.5),
    "gradient_clip": _entry,
    "accumulate": _number(1),
    "early_stopping": _entry,
    "monitor": _select(TITLES),
    "mixing": _segments(F.MIXING),
    "mix_alpha": _number(0.1),
    "mix_probability": _number(0.1),
    "accelerator": lambda form, name: form.select(name, devices.accelerators(form.machine)),
    "gpus": lambda form, name: form.several(name, devices.gpus(form.machine)),
    "precision": lambda form, name: form.select(name, devices.precisions(form.machine, form.values)),
    "workers": _entry,
    "threads": _entry,
    "kept_as": _segments(F.KEPT_SHAPES),
    "cache_size": _kept,
    "loggers": _loggers,
    "name": lambda form, name: form.entry(name, max_chars=100),
    "seed": _number(1),
    "dataset_seed": _entry,
}
