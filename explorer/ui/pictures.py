"""The picture that a pipeline is previewed on: a photograph, a generated sample, or the person's own upload."""

from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import blake2b

import cv2

from explorer.data.formats import open_dataset
from explorer.data.images import decode, decode_mask
from explorer.data.photographs import photographs
from explorer.data.prepare import shrink
from explorer.data.sample import Sample
from explorer.data.specs import DigitsSpec, ShapesSpec
from explorer.ui.texts import Augment as T

UPLOAD = "upload"
SHAPES = "shapes"
DIGITS = "digits"
LONG_SIDE = 1024  # px; a larger upload is previewed from a smaller copy


@dataclass(frozen=True)
class Picture:
    """A sample to preview, what its classes are called, and what had to be done to read it.

    Pictures are the same where their `id` is, so that drawings of them can be kept.
    """

    id: str
    sample: Sample = field(compare=False)
    class_names: tuple[str, ...]
    notes: tuple[str, ...] = ()


def choices() -> dict[str, str]:
    """Name -> title of every picture on offer, the newcomer's first."""
    return {name: photograph.title for name, photograph in photographs().items()} | {
        SHAPES: T.SHAPES_CHOICE,
        DIGITS: T.DIGITS_CHOICE,
        UPLOAD: T.UPLOAD_CHOICE,
    }


@lru_cache(maxsize=32)
def embedded(name: str) -> Picture:
    """The embedded picture called `name`. Raises KeyError where there is none."""
    if name == SHAPES:
        dataset = open_dataset(ShapesSpec(image_size=256, train_images=8, val_images=8))
        return Picture(name, dataset.train.load(0), dataset.classes)
    if name == DIGITS:
        dataset = open_dataset(DigitsSpec())
        return Picture(name, dataset.train.load(0), dataset.classes)
    photograph = photographs()[name]
    return Picture(name, photograph.load(), photograph.classes)


@lru_cache(maxsize=8)
def uploaded(content: bytes, mask: bytes | None, name: str) -> Picture:
    """The person's own picture, at most `LONG_SIDE` px, with its mask. Raises ImageError or SampleError."""
    decoded = decode(content, name)
    notes = decoded.notes
    labels = None if mask is None else decode_mask(mask, T.UPLOAD_MASK_NAME)
    sample = Sample(image=decoded.pixels, mask=labels, id=name)
    height, width = sample.image.shape[:2]
    if max(height, width) > LONG_SIDE:
        sample = shrink(sample, LONG_SIDE)
        notes = (*notes, T.SHRUNK.format(width=width, height=height, side=LONG_SIDE))
    count = 0 if labels is None else int(cv2.minMaxLoc(labels)[1])
    names = tuple(T.MASK_CLASS.format(number=index + 1) for index in range(min(count, 12)))
    identity = blake2b(content + (mask or b""), digest_size=12).hexdigest()
    return Picture(identity, sample, names, notes)
