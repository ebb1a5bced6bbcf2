"""Sets of pictures to look through, sample by sample: what is embedded, and the data sets inside the allowed folders.

A key is `shapes`, `digits`, or a kind and a folder, as in `image_folder:/data/insects`. Keys come from files that
anybody may have written, so a folder is looked up among the allowed ones each time.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import chain, islice
from pathlib import Path

import numpy as np

from explorer.data.dataset import Dataset, DatasetError, Split
from explorer.data.digits import CLASSES
from explorer.data.formats import open_dataset
from explorer.data.image_folder import looks_like_image_folder
from explorer.data.images import decode
from explorer.data.mask_folder import CLASS_FILES, IMAGES, MASKS, looks_like_mask_folder, open_mask_folder
from explorer.data.roots import Looks, allowed_roots, find_folders, resolve_inside
from explorer.data.sample import Sample
from explorer.data.shapes import OUTLINES
from explorer.data.specs import DigitsSpec, ImageFolderSpec, ShapesSpec

SHAPES = "shapes"  # the key of the set that is looked at first
SHAPE_SIDE = 256  # px; large enough to look at
TRAIN_AND_VAL = ("train", "val")
ALL = "all"  # the one part of a set that is not divided
_MAX_PATH = 4096  # characters, as in the spec of an image folder
_MAX_WATCHED = 500  # folders of one data set whose changes are noticed

Noted = tuple[Sample, tuple[str, ...]]  # a sample, and what is to be said about it


@dataclass(frozen=True)
class PictureSet:
    """key: what `count` and `load` take. splits: the names of its parts."""

    key: str
    title: str
    splits: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class LoadedSample:
    """classes: names of labels and boxes from 0, and of the mask's values from `first` on; () if unknown.

    first: the mask value of the first class: 0 where the names begin there, 1 where the value 0 is no class.
    sample: at full size, its id is the file's name inside the set. notes: what had to be changed to read it, or is
    missing, in sentences for people.
    """

    sample: Sample
    classes: tuple[str, ...]
    notes: tuple[str, ...] = ()
    first: int = 1


@dataclass(frozen=True, eq=False)
class _Opened:
    """sizes: how many samples each split has. load: split and index -> sample and notes. first: see LoadedSample."""

    classes: tuple[str, ...]
    sizes: Mapping[str, int]
    load: Callable[[str, int], Noted]
    first: int = 1


@dataclass(frozen=True)
class _Kind:
    """A kind of folder. watched: the files and folders inside whose change means that it has to be opened anew."""

    splits: tuple[str, ...]
    looks: Looks
    open: Callable[[Path], _Opened]
    watched: Callable[[Path], Iterable[Path]]


def sets() -> tuple[PictureSet, ...]:
    """Every set on offer, the embedded ones first. It walks through the allowed folders, within bounds."""
    found = find_folders({kind: folder_kind.looks for kind, folder_kind in _FOLDERS.items()})
    titles = [_title(folder) for folder, _ in found]
    return (
        *(PictureSet(key, title, TRAIN_AND_VAL) for key, (title, _) in _EMBEDDED.items()),
        *(
            # Of two folders that would be called the same, each is called by its whole path.
            PictureSet(f"{kind}:{folder}", title if titles.count(title) == 1 else str(folder), _FOLDERS[kind].splits)
            for (folder, kind), title in zip(found, titles, strict=True)
        ),
    )


def count(key: str, split: str) -> int:
    """How many samples a split has. Raises DatasetError where there is no such set or split."""
    return _size(_open(key), split)


def load(key: str, split: str, index: int) -> LoadedSample:
    """The sample at `index`, from 0. Raises DatasetError, ImageError, or SampleError for parts that do not fit."""
    opened = _open(key)
    size = _size(opened, split)
    if size == 0:
        raise DatasetError(f"The part {split} of this set has no pictures. Choose another part.")
    if not 0 <= index < size:
        raise DatasetError(f"There is no picture {index} in {split}. It has {size}: choose 0 to {size - 1}.")
    sample, notes = opened.load(split, index)
    return LoadedSample(sample, opened.classes, notes, opened.first)


def _size(opened: _Opened, split: str) -> int:
    if split not in opened.sizes:
        raise DatasetError(f"This set has no part {split[:40]!r}. Choose one of {', '.join(opened.sizes)}.")
    return opened.sizes[split]


def _open(key: str) -> _Opened:
    if key in _EMBEDDED:
        return _open_embedded(key)
    kind, _, place = key.partition(":")
    if kind not in _FOLDERS or not place or len(place) > _MAX_PATH:
        folders = ", ".join(f"{name}:/folder" for name in _FOLDERS)
        raise DatasetError(f"There is no set {key[:80]!r}. Expected {', '.join(_EMBEDDED)}, or {folders}.")
    folder = resolve_inside(place)
    return _open_folder(kind, folder, tuple(_modified(path) for path in _FOLDERS[kind].watched(folder)))


@lru_cache(maxsize=8)
def _open_folder(kind: str, folder: Path, modified: tuple[int, ...]) -> _Opened:  # noqa: ARG001 - a changed one is opened anew
    return _FOLDERS[kind].open(folder)


@lru_cache(maxsize=2)
def _open_embedded(key: str) -> _Opened:
    return _EMBEDDED[key][1]()


def _modified(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0  # not there; whoever opens it says so


def _title(folder: Path) -> str:
    root = next((root for root in allowed_roots() if folder.is_relative_to(root)), folder)
    return folder.name if folder == root else folder.relative_to(root).as_posix()


# Embedded


def _open_shapes() -> _Opened:
    parts = _parts(open_dataset(ShapesSpec(num_classes=6, image_size=SHAPE_SIDE)))
    return _Opened(tuple(OUTLINES), _sizes(parts), lambda split, index: (parts[split].load(index), ()))


def _open_digits() -> _Opened:
    parts = _parts(open_dataset(DigitsSpec()))

    def load(split: str, index: int) -> Noted:
        sample = parts[split].load(index)
        # Digits come with 1 for ink, whichever digit it is; here a mask's value is that of the class, as elsewhere.
        mask = None if sample.mask is None or sample.label is None else sample.mask * np.uint8(sample.label + 1)
        return replace(sample, mask=mask), ()

    return _Opened(CLASSES, _sizes(parts), load)


_EMBEDDED: dict[str, tuple[str, Callable[[], _Opened]]] = {
    SHAPES: ("Generated shapes", _open_shapes),
    "digits": ("Handwritten digits", _open_digits),
}


# Folders


def _open_image_folder(folder: Path) -> _Opened:
    dataset = open_dataset(ImageFolderSpec(path=str(folder)))
    parts = _parts(dataset)

    def load(split: str, index: int) -> Noted:
        part = parts[split]
        name = part.ids[index]
        decoded = decode(resolve_inside(str(folder / name)), name)
        return Sample(decoded.pixels, label=int(part.labels[index]), id=name), decoded.notes

    return _Opened(dataset.classes, _sizes(parts), load)


def _class_folders(folder: Path) -> Iterable[Path]:
    inside = chain.from_iterable(map(_inside, (folder, folder / "train", folder / "val")))
    return islice(chain([folder], inside), _MAX_WATCHED)


def _inside(folder: Path) -> Iterator[Path]:
    try:
        yield from folder.iterdir()
    except OSError:
        return  # not there; whoever opens it says so


def _open_masks(folder: Path) -> _Opened:
    masks = open_mask_folder(folder)
    return _Opened(masks.classes, {ALL: len(masks.images)}, lambda split, index: masks.load(index))


_FOLDERS: dict[str, _Kind] = {
    "image_folder": _Kind(TRAIN_AND_VAL, looks_like_image_folder, _open_image_folder, _class_folders),
    "mask_folder": _Kind(
        (ALL,),
        looks_like_mask_folder,
        _open_masks,
        lambda folder: [folder, *(folder / name for name in (IMAGES, MASKS, *CLASS_FILES))],
    ),
}


def _parts(dataset: Dataset) -> dict[str, Split]:
    return dict(zip(TRAIN_AND_VAL, (dataset.train, dataset.val), strict=True))


def _sizes(parts: Mapping[str, Split]) -> dict[str, int]:
    return {name: len(split) for name, split in parts.items()}
