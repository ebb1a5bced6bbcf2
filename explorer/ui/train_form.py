"""The fields of the Train page: the values are the truth, each field shows its own and what is wrong with it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from explorer.augment import library
from explorer.data.roots import allowed_roots, image_folders
from explorer.runs.machine import Machine
from explorer.runs.paths import pipelines_folder
from explorer.ui import train_values
from explorer.ui.components.markdown import escape
from explorer.ui.components.parameters import sync
from explorer.ui.state import train_key
from explorer.ui.texts import Train as T
from explorer.ui.train_source import Source
from explorer.ui.train_values import Values

Errors = Mapping[str, str]

# Fields whose name here is not the one in RunConfig.
_CONFIG_NAMES = {
    "num_classes": "dataset.num_classes",
    "train_images": "dataset.train_images",
    "val_images": "dataset.val_images",
    "shapes_size": "dataset.image_size",
    "imbalance": "dataset.imbalance",
    "noise": "dataset.noise",
    "path": "dataset.path",
    "val_fraction": "dataset.val_fraction",
}


class Form:
    """Draws fields with their values and errors."""

    def __init__(self, values: Values, errors: Errors, was: Mapping[str, str] | None = None) -> None:
        """was: field -> its value in the run that the form was filled from, where it is another now."""
        self.values = values
        self._errors = errors
        self._was = was or {}
        self._shown: set[str] = set()

    @property
    def elsewhere(self) -> list[str]:
        """Errors at no field that is on the page."""
        return [message for name, message in self._errors.items() if name not in self._shown]

    def number(self, name: str, step: float | int = 1, **options: Any) -> None:
        """A number; anything can be typed, and what cannot be is told below."""
        kind = type(train_values.DEFAULTS[name])
        self._draw(name, lambda key, **common: st.number_input(key=key, step=kind(step), **common, **options))

    def entry(self, name: str, **options: Any) -> None:
        """A text, also for numbers that people write as 1e-3."""
        self._draw(name, lambda key, **common: st.text_input(key=key, **common, **options))

    def select(self, name: str, choices: Mapping[Any, str]) -> None:
        """One of some values, shown by their words; a value that is no longer among them is shown as it is."""
        shown = {**choices}
        shown.setdefault(self.values[name], str(self.values[name]))
        options: dict[str, Any] = {"options": list(shown), "format_func": shown.__getitem__}
        self._draw(name, lambda key, **common: st.selectbox(key=key, **options, **common))

    def segments(self, name: str, choices: Mapping[Any, str]) -> None:
        """One of a few values side by side."""
        options: dict[str, Any] = {"options": list(choices), "format_func": choices.__getitem__, "horizontal": True}
        self._draw(name, lambda key, **common: st.radio(key=key, **options, **common))

    def _draw(self, name: str, widget: Callable[..., Any]) -> None:
        key = train_key(name)
        sync(key, self.values[name])
        widget(key, label=T.LABELS[name], help=T.HELP.get(name), on_change=_commit, args=(name,))
        field = _CONFIG_NAMES.get(name, name)
        self._shown.add(field)
        if message := self._errors.get(field):
            st.markdown(f":red[:material/error: {escape(message)}]")
        if name in self._was:
            st.caption(f":material/history: {escape(T.WAS.format(was=self._was[name]))}")


def _commit(name: str) -> None:
    value = st.session_state[train_key(name)]
    train_values.change(**{name: train_values.DEFAULTS[name] if value is None else value})


def data(form: Form) -> None:
    """Which data set, and its settings."""
    form.segments("dataset", T.KINDS)
    kind = form.values["dataset"]
    if kind == "shapes":
        _row(form, [("num_classes", 1), ("train_images", 20), ("val_images", 20)])
        _row(form, [("shapes_size", 16), ("imbalance", 0.5), ("noise", 0.05)])
    elif kind == "image_folder":
        _folders(form)
    if kind != "shapes":
        form.number("val_fraction", 0.05)


def _folders(form: Form) -> None:
    found = [str(folder) for folder in image_folders()]
    if found:
        form.select("path", {folder: folder for folder in found})
        if not form.values["path"]:
            train_values.change(path=found[0])
            st.rerun()
        return
    form.entry("path")
    st.caption(escape(T.FOLDER_NONE.format(roots=", ".join(map(str, allowed_roots())))))


def pipeline(form: Form, source: Source | None) -> None:
    """Which pipeline augments. source: the run that the form was filled from."""
    choices = {"": T.CURRENT} | {name: name for name in library.names(pipelines_folder())}
    if form.values["source"]:
        as_in = T.AS_IN.format(name=source.name) if source else T.AS_IN_GONE
        choices[train_values.run_pipeline(form.values["source"])] = as_in
    form.select("pipeline", choices)


def model(form: Form, machine: Machine | None) -> None:
    """Which network, with which weights, and what of it learns."""
    backbones = {found.name: found.title for found in machine.backbones} if machine else {}
    left, right = st.columns(2)
    with left:
        form.select("backbone", backbones)
    found = machine.backbone(form.values["backbone"]) if machine else None
    with right:
        form.select("weights", {name: T.WEIGHTS[name] for name in (found.weights if found else T.WEIGHTS)})
    form.segments("frozen", T.FROZEN)
    if found:
        st.caption(escape(T.PARAMETERS.format(millions=found.parameters / 1e6, note=found.note)))


def schedule(form: Form) -> None:
    """How it is trained."""
    _row(form, [("image_size", 32), ("epochs", 1), ("batch_size", 8)])
    columns = st.columns(3)
    with columns[0]:
        form.entry("learning_rate")
    with columns[1]:
        form.entry("weight_decay")
    with columns[2]:
        form.number("seed")
    columns = st.columns(3)
    with columns[0]:
        form.select("loss", T.LOSSES)
    with columns[1]:
        form.number("label_smoothing", 0.05)
    with columns[2]:
        if form.values["loss"] == "bce":
            form.entry("pos_weight")


def device(form: Form, machine: Machine | None) -> None:
    """Where it is trained: only what this machine has, and why other pairs are not offered."""
    if machine is None or not machine.devices:
        return
    names = {found.accelerator: found.name for found in machine.devices}
    left, right = st.columns(2)
    with left:
        form.select("accelerator", {"auto": T.AUTO.format(name=machine.devices[0].name)} | names)
    chosen = machine.device(form.values["accelerator"]) or machine.devices[0]
    with right:
        form.select("precision", {found.name: found.name for found in chosen.precisions if found.offered})
    for found in chosen.precisions:
        if not found.offered:
            st.caption(escape(T.NOT_OFFERED.format(name=found.name, reason=found.reason)))
        elif found.reason and found.name == form.values["precision"]:
            st.caption(escape(found.reason))


def _row(form: Form, fields: Sequence[tuple[str, float]]) -> None:
    for column, (name, step) in zip(st.columns(len(fields)), fields, strict=True):
        with column:
            form.number(name, step)
