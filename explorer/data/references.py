"""Pictures that a step of a pipeline refers to by name: whose look is taken over, what is laid over, what tiles show.

`photograph/<name>` is an embedded photograph, `shape/<name>` a generated shape, `upload/<24 hex digits>` a picture that
somebody sent, kept in EXPLORER_HOME/references. The digits are worked out from its pixels, so that a name means the
same picture wherever it is known.
"""

import io
import re
from collections.abc import Callable, Mapping
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
from explorer.data.images import ImageError, decode_with_alpha
from explorer.data.photographs import LONG_SIDE, photographs
from explorer.data.sample import Sample

SHAPE_SIDE = 128  # px
OPAQUE = 127  # of 255: where alpha is above, the picture counts as there
_SHAPE_SEED = 3  # with it every shape lies whole inside its picture
_NAME = re.compile(r"(photograph|shape)/([a-z0-9_-]{1,40})|(upload)/([0-9a-f]{24})")


class ReferenceMissing(ValueError):
    """A name that means no picture, or none any more; the message says what to do."""


def load(name: str) -> Sample:
    """The picture called `name`, at most 512 px on its long side, with the mask, boxes and keypoints that are known.

    An upload with transparency has a mask: 1 where alpha is above 127; where it is 0, the picture is white. The sample
    is shared by all who ask for it: never write into its arrays. Raises ReferenceMissing.
    """
    kind, own = _parts(name)
    try:
        return _LOADERS[kind](own)
    except ImageError as error:
        raise ReferenceMissing(f"{name} cannot be shown: {error}") from error


def require(name: str) -> None:
    """Make sure that a name means a picture, without reading it. Raises ReferenceMissing."""
    kind, own = _parts(name)
    if kind == "upload":
        _modified(own)
    elif name not in titles():
        raise _no_built_in(name)


def _parts(name: str) -> tuple[str, str]:
    found = _NAME.fullmatch(name)
    if found is None:
        raise ReferenceMissing(
            f"{name[:80]!r} is not the name of an image. Expected photograph/<name>, shape/<name> or upload/<24 hex "
            f"digits>, such as {next(iter(titles()))}."
        )
    return found[1] or found[3], found[2] or found[4]


def titles() -> Mapping[str, str]:
    """Name -> title of every built-in picture, photographs first."""
    return {f"photograph/{name}": photograph.title for name, photograph in photographs().items()} | {
        f"shape/{name}": name.capitalize() for name in OUTLINES
    }


def keep(content: bytes, name: str) -> str:
    """Keep an uploaded picture, at most 512 px on its long side, and return its name, `upload/<24 hex digits>`.

    name: what messages call the file. Raises ImageError where it is not a picture, or cannot be stored.
    """
    pixels = _shrunk(decode_with_alpha(content, name))
    address = _address(pixels)
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "PNG")
    try:
        keeping.keep(_file(address), stream.getvalue())
    except keeping.NotKept as error:
        raise ImageError(f"{name} was read, but not kept. {error}") from error
    return f"upload/{address}"


def _shrunk(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    # Not prepare.shrink: Pillow weighs colours by their alpha, so that what does not show leaves no rim at the edge.
    picture = Image.fromarray(pixels)
    picture.thumbnail((LONG_SIDE, LONG_SIDE), Image.Resampling.BOX)
    return np.asarray(picture)


def _address(pixels: NDArray[np.uint8]) -> str:
    return blake2b(f"{pixels.shape}".encode() + pixels.tobytes(), digest_size=12).hexdigest()


def folder() -> Path:
    """Where uploaded pictures lie; not made."""
    return home() / "references"


def _file(address: str) -> Path:
    return folder() / f"{address}.png"


@lru_cache(maxsize=16)
def _photograph(own: str) -> Sample:
    name = f"photograph/{own}"
    if own not in photographs():
        raise _no_built_in(name)
    return replace(photographs()[own].load(), id=name)


@lru_cache(maxsize=16)
def _shape(own: str) -> Sample:
    name = f"shape/{own}"
    if own not in OUTLINES:
        raise _no_built_in(name)
    return draw(np.random.default_rng(_SHAPE_SEED), tuple(OUTLINES).index(own), SHAPE_SIDE, 0.0, name)


def _no_built_in(name: str) -> ReferenceMissing:
    return ReferenceMissing(f"There is no image {name}. Choose one of {', '.join(titles())}, or upload your own.")


def _upload(own: str) -> Sample:
    return _read(_file(own), _modified(own))


def _modified(own: str) -> int:
    try:
        return _file(own).stat().st_mtime_ns
    except OSError as error:
        raise ReferenceMissing(
            f"The uploaded image upload/{own} is not kept here (any more). Upload it again, or choose another."
        ) from error


@lru_cache(maxsize=32)
def _read(file: Path, modified: int) -> Sample:  # noqa: ARG001 - a file that was replaced is read again
    name = f"upload/{file.stem}"
    pixels = decode_with_alpha(file, name)
    if _address(pixels) != file.stem:
        raise ReferenceMissing(f"The file of {name} was changed since. Upload the image again, or choose another.")
    if pixels.shape[2] == 3 or (pixels[..., 3] > OPAQUE).all():
        return Sample(np.ascontiguousarray(pixels[..., :3]), id=name)
    mask = (pixels[..., 3] > OPAQUE).astype(np.uint8)
    return Sample(np.where(mask[:, :, None] == 1, pixels[..., :3], np.uint8(255)), mask=mask, id=name)


_LOADERS: dict[str, Callable[[str], Sample]] = {"photograph": _photograph, "shape": _shape, "upload": _upload}
