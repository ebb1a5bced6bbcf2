"""Whether the form's values make a run: each complaint at the field that it is about."""

from collections.abc import Callable
from dataclasses import dataclass, field

import streamlit as st

from explorer.augment import library
from explorer.augment.files import PipelineFileError
from explorer.augment.pipeline import DraftErrors, Pipeline, validate
from explorer.data.dataset import Dataset, DatasetError
from explorer.data.formats import open_dataset
from explorer.data.specs import DatasetSpec
from explorer.runs.config import ConfigError, RunConfig, check_with_dataset
from explorer.runs.machine import Machine, check_with_machine
from explorer.runs.paths import home
from explorer.ui import train_values, workspace
from explorer.ui.texts import Train as T
from explorer.ui.train_values import Values

_LIST_SECONDS = 20.0  # for so long a folder's list of images is not read again


@dataclass(frozen=True)
class Checked:
    """errors: field of RunConfig, with dots for nested ones -> message. config: None where there are errors."""

    config: RunConfig | None
    dataset: Dataset | None
    pipeline: Pipeline | None
    errors: dict[str, str] = field(default_factory=dict)


def check(values: Values, machine: Machine | None) -> Checked:
    """Everything that can be known before the start. machine: None where it is not known."""
    errors: dict[str, str] = {}
    pipeline = _pipeline(values, errors)
    config = _config(values, pipeline or Pipeline(), errors)
    dataset = None
    if config is not None:
        dataset = _dataset(config, errors)
        if machine is not None:
            _collect(errors, lambda: check_with_machine(config, machine))
    return Checked(None if errors else config, dataset, pipeline, errors)


def _pipeline(values: Values, errors: dict[str, str]) -> Pipeline | None:
    name = values["pipeline"]
    try:
        return library.load(home() / "pipelines", name) if name else validate(workspace.current().draft)
    except PipelineFileError as error:
        errors["pipeline"] = str(error)
    except DraftErrors as error:
        errors["pipeline"] = T.DRAFT_WRONG.format(reason=next(iter(error.errors.values())))
    return None


def _config(values: Values, pipeline: Pipeline, errors: dict[str, str]) -> RunConfig | None:
    try:
        return train_values.config(values, pipeline)
    except ConfigError as error:
        errors |= error.errors
        return None


def _dataset(config: RunConfig, errors: dict[str, str]) -> Dataset | None:
    try:
        dataset = _opened(config.dataset)
    except DatasetError as error:
        errors["dataset.path" if config.dataset.kind == "image_folder" else "dataset"] = str(error)
        return None
    _collect(
        errors,
        lambda: check_with_dataset(
            config,
            train_images=len(dataset.train),
            val_images=len(dataset.val),
            num_classes=len(dataset.classes),
            name=dataset.name,
        ),
    )
    return dataset


def _collect(errors: dict[str, str], check_one: Callable[[], None]) -> None:
    try:
        check_one()
    except ConfigError as error:
        errors.update(error.errors)


@st.cache_resource(max_entries=16, ttl=_LIST_SECONDS, show_spinner=False)
def _opened(spec: DatasetSpec) -> Dataset:
    return open_dataset(spec)
