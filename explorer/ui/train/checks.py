"""Checks whether the form's values make a run. Each error and warning belongs to a field."""

import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from explorer.augment import library, presets
from explorer.augment.files import PipelineFileError
from explorer.augment.pipeline import DraftErrors, Pipeline, validate
from explorer.base.home import made_home
from explorer.data.dataset import Dataset, DatasetError
from explorer.data.inspection import Looking, damage
from explorer.data.specs import DatasetSpec
from explorer.runs.machine import needs
from explorer.runs.machine.config_warnings import cautions
from explorer.runs.machine.machine import Machine, check_with_machine, effective_precision
from explorer.runs.machine.needs import Needs
from explorer.runs.record.paths import pipelines_folder
from explorer.runs.spec.config import ConfigError, RunConfig, check_with_dataset
from explorer.texts import Train as T
from explorer.ui.components.usage_line import meter
from explorer.ui.session import workspace
from explorer.ui.train import conversion, probes, trial
from explorer.ui.train import source as train_source
from explorer.ui.train.source import Difference, Source, SourceError
from explorer.ui.train.trial import Sizes
from explorer.ui.train.values import Values

_LIST_SECONDS = 20.0  # the time after which the list of images in a folder is read again
_LOOK_SECONDS = 2.0  # the longest time that a page spends on reading the files of a data set


@dataclass(frozen=True)
class Checked:
    """The run that the form describes, and the results of all checks.

    Attributes:
        config: The config of the run; None if there are errors.
        dataset: The data set; None if it cannot be opened.
        pipeline: The pipeline; None if it has errors.
        errors: The message of each field of RunConfig with an error. Names of nested fields have dots.
        needs: The memory and disk that the run will take; None if they are not known.
        warnings: Sentences about needs that are not free at the moment.
        source: The run that the form was filled from.
        differences: How the form differs from `source`; empty where that is a study.
        cautions: The warning of each field of RunConfig whose value works but is seldom wanted.
        untried: Whether the pipeline is too slow to be tried at once; `try_now` tries it.
    """

    config: RunConfig | None
    dataset: Dataset | None
    pipeline: Pipeline | None
    errors: dict[str, str] = field(default_factory=dict)
    needs: Needs | None = None
    warnings: tuple[str, ...] = ()
    source: Source | None = None
    differences: list[Difference] = field(default_factory=list)
    cautions: dict[str, str] = field(default_factory=dict)
    untried: bool = False


def check(values: Values, machine: Machine | None) -> Checked:
    """Check all that can be checked before a run starts. `machine` is None if devices could not be detected."""
    errors: dict[str, str] = {}
    source = source_of(values)
    pipeline = _pipeline(values, source, errors)
    config = _config(values, pipeline or Pipeline(), errors)
    dataset = dataset_of(values, errors)
    needed = None
    warnings: tuple[str, ...] = ()
    warned: dict[str, str] = {}
    if config is not None and machine is not None:
        _collect(errors, lambda: check_with_machine(config, machine))
    if config is not None and dataset is not None:
        _collect(errors, lambda: check_with_dataset(config, **dataset.counted))
        sizes = trial.sizes(config, dataset)
        if machine is not None and not errors.keys() & _OF_MACHINE:
            needed, warnings = _needs(config, dataset, machine, errors, sizes)
        warned = _cautions(config, dataset, machine, sizes)
    untried = not errors and config is not None and trial.is_slow(config)
    if not errors and not untried and config is not None and dataset is not None:
        errors |= trial.mistakes(config, dataset)
    trained = source is not None and not source.is_study
    differing = train_source.differences(values, pipeline, source) if source and trained else []
    return Checked(
        None if errors else config, dataset, pipeline, errors, needed, warnings, source, differing, warned, untried
    )


def try_now(checked: Checked) -> dict[str, str]:
    """Try a pipeline that was too slow for `check`, and return the message of each field with an error."""
    if not checked.untried or checked.config is None or checked.dataset is None:
        return {}
    return trial.mistakes(checked.config, checked.dataset)


_OF_MACHINE = {"accelerator", "gpus", "backbone"}  # if one of these has an error, needs cannot be estimated


def _cautions(config: RunConfig, dataset: Dataset, machine: Machine | None, sizes: Sizes) -> dict[str, str]:
    masks = dataset.train.masks is not None
    # Images with masks have no class of their own, so that only their number says something.
    classes = ("",) if masks else dataset.classes
    found = cautions(
        config,
        classes=classes,
        train_counts=dataset.train.counts(len(classes)).tolist(),
        val_counts=dataset.val.counts(len(classes)).tolist(),
        machine=machine,
        sizes=sizes,
        images=len(dataset.train) if config.task == "labels" else None,
    )
    if words := probes.rate_caution(config):
        found.setdefault("learning_rate", words)
    if masks and (words := trial.mask_caution(config, dataset)):
        found["pipeline"] = " ".join(filter(None, [found.get("pipeline"), words]))
    return found


def source_of(values: Values) -> Source | None:
    """Return the run that the form was filled from; None if there is none or it can no longer be read."""
    if values["source"]:
        with contextlib.suppress(SourceError):
            return train_source.load(values["source"])
    return None


def _needs(
    config: RunConfig, dataset: Dataset, machine: Machine, errors: dict[str, str], sizes: Sizes
) -> tuple[Needs | None, tuple[str, ...]]:
    backbone, device = machine.backbone(config.backbone), next(iter(machine.chosen(config)), None)
    if backbone is None or device is None:
        return None, ()
    gpus = meter().machine(made_home()).gpus if device.accelerator == "gpu" else ()
    number = device.index or 0
    room = needs.look(made_home(), device, gpus[number].used_bytes if number < len(gpus) else None)
    needed = needs.estimate(
        config,
        train_images=len(dataset.train),
        val_images=len(dataset.val),
        backbone=backbone,
        device=device,
        classes=len(dataset.classes),
        available=room.memory_available,
        precision=effective_precision(config, machine),
        sizes=sizes,
    )
    verdict = needs.check(config, needed, room)
    for name, message in verdict.errors.items():
        errors.setdefault(name, message)  # an earlier error explains more
    return needed, verdict.warnings


def _pipeline(values: Values, source: Source | None, errors: dict[str, str]) -> Pipeline | None:
    name = values["pipeline"]
    if name == conversion.NO_PIPELINE:
        return Pipeline()
    if preset := conversion.pipeline_preset(values):
        return _preset(preset, errors)
    if run_id := conversion.pipeline_run(values):
        if source is None:
            errors["pipeline"] = T.SOURCE_GONE.format(id=run_id)
        return source.config.pipeline if source else None
    try:
        return library.load(pipelines_folder(), name) if name else validate(workspace.current().draft)
    except PipelineFileError as error:
        errors["pipeline"] = str(error)
    except DraftErrors as error:
        errors["pipeline"] = T.DRAFT_WRONG.format(reason=next(iter(error.errors.values())))
    return None


def _preset(name: str, errors: dict[str, str]) -> Pipeline | None:
    try:
        return validate(presets.draft(name))
    except KeyError:
        errors["pipeline"] = T.PRESET_GONE.format(name=name)
        return None


def _config(values: Values, pipeline: Pipeline, errors: dict[str, str]) -> RunConfig | None:
    try:
        return conversion.config(values, pipeline)
    except ConfigError as error:
        errors |= error.errors
        return None


def dataset_of(values: Mapping[str, Any], errors: dict[str, str]) -> Dataset | None:
    """Return the data set, also if other fields of the form have errors; why there is none is added to `errors`."""
    spec = conversion.dataset_spec(values)
    if spec is None:
        return None
    try:
        dataset = opened(spec)
    except DatasetError as error:
        errors[spec.error_field] = str(error)
        return None
    if dataset.inspection is not None and dataset.inspection.damaged:
        errors[spec.error_field] = damage(dataset.inspection.damaged)
    return dataset


def _collect(errors: dict[str, str], check_one: Callable[[], None]) -> None:
    try:
        check_one()
    except ConfigError as error:
        errors.update(error.errors)


@st.cache_resource(max_entries=16, ttl=_LIST_SECONDS, show_spinner=T.LOOKING_AT)
def opened(spec: DatasetSpec) -> Dataset:
    """Open a data set and inspect its files for a short time. What was found of a file is kept for the next time."""
    return spec.open(Looking(seconds=_LOOK_SECONDS))
