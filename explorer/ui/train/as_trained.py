"""What training does with the data set that is looked at, as the Train page's form says."""

from dataclasses import replace

from explorer.augment.pipeline import Draft, DraftErrors, validate
from explorer.data import picture_sets
from explorer.data.dataset import Dataset, DatasetError
from explorer.data.roots import resolve_inside
from explorer.draw import training as drawn
from explorer.draw.training import Training, part
from explorer.runs.spec.config import ConfigError
from explorer.ui.train import checks, conversion
from explorer.ui.train import values as train_values
from explorer.ui.train.fields import FIELDS, place_field
from explorer.ui.train.values import Values


def settings(set_key: str, draft: Draft) -> Training | None:
    """What the Train page's form says for a data set; where the form is about another one, what it would begin with.

    Returns:
        None where a data set cannot be trained on, or the form or the pipeline is wrong: both say why at their place.
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
    return values | {"dataset": kind} | train_values.following({"dataset": kind}) | ({place: path} if place else {})


def _is_place(typed: str, path: str) -> bool:
    try:
        return resolve_inside(typed) == resolve_inside(path)
    except DatasetError:
        return False


def dataset(settings: Training) -> Dataset:
    """The data set of a training. Raises DatasetError."""
    return checks.opened(settings.spec)


def decided(settings: Training) -> Training:
    """The settings as a worker needs them. Raises DatasetError."""
    return replace(settings, spec=drawn.decided(settings.spec, dataset(settings)))


def count(set_key: str, name: str, training: Training | None) -> int:
    """How many samples a part of the data set that is looked at has. Raises DatasetError, ImageError."""
    return picture_sets.count(set_key, name) if training is None else len(part(dataset(training), name))


def name_of(set_key: str, name: str, index: int, training: Training | None) -> str:
    """What a sample is called, with its class where it has one. Raises DatasetError."""
    if training is None:
        return picture_sets.name_of(set_key, name, index)
    classes, split = dataset(training).classes, part(dataset(training), name)
    return f"{split.ids[index]}, {classes[int(split.labels[index])]}"
