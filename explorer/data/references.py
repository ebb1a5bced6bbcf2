"""Pictures that steps of a pipeline refer to by name, such as those whose look is transferred or that are pasted.

`photograph/<name>` is an embedded photograph, `shape/<name>` a generated shape, and `upload/<24 hex digits>` a picture
that was uploaded to EXPLORER_HOME/references. The digits are a hash of its pixels, so that a name means the same
picture wherever it is known.
"""

import io
import re
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from explorer.base.home import home
from explorer.data import keeping
from explorer.data.drawn_shapes import OUTLINES, draw
from explorer.data.images import decode_with_alpha
from explorer.data.photographs import LONG_SIDE, photographs
from explorer.data.sample import Sample
from explorer.data.stored import ImageError

SHAPE_SIDE = 128  # px
OPAQUE = 127  # of 255; where alpha is not above it, nothing of the picture shows
_SHAPE_SEED = 3  # with which every shape is wholly inside its picture
_NAME = re.compile(r"(?:photograph|shape)/[a-z0-9_-]{1,40}|upload/(?P<upload>[0-9a-f]{24})")


class ReferenceMissing(ValueError):
    """No picture has this name, or not any more; the message says what to do."""


def load(name: str) -> Sample:
    """The picture called `name`, at most 512 px on its long side, with the mask, boxes and keypoints that are known.

    An upload with transparency has a mask, which is 1 where alpha is above 127; where it is 0, the picture is white.
    The sample is shared by all callers: never write into its arrays. Raises ReferenceMissing.
    """
    try:
        address = _uploaded(name)
        return _read(_file(address), _modified(address)) if address else _built_in(name)
    except ImageError as error:
        raise ReferenceMissing(f"{name} cannot be shown: {error}") from error


def require(name: str) -> None:
    """Make sure that a name means a picture, without reading it. Raises ReferenceMissing."""
    if address := _uploaded(name):
        _modified(address)
    else:
        _check_built_in(name)


def _uploaded(name: str) -> str:
    """The digits in the name of an upload; empty for a built-in picture. Raises ReferenceMissing for other names."""
    found = _NAME.fullmatch(name)
    if found is None:
        raise ReferenceMissing(
            f"{name[:80]!r} is not the name of an image. Expected photograph/<name>, shape/<name> or upload/<24 hex "
            f"digits>, such as {next(iter(titles()))}."
        )
    return found["upload"] or ""


def titles() -> Mapping[str, str]:
    """The titles of all built-in pictures by name, photographs first."""
    return {f"photograph/{name}": photograph.title for name, photograph in photographs().items()} | {
        f"shape/{name}": name.capitalize() for name in OUTLINES
    }


def keep(content: bytes, name: str) -> str:
    """Keep an uploaded picture, at most 512 px on its long side, and return its name, `upload/<24 hex digits>`.

    Args:
        content: the bytes of its file.
        name: what messages call the file.

    Raises:
        ImageError: it is not a picture, or cannot be stored.
    """
    picture = Image.fromarray(decode_with_alpha(content, name))
    # Not prepare.shrink: Pillow weighs colors by their alpha, so that hidden colors leave no rim at an edge.
    picture.thumbnail((LONG_SIDE, LONG_SIDE), Image.Resampling.BOX)
    address = _address(np.asarray(picture))
    stream = io.BytesIO()
    picture.save(stream, "PNG")
    try:
        keeping.keep(_file(address), stream.getvalue())
    except keeping.NotKept as error:
        raise ImageError(f"{name} was read, but not kept. {error}") from error
    return f"upload/{address}"


def _address(pixels: NDArray[np.uint8]) -> str:
    return blake2b(f"{pixels.shape}".encode() + pixels.tobytes(), digest_size=12).hexdigest()


def folder() -> Path:
    """The folder of uploaded pictures; it may not exist yet."""
    return home() / "references"


def _file(address: str) -> Path:
    return folder() / f"{address}.png"


@lru_cache(maxsize=32)
def _built_in(name: str) -> Sample:
    _check_built_in(name)
    kind, _, own = name.partition("/")
    if kind == "photograph":
        return replace(photographs()[own].load(), id=name)
    return draw(np.random.default_rng(_SHAPE_SEED), tuple(OUTLINES).index(own), SHAPE_SIDE, 0.0, name)


def _check_built_in(name: str) -> None:
    if name not in titles():
        raise ReferenceMissing(f"There is no image {name}. Choose one of {', '.join(titles())}, or upload your own.")


def _modified(own: str) -> int:
    try:
        return _file(own).stat().st_mtime_ns
    except OSError as error:
        raise ReferenceMissing(
            f"The uploaded image upload/{own} is not kept here (any more). Upload it again, or choose another."
        ) from error


@lru_cache(maxsize=32)
def _read(file: Path, modified: int) -> Sample:  # noqa: ARG001 - a replaced file is read again
    name = f"upload/{file.stem}"
    pixels = decode_with_alpha(file, name)
    if _address(pixels) != file.stem:
        raise ReferenceMissing(f"The file of {name} was changed since. Upload the image again, or choose another.")
    if pixels.shape[2] == 3 or (pixels[..., 3] > OPAQUE).all():
        return Sample(np.ascontiguousarray(pixels[..., :3]), id=name)
    mask = (pixels[..., 3] > OPAQUE).astype(np.uint8)
    return Sample(np.where(mask[:, :, None] == 1, pixels[..., :3], np.uint8(255)), mask=mask, id=name)
