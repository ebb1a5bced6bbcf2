"""The picture that a pipeline is previewed on: a photograph, any sample of a data set, or the person's own upload."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from hashlib import blake2b

from explorer.augment.targets import TargetRules
from explorer.data import picture_sets
from explorer.data.annotations import AnnotationError, parse_boxes, parse_keypoints
from explorer.data.dataset import DatasetError
from explorer.data.images import ImageError, decode, decode_mask, mask_palette
from explorer.data.mask_names import First, is_background
from explorer.data.photographs import photographs
from explorer.data.prepare import shrink
from explorer.data.sample import Sample, SampleError
from explorer.texts import Augment as T
from explorer.ui import as_trained
from explorer.ui.as_trained import Training
from explorer.ui.components.preview import Classes, Colour
from explorer.ui.palette import CLASS_COLOURS, rgb
from explorer.ui.uploads import Uploads
from explorer.ui.view import Palette, View

UPLOAD = "upload"
DATA_SET = "data set"
LONG_SIDE = 1024  # px; a larger picture is previewed from a smaller copy
FULL = 1_000_000  # px: no picture is larger
FULL_SHOWN = 2048  # px; what a browser gets to see of a full picture
KEPT_SECONDS = 30  # a sample of a data set is read again after this time: its file may have been replaced
MASK_VALUES = 256  # a mask has one byte per pixel
MAX_NAME = 100  # characters of the name of a class


class NoPicture(ValueError):
    """The picture that is looked at cannot be had; the message says why."""


@dataclass(frozen=True)
class Picture:
    """A sample to preview, what its classes are called, and what had to be done to read it.

    full_size: height and width in px before it was made smaller. palette: of the mask's file, from the value 0, if it
    has one. first: the mask value of the first class, see `LoadedSample`. index: its place in its data set, which
    decides with the seed what steps do to it. square: px of the square that training makes at the end, None where the
    image is shown by itself. Pictures are the same where their `id` is, so that drawings of them can be kept.
    that drawings of them can be kept.
    """

    id: str
    sample: Sample = field(compare=False)
    class_names: tuple[str, ...] = field(compare=False)
    full_size: tuple[int, int] = field(compare=False)
    notes: tuple[str, ...] = field(default=(), compare=False)
    palette: tuple[Colour, ...] = field(default=(), compare=False)
    first: int = field(default=1, compare=False)
    index: int = 0
    square: int | None = None

    @property
    def is_copy(self) -> bool:
        """Whether it is smaller than what was given, and may be shown at its full size."""
        return self.sample.size != self.full_size and self.square is None


def choices() -> dict[str, str]:
    """Name -> title of every source on offer, the newcomer's picture first."""
    return {name: photograph.title for name, photograph in photographs().items()} | {
        DATA_SET: T.DATA_SET_CHOICE,
        UPLOAD: T.UPLOAD_CHOICE,
    }


def first() -> Picture:
    """The picture that greets."""
    return _photograph(next(iter(photographs())), LONG_SIDE)


def of_view(view: View, uploads: Uploads, long_side: int = LONG_SIDE, training: Training | None = None) -> Picture:
    """The picture that a view looks at, at most `long_side` px. Raises NoPicture.

    training: what training does with samples of the view's data set; None shows them as they are.
    """
    try:
        if view.picture == UPLOAD:
            return _upload(uploads, long_side)
        if view.picture == DATA_SET:
            return _of_set(view, long_side) if training is None else _in_training(view, training)
    except (ImageError, SampleError, DatasetError) as error:
        raise NoPicture(str(error)) from error
    return _photograph(view.picture, long_side) if view.picture in photographs() else first()


@lru_cache(maxsize=8)
def _photograph(name: str, long_side: int) -> Picture:
    photograph = photographs()[name]
    sample = photograph.load()
    return Picture(name, shrink(sample, long_side), photograph.classes, sample.size)


def _of_set(view: View, long_side: int) -> Picture:
    key, split = view.set_key or picture_sets.SHAPES, view.split or picture_sets.TRAIN_AND_VAL[0]
    read = _set_sample if long_side == LONG_SIDE else _set_sample.__wrapped__  # full pictures are not kept
    return read(key, split, view.index, long_side, int(time.monotonic() // KEPT_SECONDS), view.names_from)


@lru_cache(maxsize=16)
def _set_sample(
    key: str,
    split: str,
    index: int,
    long_side: int,
    period: int,  # noqa: ARG001 - read again
    first: First | None,
) -> Picture:
    loaded = picture_sets.load(key, split, index, first)
    sample = shrink(loaded.sample, long_side)
    identity = blake2b(repr((key, split, index, long_side, first)).encode(), digest_size=12)
    identity.update(sample.image.tobytes())
    identity.update(b"" if sample.mask is None else sample.mask.tobytes())
    notes = (*loaded.notes, *_shrunk(sample, loaded.sample))
    return Picture(
        identity.hexdigest(), sample, loaded.classes, loaded.sample.size, notes, first=loaded.first, index=index
    )


def _in_training(view: View, training: Training) -> Picture:
    return _trained_sample(view.split, view.index, training, int(time.monotonic() // KEPT_SECONDS))


@lru_cache(maxsize=16)
def _trained_sample(split: str, index: int, training: Training, period: int) -> Picture:  # noqa: ARG001 - read again
    dataset, samples = as_trained.part(training, split)
    index = min(index, len(samples) - 1)  # the part may have fewer samples than when it was chosen
    sample = as_trained.sample(training, samples, index)
    identity = blake2b(repr((split, index, training)).encode() + sample.image.tobytes(), digest_size=12).hexdigest()
    height, width = sample.size
    notes = (T.AS_TRAINED_NOTE.format(width=width, height=height, size=training.size),)
    full_size = sample.size if training.kept is not None and training.kept.square else samples.size(index)
    return Picture(identity, sample, dataset.classes, full_size, notes, index=index, square=training.size)


def _upload(uploads: Uploads, long_side: int) -> Picture:
    stamps = uploads.stamp("picture"), uploads.stamp("mask")
    if stamps[0] is None:
        raise NoPicture(T.UPLOAD_HINT)
    read = _kept_upload if long_side == LONG_SIDE else _kept_upload.__wrapped__
    return read(uploads, stamps, long_side)


@lru_cache(maxsize=8)
def _kept_upload(uploads: Uploads, stamps: tuple[object, object], long_side: int) -> Picture:  # noqa: ARG001 - a newer one
    content = uploads.read("picture")
    if content is None:
        raise NoPicture(T.UPLOAD_HINT)
    return uploaded(content, uploads.read("mask"), T.UPLOADED_NAME, long_side)


def uploaded(content: bytes, mask: bytes | None, name: str, long_side: int = LONG_SIDE) -> Picture:
    """The person's own picture with its mask. Raises ImageError or SampleError."""
    decoded = decode(content, name)
    labels = None if mask is None else decode_mask(mask, T.UPLOAD_MASK_NAME)
    full = Sample(image=decoded.pixels, mask=labels, id=name)
    sample = shrink(full, long_side)
    identity = blake2b(content + (mask or b"") + str(long_side).encode(), digest_size=12).hexdigest()
    palette = () if mask is None else mask_palette(mask)
    notes = (*decoded.notes, *_shrunk(sample, full))
    return Picture(identity, sample, (), full.size, notes, palette)


def _shrunk(sample: Sample, full: Sample) -> tuple[str, ...]:
    if sample.size == full.size:
        return ()
    height, width = full.size
    return (T.SHRUNK.format(width=width, height=height, side=max(sample.size)),)


def _named(picture: Picture, text: str) -> tuple[Picture, dict[str, str]]:
    """The picture with the names that the person typed for the values of its mask, one a line from the value 0."""
    names = [line.strip() for line in text.strip().splitlines()]
    if not names or picture.sample.mask is None:
        return picture, {}
    if len(names) > MASK_VALUES:
        return picture, {"names": T.TOO_MANY_NAMES.format(count=len(names), most=MASK_VALUES)}
    for number, name in enumerate(names, 1):
        if not (name and len(name) <= MAX_NAME and name.isprintable()):
            return picture, {"names": T.NAME_WRONG.format(line=number, most=MAX_NAME)}
    first = int(is_background(names[0]))
    return replace(picture, class_names=tuple(names[first:]), first=first), {}


def annotated(picture: Picture, view: View, rules: TargetRules) -> tuple[Picture, Mapping[str, str]]:
    """The picture with what the person typed in place of its own, and field -> what is wrong.

    Boxes and keypoints are in px of the full picture, or in fractions, as the pipeline's formats say.
    """
    picture, errors = _named(picture, view.names)
    sample = picture.sample
    height, width = picture.full_size
    scale = sample.size[0] / height
    if view.boxes.strip():
        try:
            boxes = parse_boxes(view.boxes, rules.boxes.format, width, height, clip=rules.boxes.clip)
            boxes[:, :4] *= scale
            sample = replace(sample, bboxes=boxes)
        except (AnnotationError, SampleError) as error:
            errors["boxes"] = str(error)
    if view.points.strip():
        try:
            outside = not rules.keypoints.remove_invisible
            points = parse_keypoints(view.points, rules.keypoints.format, width, height, keep_outside=outside)
            points[:, :2] *= scale
            sample = replace(sample, keypoints=points)
        except (AnnotationError, SampleError) as error:
            errors["points"] = str(error)
    if sample is picture.sample:
        return picture, errors
    identity = f"{picture.id}:{blake2b(repr((view.boxes, view.points, rules)).encode(), digest_size=8).hexdigest()}"
    return replace(picture, id=identity, sample=sample), errors


def classes(picture: Picture, view: View) -> Classes:
    """Names and colours of the picture's classes, in the palette that the view asks for."""
    colours = tuple(rgb(colour) for colour in CLASS_COLOURS)
    if view.palette is Palette.FILE and picture.palette[picture.first :]:
        colours = picture.palette[picture.first :]
    if view.palette is Palette.OWN and view.colours:
        colours = tuple(rgb(colour) for colour in view.colours)
    return Classes(picture.class_names, colours, picture.first)
