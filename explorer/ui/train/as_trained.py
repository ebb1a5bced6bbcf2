"""The settings with which the form of the Train page would train on the data set that Augment shows."""

from dataclasses import replace

from explorer.augment.pipeline import Draft, DraftErrors, validate
from explorer.data import picture_sets
from explorer.data.dataset import Dataset, DatasetError, label_words
from explorer.data.roots import resolve_inside
from explorer.draw import training as drawn
from explorer.draw.training import Training, part
from explorer.runs.spec.config import ConfigError
from explorer.settings.fields import FIELDS, place_field
from explorer.settings.values import changed
from explorer.ui.train import checks, conversion
from explorer.ui.train import values as train_values
from explorer.ui.train.values import Values


def settings(set_key: str, draft: Draft) -> Training | None:
    """Return how training would prepare samples of a data set.

    Args:
        set_key: The key of the data set, or "" for the first one.
        draft: The draft of the pipeline.

    Returns:
        The settings of the form, or those that it would begin with if it is about another data set. None if the data
        set cannot be trained on, or if the form or the pipeline has errors, which are shown where they are.
    """
    values = _values(set_key or picture_sets.FIRST)
    if values is None:
        return None
    try:
        config = conversion.config(values, validate(draft))
    except (ConfigError, DraftErrors):
        return None
    return Training(config.dataset, config.kept, config.image_size)


def _values(set_key: str) -> Values | None:
    kind, _, path = set_key.partition(":")
    if kind not in FIELDS["dataset"].choices:
        return None
    place = place_field(kind)
    values = train_values.current()
    if values["dataset"] == kind and (place is None or _is_place(values[place], path)):
        return values
    return changed(values, {"dataset": kind} | ({place: path} if place else {}))


def _is_place(typed: str, path: str) -> bool:
    try:
        return resolve_inside(typed) == resolve_inside(path)
    except DatasetError:
        return False


def dataset(settings: Training) -> Dataset:
    """Return the data set of a training. Raises DatasetError."""
    return checks.opened(settings.spec)


def decided(settings: Training) -> Training:
    """Return the settings as a worker process needs them. Raises DatasetError."""
    return replace(settings, spec=drawn.decided(settings.spec, dataset(settings)))


def count(set_key: str, name: str, training: Training | None) -> int:
    """Return the number of samples in a part of the data set that is shown. Raises DatasetError, ImageError."""
    return picture_sets.count(set_key, name) if training is None else len(part(dataset(training), name))


def name_of(set_key: str, name: str, index: int, training: Training | None) -> str:
    """Return the name of a sample, with its class if it has one. Raises DatasetError."""
    if training is None:
        return picture_sets.name_of(set_key, name, index)
    classes, split = dataset(training).classes, part(dataset(training), name)
    if split.masks is not None:
        return split.ids[index]
    return f"{split.ids[index]}, {label_words(classes, split.labels, index)}"
