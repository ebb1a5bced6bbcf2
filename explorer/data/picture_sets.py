"""Sets of pictures to look through, sample by sample: what is embedded, and the data sets inside the allowed folders.

A key is `shapes`, `digits`, or a kind and a folder, as in `image_folder:/data/insects`. Keys come from files that
anybody may have written, so a folder is looked up among the allowed ones each time.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import chain, islice
from pathlib import Path

import numpy as np

from explorer.base.names import shown, there
from explorer.data.dataset import Dataset, DatasetError, Split
from explorer.data.digits import CLASSES
from explorer.data.finding import IMAGE_FOLDER, Kind, search
from explorer.data.formats import open_dataset
from explorer.data.images import decode
from explorer.data.inspection import Looking
from explorer.data.mask_folder import open_mask_folder
from explorer.data.mask_layouts import ALL, beside_parts, looks_like_mask_folder, parts_of
from explorer.data.mask_names import CLASS_FILES, First, MaskNames
from explorer.data.roots import allowed_roots, refuse_outside, resolve_inside
from explorer.data.sample import Sample
from explorer.data.shapes import OUTLINES
from explorer.data.specs import Depth, DigitsSpec, ImageFolderSpec, ShapesSpec
from explorer.data.unusable import why_not

SHAPES = "shapes"  # the key of the set that is looked at first
SHAPE_SIDE = 256  # px; large enough to look at
TRAIN_AND_VAL = ("train", "val")
WITH_MASKS = "mask_folder:"  # keys of sets of images with masks begin so
IMAGE_FOLDERS = "image_folder:"  # and those of images in the folders of their classes
_MAX_PATH = 4096  # characters, as in the spec of an image folder
_MAX_WATCHED = 500  # folders of one data set whose changes are noticed
_LOOK_S = 2.0  # a page does not wait longer for what the files of a set hold

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
    first: First = 1


@dataclass(frozen=True)
class Offer:
    """sets: every set on offer, the embedded ones first. unusable: folders that were looked at, and why they are none.

    complete: whether all folders were looked into.
    """

    sets: tuple[PictureSet, ...]
    unusable: tuple[tuple[str, str], ...] = ()
    complete: bool = True


@dataclass(frozen=True, eq=False)
class _Opened:
    """sizes: how many samples each split has. load: split and index -> sample and notes.

    names: of the values of masks, where they come from a file. notes: about the whole set, in sentences.
    name: split and index -> the sample's name, without loading it.
    """

    classes: tuple[str, ...]
    sizes: Mapping[str, int]
    load: Callable[[str, int], Noted]
    name: Callable[[str, int], str]
    names: MaskNames = field(default_factory=MaskNames)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Folder:
    """A kind of folder. watched: the files and folders inside whose change means that it has to be opened again."""

    splits: Callable[[Path], tuple[str, ...]]
    kind: Kind
    open: Callable[[Path], _Opened]
    watched: Callable[[Path], Iterable[Path]]


def offer() -> Offer:
    """What there is to look at. It walks through the allowed folders, within bounds."""
    seen = search({name: folder.kind for name, folder in _FOLDERS.items()}, why_not)
    titles = [_title(folder) for folder, _ in seen.found]
    found = (
        *(PictureSet(key, title, TRAIN_AND_VAL) for key, (title, _) in _EMBEDDED.items()),
        *(
            # Of two folders that would be called the same, each is called by its whole path.
            PictureSet(
                _key(kind, folder),
                title if titles.count(title) == 1 else shown(str(folder)),
                _FOLDERS[kind].splits(folder),
            )
            for (folder, kind), title in zip(seen.found, titles, strict=True)
        ),
    )
    return Offer(found, tuple((_title(folder), shown(reason)) for folder, reason in seen.unusable), seen.complete)


def _key(kind: str, folder: Path) -> str:
    """A key as a file takes it; `resolve_inside` finds a folder by its name as it is shown."""
    return f"{kind}:{shown(str(folder))}"


def sets() -> tuple[PictureSet, ...]:
    """Every set on offer, the embedded ones first."""
    return offer().sets


def typed(path: str) -> PictureSet:
    """The set in a folder whose path a person has typed.

    Raises:
        OutsideRoots: the folder is not inside the allowed ones.
        DatasetError: there is no such folder, or it is no data set; the message says why.
    """
    folder = resolve_inside(path)
    try:
        name = next((name for name, each in _FOLDERS.items() if each.kind.looks(folder)), None)
        reason = "" if name else why_not(folder)
    except OSError as error:
        raise DatasetError(f"There is no folder {path.strip()} that can be read. Check the path.") from error
    if name is None:
        reason = reason or "it holds no images."
        raise DatasetError(f"{path.strip()} is not usable, because {reason}")
    return PictureSet(_key(name, folder), _title(folder), _FOLDERS[name].splits(folder))


def count(key: str, split: str) -> int:
    """How many samples a split has. Raises DatasetError where there is no such set or split."""
    return _size(_open(key), split)


def load(key: str, split: str, index: int, names_from: First | None = None) -> LoadedSample:
    """The sample at `index`, from 0.

    Args:
        key: of the set.
        split: the part of it.
        index: in that part.
        names_from: the mask value that the first name in a file of names is of, where a person has chosen it.

    Raises:
        DatasetError: there is no such set, part or sample.
        ImageError: its file cannot be read.
        SampleError: its parts do not fit together.
    """
    opened = _open(key)
    _check_index(opened, split, index)
    sample, notes = opened.load(split, index)
    names = opened.names.counted_from(names_from)
    return LoadedSample(sample, names.classes or opened.classes, notes, names.first_class)


def name_of(key: str, split: str, index: int) -> str:
    """What a sample is called, with its class where it has one, without loading it. Raises DatasetError."""
    opened = _open(key)
    _check_index(opened, split, index)
    return opened.name(split, index)


def notes(key: str) -> tuple[str, ...]:
    """What there is to know of a whole set, such as files that were left out. Raises DatasetError."""
    return _open(key).notes


def mask_names(key: str) -> MaskNames:
    """How the values of its masks are called; without names for a set that has no file of them. Raises DatasetError."""
    return _open(key).names


def _check_index(opened: _Opened, split: str, index: int) -> None:
    size = _size(opened, split)
    if size == 0:
        raise DatasetError(f"The part {split} of this set has no images. Choose another part.")
    if not 0 <= index < size:
        raise DatasetError(f"There is no image {index} in {split}. It has {size}: choose 0 to {size - 1}.")


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
    return shown(folder.name if folder == root else folder.relative_to(root).as_posix())


# Embedded


def _open_shapes() -> _Opened:
    parts = _parts(open_dataset(ShapesSpec(num_classes=6, image_size=SHAPE_SIDE)))
    classes = tuple(OUTLINES)
    return _Opened(classes, _sizes(parts), lambda split, index: (parts[split].load(index), ()), _named(parts, classes))


def _open_digits() -> _Opened:
    parts = _parts(open_dataset(DigitsSpec()))

    def load(split: str, index: int) -> Noted:
        return with_classes_in_mask(parts[split].load(index)), ()

    return _Opened(CLASSES, _sizes(parts), load, _named(parts, CLASSES))


def with_classes_in_mask(sample: Sample) -> Sample:
    """A digit whose mask has the value of its class, as elsewhere: digits come with 1 for ink."""
    mask = None if sample.mask is None or sample.label is None else sample.mask * np.uint8(sample.label + 1)
    return replace(sample, mask=mask)


_EMBEDDED: dict[str, tuple[str, Callable[[], _Opened]]] = {
    SHAPES: ("Generated shapes", _open_shapes),
    "digits": ("Handwritten digits", _open_digits),
}


# Folders


def _open_image_folder(folder: Path) -> _Opened:
    dataset = open_dataset(ImageFolderSpec(path=shown(str(folder))), Looking(seconds=_LOOK_S))
    parts = _parts(dataset)
    depth: Depth = dataset.depth or "auto"

    def load(split: str, index: int) -> Noted:
        part = parts[split]
        name, file = part.ids[index], part.source(index)
        assert isinstance(file, Path)
        refuse_outside([file], folder)
        decoded = decode(file, name, depth)
        return Sample(decoded.pixels, label=int(part.labels[index]), id=name), decoded.notes

    return _Opened(dataset.classes, _sizes(parts), load, _named(parts, dataset.classes), notes=dataset.notes)


def _named(parts: Mapping[str, Split], classes: tuple[str, ...]) -> Callable[[str, int], str]:
    return lambda split, index: f"{parts[split].ids[index]}, {classes[int(parts[split].labels[index])]}"


def _class_folders(folder: Path) -> Iterable[Path]:
    inside = chain.from_iterable(map(_inside, (folder, folder / "train", folder / "val")))
    return islice(chain([folder], inside), _MAX_WATCHED)


def _inside(folder: Path) -> Iterator[Path]:
    try:
        yield from folder.iterdir()
    except OSError:
        return  # not there; opening it says so


def _open_masks(folder: Path) -> _Opened:
    opened = open_mask_folder(folder)
    sizes = {name: len(images) for name, images in opened.parts.items()}
    return _Opened(
        opened.names.classes, sizes, opened.load, lambda part, index: opened.parts[part][index][0],
        opened.names, opened.notes,
    )  # fmt: skip


def _mask_parts(folder: Path) -> tuple[str, ...]:
    return tuple(part.name for part in parts_of(folder)) or (ALL,)


def _mask_places(folder: Path) -> Iterable[Path]:
    parts = parts_of(folder) if there(folder) else ()
    folders = (folder / name for part in parts for name in (part.images, part.masks))
    return [folder, *folders, *(folder / name for name in CLASS_FILES)]


_FOLDERS: dict[str, _Folder] = {
    "image_folder": _Folder(lambda folder: TRAIN_AND_VAL, IMAGE_FOLDER, _open_image_folder, _class_folders),
    "mask_folder": _Folder(_mask_parts, Kind(looks_like_mask_folder, beside_parts), _open_masks, _mask_places),
}


def _parts(dataset: Dataset) -> dict[str, Split]:
    return dict(zip(TRAIN_AND_VAL, (dataset.train, dataset.val), strict=True))


def _sizes(parts: Mapping[str, Split]) -> dict[str, int]:
    return {name: len(split) for name, split in parts.items()}
