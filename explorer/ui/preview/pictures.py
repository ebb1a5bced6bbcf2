"""The picture that a pipeline is previewed on: a photograph, a sample of a data set, or a person's own upload."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from explorer.augment.targets import TargetRules
from explorer.data import picture_sets
from explorer.data.dataset import DatasetError
from explorer.data.formats.spec import TRAIN_AND_VAL
from explorer.data.photographs import photographs
from explorer.data.stored import ImageError
from explorer.draw.drawing import DrawingError
from explorer.draw.encoding import Classes
from explorer.draw.pictures import (
    LONG_SIDE,
    NoPicture,
    Photograph,
    Picture,
    SetSample,
    Source,
    Subject,
    TrainedSample,
    Typed,
    Uploaded,
)
from explorer.draw.requests import Describe
from explorer.draw.sources import KEPT_SECONDS, Described
from explorer.draw.training import Training
from explorer.figures.palette import CLASS_COLORS, rgb
from explorer.texts import Pictures as T
from explorer.ui.background import asking
from explorer.ui.session.uploads import Uploads
from explorer.ui.session.view import DATA_SET, Palette, View
from explorer.ui.train import as_trained

UPLOAD = "upload"


@dataclass(frozen=True)
class Seen:
    """A picture, and the errors of the text typed for it, by field: "names", "boxes" or "points"."""

    subject: Subject
    picture: Picture
    errors: Mapping[str, str]


def choices() -> dict[str, str]:
    """Return the titles of all sources by name; the picture that newcomers see is the first."""
    return {name: photograph.title for name, photograph in photographs().items()} | {
        DATA_SET: T.DATA_SET_CHOICE,
        UPLOAD: T.UPLOAD_CHOICE,
    }


def first(view: View, rules: TargetRules) -> Seen:
    """Return the first photograph, with the text typed for the view."""
    return _seen(Subject(Photograph(next(iter(photographs()))), typed=_typed(view, rules)))


def of_view(view: View, uploads: Uploads, rules: TargetRules, training: Training | None = None) -> Seen:
    """Return the picture of a view, prepared as for training if settings for that are given. Raises NoPicture."""
    return _seen(subject(view, uploads, rules, training))


def subject(
    view: View, uploads: Uploads, rules: TargetRules, training: Training | None = None, long_side: int = LONG_SIDE
) -> Subject:
    """Return the subject of a view, at most `long_side` px. Raises NoPicture."""
    try:
        source = _source(view, uploads, training)
    except (ImageError, DatasetError) as error:
        raise NoPicture(str(error)) from error
    return Subject(source, long_side, _typed(view, rules))


def _source(view: View, uploads: Uploads, training: Training | None) -> Source:
    if view.picture == UPLOAD:
        return _upload(uploads)
    if view.picture == DATA_SET and training is not None:
        return TrainedSample(view.split, view.index, as_trained.decided(training))
    if view.picture == DATA_SET:
        key, split = view.set_key or picture_sets.FIRST, view.split or TRAIN_AND_VAL[0]
        return SetSample(key, split, view.index, view.names_from)
    return Photograph(view.picture if view.picture in photographs() else next(iter(photographs())))


def _upload(uploads: Uploads) -> Uploaded:
    stamps = uploads.stamp("picture"), uploads.stamp("mask")
    if stamps[0] is None:
        raise NoPicture(T.UPLOAD_HINT)
    mask = None if stamps[1] is None else str(uploads.file("mask"))
    return Uploaded(str(uploads.file("picture")), mask, stamps)


def _typed(view: View, rules: TargetRules) -> Typed:
    if view.boxes.strip() or view.points.strip():
        return Typed(view.names, view.boxes, view.points, rules)
    return Typed(view.names)  # without boxes and points the rules do not matter


def _seen(subject: Subject) -> Seen:
    described = _described(subject, int(time.monotonic() // KEPT_SECONDS))
    return Seen(subject, described.picture, described.errors)


@lru_cache(maxsize=512)
def _described(subject: Subject, period: int) -> Described:  # noqa: ARG001 - expires the cache
    try:
        return asking.wait_for(Describe(subject))
    except DrawingError as error:
        raise NoPicture(asking.words(error)) from error


def classes(picture: Picture, view: View) -> Classes:
    """Return names and colors of the picture's classes, in the palette of the view."""
    colors = tuple(rgb(color) for color in CLASS_COLORS)
    if view.palette is Palette.FILE and picture.palette[picture.first :]:
        colors = picture.palette[picture.first :]
    if view.palette is Palette.OWN and view.colours:
        colors = tuple(rgb(color) for color in view.colours)
    return Classes(picture.class_names, colors, picture.first)
