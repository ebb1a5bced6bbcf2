"""More pictures of the chosen source: the other photographs, or the next samples of the data set."""

from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import Any

from explorer.augment.pipeline import Pipeline
from explorer.augment.targets import TargetRules
from explorer.data import picture_sets
from explorer.data.dataset import DatasetError
from explorer.data.formats.spec import TRAIN_AND_VAL
from explorer.data.stored import ImageError
from explorer.draw.encoding import Classes
from explorer.draw.pictures import NoPicture, Picture, Subject
from explorer.draw.training import Training
from explorer.texts import Lab as T
from explorer.ui.lab.cells import Spec
from explorer.ui.preview import pictures
from explorer.ui.preview.sources import Found
from explorer.ui.session.uploads import Uploads
from explorer.ui.session.view import DATA_SET, View
from explorer.ui.train import as_trained


@dataclass(frozen=True)
class Place:
    """A picture of the source, and the view that shows it. Without a picture, `message` says why there is none."""

    title: str
    view: View
    subject: Subject | None
    picture: Picture | None
    classes: Classes
    message: str = ""

    def cell(self, pipeline: Pipeline | None, seed: int, targets: bool) -> Spec | None:
        """Return the cell that shows a pipeline on this picture; None if either is missing."""
        if pipeline is None or self.picture is None or self.subject is None:
            return None
        return Spec(self.subject, self.picture, pipeline, seed, self.classes, targets=targets)


def places(view: View, uploads: Uploads, found: Found, rules: TargetRules, count: int) -> tuple[Place, ...]:
    """Return the current picture (`found`) and the ones after it: at most `count`, each once."""
    views = _views(view, count, found.training)
    first = Place(_title(views[0], found.picture), view, found.subject, found.picture, found.classes)
    return (first, *(_place(each, uploads, rules, found.training) for each in views[1:]))


def _place(view: View, uploads: Uploads, rules: TargetRules, training: Training | None) -> Place:
    try:
        seen = pictures.of_view(view, uploads, rules, training)
    except NoPicture as reason:
        return Place(_title(view), view, None, None, Classes((), ()), str(reason))
    classes = pictures.classes(seen.picture, view)
    return Place(_title(view, seen.picture), view, seen.subject, seen.picture, classes)


def _views(view: View, count: int, training: Training | None) -> list[View]:
    if view.picture == pictures.UPLOAD:
        return [view]
    if view.picture == DATA_SET:
        return _samples(view, count, training)
    names = [name for name in pictures.choices() if name not in (pictures.UPLOAD, DATA_SET)]
    at = names.index(view.picture) if view.picture in names else 0
    turned = [*names[at:], *names[:at]][:count]
    # Boxes and keypoints that were typed belong to the first picture.
    return [replace(view, picture=name, **(_UNTYPED if place else {})) for place, name in enumerate(turned)]


_UNTYPED: dict[str, Any] = {"boxes": "", "points": ""}


def _samples(view: View, count: int, training: Training | None) -> list[View]:
    key, split = view.set_key or picture_sets.FIRST, view.split or TRAIN_AND_VAL[0]
    try:
        total = as_trained.count(key, split, training)
    except (DatasetError, ImageError):
        return [view]  # the top of the page says why
    start = min(view.index, max(0, total - 1))
    indices = [(start + step) % total for step in range(min(count, total))] or [start]
    return [replace(view, index=index, **(_UNTYPED if place else {})) for place, index in enumerate(indices)]


def _title(view: View, picture: Picture | None = None) -> str:
    if view.picture == DATA_SET:
        return str(view.index) if picture is None else _sample_title(view.index, picture)
    titles = pictures.choices()
    return titles.get(view.picture, next(iter(titles.values())))


def _sample_title(index: int, picture: Picture) -> str:
    label, classes = picture.label, picture.class_names
    name = PurePath(picture.name).name if picture.name else str(index)
    if label is None or not 0 <= label < len(classes):
        return name
    return T.SAMPLE_TITLE.format(name=name, label=classes[label])
