"""The widget of each field of the Train page: some have one of their own, all others get it by their type."""

import importlib.util
from collections.abc import Callable, Mapping

import streamlit as st

from explorer.augment import library
from explorer.augment.presets import presets
from explorer.base.names import shown
from explorer.data.dataset import Dataset
from explorer.data.files import files_of
from explorer.data.inspection import Looking, inspect
from explorer.data.roots import allowed_roots
from explorer.data.tables import NONE
from explorer.runs.record.paths import pipelines_folder
from explorer.settings.fields import FIELDS, Field, choices_for
from explorer.settings.values import is_split, run_pipeline
from explorer.texts import Train as T
from explorer.texts import TrainFields as F
from explorer.ui.components.markdown import escape
from explorer.ui.session.keys import widget_key
from explorer.ui.train import checks, conversion, data_sets, devices, networks, seen, source, values
from explorer.ui.train.form import Form
from explorer.ui.train.mask_classes import ignored_line
from explorer.ui.train.weights import MAX_FOUND, weights_files, weights_roots


def draw(form: Form, field: Field) -> None:
    """Draw one field with its value."""
    if field.name in _WIDGETS:
        _WIDGETS[field.name](form, field)
    elif field.is_place:
        _place(form, field)
    elif field.choices and field.side_by_side:
        form.segments(field, choices_for(field.name, form.values))
    elif field.choices:
        form.select(field, choices_for(field.name, form.values))
    elif field.type is bool:
        form.switch(field)
    elif field.is_text or field.type is str:
        form.entry(field)
    else:
        form.number(field)


def _place(form: Form, field: Field) -> None:
    """Draw the path of the data: one of those that were found, or another one that is typed."""
    kind = form.values["dataset"]
    found = data_sets.places(kind)
    if not found:
        form.entry(field)
        title, roots = FIELDS["dataset"].choices[kind], ", ".join(map(str, allowed_roots()))
        st.caption(escape(T.PLACE_NONE.format(kind=title[:1].lower() + title[1:], roots=roots)))
        data_sets.show_unusable_for_training()
        return
    if not form.values[field.name]:
        values.edit(lambda newest: {} if newest[field.name] else {field.name: found[0]})
        st.rerun()
    form.typed(field, {place: place for place in found})
    data_sets.show_unusable_for_training()


def _depth(form: Form, field: Field) -> None:
    """Draw the range of deep images, only if there are some: most data sets have 8 bits for each channel."""
    dataset, chosen = form.dataset, form.values[field.name]
    is_deep = dataset is not None and dataset.inspection is not None and bool(dataset.inspection.deep)
    if is_deep or chosen != "auto":
        form.select(field, {name: words for name, words in field.choices.items() if name in (chosen, *_DEPTHS)})
    _range(dataset)


_DEPTHS = ("auto", "range", "window")  # by_image is for older runs


def _range(dataset: Dataset | None) -> None:
    """Show the range of all images, and a button that inspects the remaining ones."""
    if dataset is None or dataset.inspection is None or dataset.depth is None:
        return
    for note in dataset.inspection.depth_notes(dataset.depth):
        st.caption(escape(note))
    if dataset.inspection.left and st.button(T.LOOK_AT_ALL, key=widget_key("train_look"), type="tertiary"):
        bar = st.progress(0.0, T.LOOKING_AT)

        def tell(done: int, total: int) -> None:
            bar.progress(done / total, T.LOOKED_AT.format(done=done, total=total))

        inspect(files_of(dataset), Looking(report=tell))
        checks.opened.clear()
        seen.forget()
        st.rerun()


def _ignored(form: Form, field: Field) -> None:
    """Draw the mask value that does not count, by its name, and the color that it has on Augment and here."""
    masks = form.dataset.train.masks if form.dataset is not None else None
    named = (
        {str(value): F.MASK_VALUE.format(value=value, name=name) for value, name in enumerate(masks.names)}
        if masks
        else {}
    )
    form.select(field, {**field.choices, **named})
    if masks is not None:
        st.html(ignored_line(masks))


def _names_from(form: Form, field: Field) -> None:
    """Draw the mask value of the first name, only where a file has names that may begin with the value 0 or 1."""
    if form.values[field.name] != "auto" or data_sets.names_are_open(form.values["masks_path"]):
        form.select(field, field.choices)


def _pipeline(form: Form, field: Field) -> None:
    choices = {"": T.CURRENT, conversion.NO_PIPELINE: T.NO_PIPELINE}
    choices |= {saved: T.SAVED.format(name=saved) for saved in library.names(pipelines_folder())}
    choices |= {
        conversion.preset_pipeline(preset.name): T.PRESET.format(name=preset.title) for preset in presets().values()
    }
    if form.values["source"]:
        as_in = T.AS_IN.format(name=form.source.name) if form.source else T.AS_IN_GONE
        choices[run_pipeline(form.values["source"])] = as_in
    form.select(field, choices)


def _share(form: Form, field: Field) -> None:
    """Draw the validation share, disabled if the folder has a validation part."""
    split = is_split(form.values)
    form.number(field, disabled=split)
    if split:
        st.caption(F.SPLIT_ALREADY)


def _fold(form: Form, field: Field) -> None:
    count = int(form.values["folds"])
    form.select(field, {number: words for number, words in field.choices.items() if number < count})


def _skip(form: Form, field: Field) -> None:
    """Draw the consent to leave out what cannot be used, only where something may be wrong with the data."""
    if form.values[field.name] or FIELDS["csv_path"].path in form.errors:
        form.switch(field)


def _column(form: Form, field: Field) -> None:
    """Draw the name of a column: one of the table, or one that is typed."""
    none = {NONE: F.NO_COLUMN} if field.name in ("split_column", "fold_column", "group_column") else {}
    columns = {name: name for name in data_sets.columns(form.values["csv_path"], form.values["encoding"])}
    form.typed(field, {"": F.RECOGNIZED, **none, **columns})


def _weights_file(form: Form, field: Field) -> None:
    found = [shown(str(file)) for file in weights_files()]
    if not found:
        form.entry(field)
        st.caption(escape(F.NO_FILES.format(folders=", ".join(map(str, weights_roots())))))
        return
    form.select(field, ({} if form.values[field.name] else {"": F.NOTHING}) | {file: file for file in found})
    if len(found) == MAX_FOUND:
        st.caption(F.FILES_CUT.format(count=MAX_FOUND))


def _kept(form: Form, field: Field) -> None:
    kept = form.values[field.name]
    other = {} if kept in field.choices else {kept: F.KEPT_OTHER.format(size=kept)}
    form.select(field, {**field.choices, **other})


def _loggers(form: Form, field: Field) -> None:
    installed = importlib.util.find_spec("mlflow") is not None
    form.several(field, {name: words for name, words in field.choices.items() if name != "mlflow" or installed})
    if not installed:
        st.caption(F.NO_MLFLOW)


_WIDGETS: Mapping[str, Callable[[Form, Field], None]] = {
    "depth": _depth,
    "val_fraction": _share,
    "ignore_index": _ignored,
    "names_from": _names_from,
    "fold": _fold,
    "skip_unusable": _skip,
    **dict.fromkeys(("image_column", "label_column", "split_column", "fold_column", "group_column"), _column),
    "pipeline": _pipeline,
    "backbone": lambda form, field: form.select(field, networks.titles(form.machine, form.values)),
    "weights": lambda form, field: form.select(field, networks.weights(form.machine, form.values["backbone"])),
    "weights_file": _weights_file,
    "accelerator": lambda form, field: form.select(field, devices.accelerators(form.machine)),
    "gpus": lambda form, field: form.several(field, devices.gpus(form.machine)),
    "precision": lambda form, field: form.select(field, devices.precisions(form.machine, form.values)),
    "cache_size": _kept,
    "loggers": _loggers,
    "name": lambda form, field: form.entry(field, max_chars=source.MAX_NAME),
}
