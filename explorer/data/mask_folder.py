"""Mask folders: pictures in `images/`, and in `masks/` a PNG of the same stem with the class of each pixel.

`classes.json` (a list of names) or `classes.txt` (a name per line) beside them names the mask's values from 1. A first
name `background` is that of value 0 and is left out. Pages read these folders, so every file is checked to lie inside
the folders that they may read.
"""

import json
import os
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from explorer.data.dataset import DatasetError
from explorer.data.images import SUFFIXES, decode, decode_mask
from explorer.data.listing import MAX_IMAGES
from explorer.data.roots import resolve_inside
from explorer.data.sample import Sample, SampleError

IMAGES, MASKS = "images", "masks"
CLASS_FILES = ("classes.json", "classes.txt")
_MASK_SUFFIXES = frozenset({".png"})
_MAX_CLASSES = 256  # a mask has one byte per pixel
_MAX_BYTES = 100_000  # of a file of names
_GLANCE = 50  # entries of a folder looked at to tell whether it holds images


@dataclass(frozen=True, eq=False)
class MaskFolder:
    """images: file names inside images/, sorted. masks: stem -> file name inside masks/. classes: () if unknown."""

    root: Path
    images: tuple[str, ...]
    masks: dict[str, str]
    classes: tuple[str, ...]

    def load(self, index: int) -> tuple[Sample, tuple[str, ...]]:
        """A picture with its mask, at full size, and what there is to note. Mask values are kept, 255 too.

        Raises ImageError, SampleError for a mask of another size, OutsideRoots for a link that leads outside.
        """
        name = f"{IMAGES}/{self.images[index]}"
        decoded = decode(resolve_inside(str(self.root / name)), name)
        mask_file = self.masks.get(Path(name).stem)
        if mask_file is None:
            note = f"This picture has no mask: there is no {MASKS}/{Path(name).stem}.png."
            return Sample(decoded.pixels, id=name), (*decoded.notes, note)
        mask_name = f"{MASKS}/{mask_file}"
        mask = decode_mask(resolve_inside(str(self.root / mask_name)), mask_name)
        try:
            return Sample(decoded.pixels, mask=mask, id=name), decoded.notes
        except SampleError as error:
            raise SampleError(f"{mask_name} does not fit {name}. {error}") from error


def looks_like_mask_folder(folder: Path) -> bool:
    """Whether `folder` has pictures in images/ and PNG in masks/. Raises OSError."""
    return all(_glance(folder / name, kinds) for name, kinds in ((IMAGES, SUFFIXES), (MASKS, _MASK_SUFFIXES)))


def open_mask_folder(folder: Path) -> MaskFolder:
    """List the pictures and masks; none is decoded yet. Raises DatasetError naming what is missing."""
    images = _list(folder / IMAGES, SUFFIXES)
    if not images:
        raise DatasetError(f"{folder / IMAGES} has no pictures. Put some in, with a PNG of the same name in {MASKS}/.")
    masks = {Path(name).stem: name for name in _list(folder / MASKS, _MASK_SUFFIXES)}
    return MaskFolder(folder, images, masks, _classes(folder))


def _glance(folder: Path, suffixes: frozenset[str]) -> bool:
    return folder.is_dir() and any(_is_one(path.name, suffixes) for path in islice(folder.iterdir(), _GLANCE))


def _list(folder: Path, suffixes: frozenset[str]) -> tuple[str, ...]:
    try:
        names = [path.name for path in resolve_inside(str(folder)).iterdir() if _is_one(path.name, suffixes)]
    except FileNotFoundError as error:
        raise DatasetError(f"There is no folder {folder}. Expected {IMAGES}/ next to {MASKS}/.") from error
    except OSError as error:
        raise DatasetError(f"{folder} cannot be read: {_reason(error)}. Change its permissions.") from error
    if len(names) > MAX_IMAGES:
        raise DatasetError(f"{folder} has more than {MAX_IMAGES:,} files. Choose a smaller folder.")
    return tuple(sorted(names))


def _is_one(name: str, suffixes: frozenset[str]) -> bool:
    return Path(name).suffix.lower() in suffixes and not name.startswith(".")


def _reason(error: OSError) -> str:
    return os.strerror(error.errno) if error.errno else str(error)


def _classes(folder: Path) -> tuple[str, ...]:
    file = next((folder / name for name in CLASS_FILES if (folder / name).exists()), None)
    if file is None:
        return ()
    names = [name.strip() for name in _names(file)]
    if len(names) > _MAX_CLASSES or not all(0 < len(name) <= 100 and name.isprintable() for name in names):
        raise DatasetError(f"{file} must hold at most {_MAX_CLASSES} names, each of 1 to 100 characters.")
    return tuple(names[1:] if names and is_background(names[0]) else names)


def is_background(name: str) -> bool:
    """Whether the first name of a list says that the mask value 0 is no class."""
    return name.strip("_").lower() == "background"


def _names(file: Path) -> list[str]:
    try:
        with resolve_inside(str(file)).open("rb") as stream:
            content = stream.read(_MAX_BYTES + 1)
        text = content[:_MAX_BYTES].decode("utf-8-sig")
        names = json.loads(text) if file.suffix == ".json" else [line for line in text.splitlines() if line.strip()]
    except OSError as error:
        raise DatasetError(f"{file} cannot be read: {_reason(error)}. Change its permissions, or remove it.") from error
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise DatasetError(f"{file} is not a list of names in UTF-8: {error}. Correct it, or remove it.") from error
    if len(content) > _MAX_BYTES or not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise DatasetError(f'{file} must be a list of names of classes, such as ["road", "car"]. Correct it.')
    return names
