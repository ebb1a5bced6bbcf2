"""Image folders: `train/<class>/*` with `val/<class>/*`, or `<class>/*` that is split class by class, with a seed."""

import os
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np

from explorer.data.dataset import Dataset, DatasetError, Split, stratified_split
from explorer.data.images import SUFFIXES, decode
from explorer.data.sample import Sample
from explorer.data.specs import ImageFolderSpec

MAX_IMAGES = 1_000_000
LAYOUT = "Expected train/<class>/*.jpg with val/<class>/*.jpg, or <class>/*.jpg."
_OTHER_LAYOUTS = frozenset({"images", "masks", "labels", "annotations"})  # data sets for segmentation or detection
_GLANCE = 50  # entries of a folder looked at to tell whether it holds images

Files = list[tuple[Path, int]]  # path, label


@dataclass(frozen=True, eq=False)
class _Loader:
    """A class and not a closure, so that it can be pickled."""

    root: Path
    files: tuple[tuple[Path, int], ...]

    def __call__(self, index: int) -> Sample:
        path, label = self.files[index]
        name = path.relative_to(self.root).as_posix()
        return Sample(decode(path, name).pixels, label=label, id=name)

    def source(self, index: int) -> Path:
        """The file of a sample."""
        return self.files[index][0]


def open_image_folder(spec: ImageFolderSpec) -> Dataset:
    """List the folder's images; none is decoded yet. Raises DatasetError naming what is missing."""
    root = Path(spec.path).expanduser()
    folders = _folders(root)
    names = {folder.name for folder in folders}
    if {"train", "val"} <= names:
        return _open_split(root)
    if "train" in names or "val" in names:
        has, lacks = ("train", "val") if "train" in names else ("val", "train")
        raise DatasetError(f"{root} has {has}/ but no {lacks}/. Add it, or put the class folders into {root} itself.")
    return _open_whole(root, folders, spec)


def _open_split(root: Path) -> Dataset:
    train_folders, val_folders = _folders(root / "train"), _folders(root / "val")
    classes = _names(train_folders)
    if unknown := sorted(set(_names(val_folders)) - set(classes)):
        raise DatasetError(f"{root}/val has classes that {root}/train lacks: {', '.join(unknown)}.")
    _need_two(root / "train", classes)
    train = _list(train_folders, classes)
    val = _list(val_folders, classes)
    return _dataset(root, classes, train, val, _missing_notes(classes, val))


def _open_whole(root: Path, folders: list[Path], spec: ImageFolderSpec) -> Dataset:
    classes = _names(folders)
    _need_two(root, classes)
    files = _list(folders, classes)
    labels = np.array([label for _, label in files], np.int64)
    train, val = stratified_split(labels, spec.val_fraction, spec.seed)
    alone = [name for index, name in enumerate(classes) if (labels == index).sum() == 1]
    notes = [f"{name} has one image only: it trains and is not validated." for name in alone]
    return _dataset(root, classes, [files[i] for i in train], [files[i] for i in val], tuple(notes))


def _dataset(root: Path, classes: tuple[str, ...], train: Files, val: Files, notes: tuple[str, ...]) -> Dataset:
    return Dataset(root.name, classes, _split("train", root, train), _split("val", root, val), notes)


def _split(name: str, root: Path, files: Files) -> Split:
    labels = np.array([label for _, label in files], np.int64)
    ids = tuple(path.relative_to(root).as_posix() for path, _ in files)
    loader = _Loader(root, tuple(files))
    return Split(name, labels, ids, loader, loader.source)


def _folders(folder: Path) -> list[Path]:
    """The folders in `folder`, sorted by name; hidden ones are left out."""
    try:
        children = sorted(folder.iterdir())
    except FileNotFoundError as error:
        raise DatasetError(f"There is no folder {folder}. Check the path.") from error
    except NotADirectoryError as error:
        raise DatasetError(f"{folder} is a file, not a folder. Give the folder that holds the classes.") from error
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else str(error)
        raise DatasetError(f"{folder} cannot be read: {reason}. Change its permissions, or choose another.") from error
    return [child for child in children if child.is_dir() and not child.name.startswith(".")]


def _names(folders: list[Path]) -> tuple[str, ...]:
    return tuple(folder.name for folder in folders)


def _need_two(root: Path, classes: tuple[str, ...]) -> None:
    if not classes:
        raise DatasetError(f"{root} has no class folders. {LAYOUT}")
    if len(classes) == 1:
        raise DatasetError(
            f"{root} has one class only, {classes[0]}. Telling classes apart needs at least 2 class folders."
        )


def _list(folders: list[Path], classes: tuple[str, ...]) -> Files:
    files: Files = []
    for folder in folders:
        images = _images(folder)
        if not images:
            raise DatasetError(f"The class folder {folder} has no images. Put some in, or remove the folder.")
        files.extend((path, classes.index(folder.name)) for path in images)
        if len(files) > MAX_IMAGES:
            raise DatasetError(f"{folder.parent} has more than {MAX_IMAGES:,} images. Choose a smaller folder.")
    return files


def _images(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if _is_image(path))
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else str(error)
        raise DatasetError(f"{folder} cannot be read: {reason}. Change its permissions, or choose another.") from error


def _is_image(path: Path) -> bool:
    return path.suffix.lower() in SUFFIXES and not path.name.startswith(".")


def _missing_notes(classes: tuple[str, ...], val: Files) -> tuple[str, ...]:
    seen = {label for _, label in val}
    return tuple(
        f"{name} has no validation images: its F1 and AUROC cannot be told."
        for index, name in enumerate(classes)
        if index not in seen
    )


def looks_like_image_folder(folder: Path) -> bool:
    """Whether `folder` has class folders with images, or train/ and val/ with such. Raises OSError."""
    children = [child for child in folder.iterdir() if child.is_dir() and not child.name.startswith(".")]
    names = {child.name for child in children}
    if names & _OTHER_LAYOUTS:
        return False
    if {"train", "val"} <= names:
        children = [child for child in (folder / "train").iterdir() if child.is_dir()]
    return len(children) > 1 and sum(_has_image(child) for child in islice(children, _GLANCE)) > 1


def _has_image(folder: Path) -> bool:
    try:
        return any(_is_image(path) for path in islice(folder.iterdir(), _GLANCE))
    except OSError:
        return False
