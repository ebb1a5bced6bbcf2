"""Reads pictures in a worker, and keeps those that were read last."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from typing import Any

from explorer.data import picture_sets
from explorer.data.annotations import AnnotationError, parse_boxes, parse_keypoints
from explorer.data.dataset import DatasetError
from explorer.data.images import decode, decode_mask, mask_palette
from explorer.data.mask_names import is_background
from explorer.data.photographs import photographs
from explorer.data.prepare import shrink
from explorer.data.sample import Sample, SampleError
from explorer.data.stored import ImageError
from explorer.draw import training
from explorer.draw.drawing import Request
from explorer.draw.pictures import (
    LONG_SIDE,
    NoPicture,
    Photograph,
    Picture,
    SetSample,
    Source,
    Subject,
    TrainedSample,
    Uploaded,
)
from explorer.texts import Pictures as T

KEPT_SECONDS = 30  # then a picture is read again: its file may have been replaced
MASK_VALUES = 256  # a mask has one byte per pixel
MAX_NAME = 100  # characters of the name of a class
_KEPT = 12  # pictures of at most LONG_SIDE px


@dataclass(frozen=True, eq=False)
class Loaded:
    """A picture with its pixels."""

    picture: Picture
    sample: Sample


def load(subject: Subject) -> Loaded:
    """The picture of a subject, with what was typed for it as far as it is valid. Raises NoPicture."""
    return _annotated(_read(subject.source, subject.long_side), subject)[0]


def _read(source: Source, long_side: int) -> Loaded:
    read = _kept if long_side <= LONG_SIDE else _kept.__wrapped__  # full pictures are not kept
    try:
        return read(source, long_side, int(time.monotonic() // KEPT_SECONDS))
    except (ImageError, SampleError, DatasetError) as error:
        raise NoPicture(str(error)) from error


@lru_cache(maxsize=_KEPT)
def _kept(source: Source, long_side: int, period: int) -> Loaded:  # noqa: ARG001 - read again
    if isinstance(source, Photograph):
        return _photograph(source, long_side)
    if isinstance(source, SetSample):
        return _set_sample(source, long_side)
    if isinstance(source, TrainedSample):
        return _trained_sample(source)
    return _uploaded(source, long_side)


def _photograph(source: Photograph, long_side: int) -> Loaded:
    photograph = photographs()[source.name]
    full = photograph.load()
    sample = shrink(full, long_side)
    return _loaded(source.name, sample, full_size=full.size, class_names=photograph.classes)


def _set_sample(source: SetSample, long_side: int) -> Loaded:
    loaded = picture_sets.load(source.key, source.split, source.index, source.first)
    sample = shrink(loaded.sample, long_side)
    known = (sample.mask, sample.bboxes, sample.keypoints)
    targets = b"".join(b"" if each is None else each.tobytes() for each in known)
    return _loaded(
        _identity(repr((source, long_side)).encode(), sample.image.tobytes(), targets),
        sample,
        full_size=loaded.sample.size,
        class_names=loaded.classes,
        notes=(*loaded.notes, *_shrunk(sample, loaded.sample)),
        first=loaded.first,
        index=source.index,
    )


def _trained_sample(source: TrainedSample) -> Loaded:
    settings = source.training
    dataset = training.opened(settings.spec)
    samples = training.part(dataset, source.split)
    masks = samples.masks
    index = min(source.index, len(samples) - 1)  # it may have lost samples since one was chosen
    sample = training.sample(settings, samples, index)
    height, width = sample.size
    square = settings.kept is not None and settings.kept.square
    return _loaded(
        _identity(repr((source, index)).encode(), sample.image.tobytes()),
        sample,
        full_size=sample.size if square else samples.size(index),
        class_names=dataset.classes if masks is None else masks.names[masks.first :],
        notes=(T.AS_TRAINED_NOTE.format(width=width, height=height, size=settings.size),),
        first=1 if masks is None else masks.first,
        index=index,
        square=settings.size,
        whole=masks is not None,
    )


def _uploaded(source: Uploaded, long_side: int) -> Loaded:
    try:
        content = Path(source.file).read_bytes()
        mask = None if source.mask is None else Path(source.mask).read_bytes()
    except OSError as error:
        raise NoPicture(T.UPLOAD_HINT) from error
    return own(content, mask, T.UPLOADED_NAME, long_side)


def own(content: bytes, mask: bytes | None, name: str, long_side: int) -> Loaded:
    """The person's own picture with its mask. Raises ImageError or SampleError."""
    decoded = decode(content, name)
    labels = None if mask is None else decode_mask(mask, T.UPLOAD_MASK_NAME)
    full = Sample(image=decoded.pixels, mask=labels, id=name)
    sample = shrink(full, long_side)
    identity = _identity(content, mask or b"", str(long_side).encode())
    notes = (*decoded.notes, *_shrunk(sample, full))
    palette = () if mask is None else mask_palette(mask)
    return _loaded(identity, sample, full_size=full.size, notes=notes, palette=palette)


def _identity(*parts: bytes) -> str:
    return blake2b(b"".join(parts), digest_size=12).hexdigest()


def _loaded(identity: str, sample: Sample, **more: Any) -> Loaded:
    return Loaded(Picture(id=identity, size=sample.size, **{**_of_sample(sample), **more}), sample)


def _of_sample(sample: Sample) -> dict[str, Any]:
    return {
        "mask": sample.mask is not None,
        "bboxes": None if sample.bboxes is None else tuple(map(tuple, sample.bboxes.tolist())),
        "keypoints": None if sample.keypoints is None else tuple(map(tuple, sample.keypoints.tolist())),
        "label": sample.label,
        "name": sample.id or "",
    }


def _shrunk(sample: Sample, full: Sample) -> tuple[str, ...]:
    if sample.size == full.size:
        return ()
    height, width = full.size
    return (T.SHRUNK.format(width=width, height=height, side=max(sample.size)),)


# What a person has typed


def _named(picture: Picture, text: str) -> tuple[Picture, dict[str, str]]:
    """The picture with the typed names of its mask values, one per line from value 0, and what is wrong with them."""
    names = [line.strip() for line in text.strip().splitlines()]
    if not names or not picture.mask:
        return picture, {}
    if len(names) > MASK_VALUES:
        return picture, {"names": T.TOO_MANY_NAMES.format(count=len(names), most=MASK_VALUES)}
    for number, name in enumerate(names, 1):
        if not (name and len(name) <= MAX_NAME and name.isprintable()):
            return picture, {"names": T.NAME_WRONG.format(line=number, most=MAX_NAME)}
    first = int(is_background(names[0]))
    return replace(picture, class_names=tuple(names[first:]), first=first), {}


def _annotated(loaded: Loaded, subject: Subject) -> tuple[Loaded, dict[str, str]]:
    """The picture with what was typed instead of its own, and what is wrong, by field.

    Boxes and keypoints are in px of the full picture or in fractions, depending on the formats.
    """
    typed, rules = subject.typed, subject.typed.rules
    picture, errors = _named(loaded.picture, typed.names)
    sample = loaded.sample
    height, width = picture.full_size
    scale = sample.size[0] / height
    if typed.boxes.strip():
        try:
            boxes = parse_boxes(typed.boxes, rules.boxes.format, width, height, clip=rules.boxes.clip)
            boxes[:, :4] *= scale
            sample = replace(sample, bboxes=boxes)
        except (AnnotationError, SampleError) as error:
            errors["boxes"] = str(error)
    if typed.points.strip():
        try:
            outside = not rules.keypoints.remove_invisible
            points = parse_keypoints(typed.points, rules.keypoints.format, width, height, keep_outside=outside)
            points[:, :2] *= scale
            sample = replace(sample, keypoints=points)
        except (AnnotationError, SampleError) as error:
            errors["points"] = str(error)
    if sample is loaded.sample:
        return Loaded(picture, sample), errors
    stamp = blake2b(repr((typed.boxes, typed.points, rules)).encode(), digest_size=8).hexdigest()
    return Loaded(replace(picture, id=f"{picture.id}:{stamp}", **_of_sample(sample)), sample), errors


@dataclass(frozen=True)
class Described:
    """A picture, and what is wrong with what was typed for it, by field: "names", "boxes" or "points"."""

    picture: Picture
    errors: dict[str, str]


@dataclass(frozen=True)
class Describe(Request[Described]):
    """A picture without its pixels. Raises NoPicture."""

    subject: Subject

    @property
    def draft_key(self) -> object:
        return ("image", self.subject)

    def draw(self) -> Iterator[Described]:
        loaded, errors = _annotated(_read(self.subject.source, self.subject.long_side), self.subject)
        yield Described(loaded.picture, errors)
