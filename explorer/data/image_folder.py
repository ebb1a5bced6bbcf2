"""Image folders: `train/<class>/*` with `val/<class>/*`, or `<class>/*` that is split class by class, with a seed."""

import re
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np

from explorer.base.names import alike, existing, expanded, plain, shown
from explorer.data.dataset import Dataset, DatasetError, Split, stratified_split
from explorer.data.images import decode
from explorer.data.inspection import Files, Inspection, Looking, inspect
from explorer.data.listing import (
    Listed,
    folders_in,
    holds_images,
    images_below,
    images_in,
    is_hidden,
    is_image,
    same_names,
    suffixes,
)
from explorer.data.mask_layouts import WITH_MASKS, looks_like_mask_folder, parts_of
from explorer.data.roots import refuse_outside
from explorer.data.sample import Sample
from explorer.data.specs import Depth, ImageFolderSpec, ValueRange

LAYOUT = "Expected train/<class>/*.jpg with val/<class>/*.jpg, or <class>/*.jpg."
_OTHER_LAYOUTS = frozenset({"images", "masks", "labels", "annotations"})  # data sets for segmentation or detection
_PART = re.compile(
    r"(train|training|test|testing|val|valid|validation|dev|eval)([ _-]?(images?|imgs?|data|set))?\d*", re.I
)
_GLANCE = 50  # class folders looked at to tell whether a folder is a data set

Labelled = list[tuple[Path, int]]  # path, label


@dataclass(frozen=True, eq=False)
class _Loader:
    """A class and not a closure, so that it can be pickled. depth: decided."""

    root: Path
    files: tuple[tuple[Path, int], ...]
    depth: Depth

    def __call__(self, index: int) -> Sample:
        path, label = self.files[index]
        name = _id(path, self.root)
        return Sample(decode(path, name, self.depth).pixels, label=label, id=name)

    def source(self, index: int) -> Path:
        """The file of a sample."""
        return self.files[index][0]


def _id(path: Path, root: Path) -> str:
    """What a sample is called: its path in the data set, as it is shown."""
    return shown(path.relative_to(root).as_posix())


def is_split(folder: Path) -> bool:
    """Whether the folder is divided into train/ and val/ already, so that no share is split off for validation."""
    return {"train", "val"} <= {plain(inside.name) for inside in folders_in(existing(folder))}


@dataclass(frozen=True)
class _Class:
    """name: as it is shown. folders: several where their names differ in their Unicode form only."""

    name: str
    folders: tuple[Path, ...]


def open_image_folder(spec: ImageFolderSpec, looking: Looking = Looking()) -> Dataset:  # noqa: B008 - a frozen value
    """List the folder's images, look at what they hold, and decide the range of deep ones; none is loaded yet.

    Args:
        spec: the folder, and how it is read.
        looking: how closely the files are looked at. Where the time that it allows does not do, the range is that of
            the files that were looked at, and a note says so.

    Raises:
        DatasetError: the folder is not laid out as a data set; the message names what is missing.
    """
    root = existing(expanded(spec.path))
    folders = folders_in(root)
    if spec.listing == "nested" and looks_like_mask_folder(root):
        raise DatasetError(f"{root} is not usable, because {WITH_MASKS}")
    names = {plain(folder.name) for folder in folders}
    if {"train", "val"} <= names:
        listed = _open_split(root, spec)
    elif "train" in names or "val" in names:
        has, lacks = ("train", "val") if "train" in names else ("val", "train")
        raise DatasetError(f"{root} has {has}/ but no {lacks}/. Add it, or put the class folders into {root} itself.")
    else:
        if spec.listing == "nested" and (reason := are_parts(root, folders)):
            raise DatasetError(f"{root}: {reason}")
        listed = _open_whole(root, folders, spec)
    return _decided(replace(listed, notes=(*listed.notes, *_beside(root, spec))), spec, looking)


def _open_split(root: Path, spec: ImageFolderSpec) -> Dataset:
    parts = {part: next(folder for folder in folders_in(root) if folder.name == part) for part in ("train", "val")}
    train_classes, val_classes = (_classes(folders_in(folder), spec) for folder in parts.values())
    names = tuple(one.name for one in train_classes)
    if unknown := [one.name for one in val_classes if one.name not in names]:
        raise DatasetError(
            f"{root}/val has classes that {root}/train lacks: {', '.join(unknown)}.{_hint(unknown, names)}"
        )
    _need_two(root / "train", names)
    train, notes = _list(train_classes, names, spec)
    # A class without validation images is noted, whether its folder is empty or is not there.
    val, val_notes = _list(val_classes, names, spec, needed=False)
    return _dataset(root, names, train, val, (*notes, *val_notes, *_missing_notes(names, val)))


def _hint(unknown: Sequence[str], names: Sequence[str]) -> str:
    pairs = [(name, other) for name in unknown if (other := alike(name, names))]
    if not pairs:
        return ""
    meant = ", ".join(f"train/{other} and val/{name}" for name, other in pairs)
    return f" Is it the same class in {meant}? Give both the same name, also in upper and lower case."


def _open_whole(root: Path, folders: list[Path], spec: ImageFolderSpec) -> Dataset:
    classes = _classes(folders, spec)
    names = tuple(one.name for one in classes)
    _need_two(root, names)
    files, notes = _list(classes, names, spec)
    labels = np.array([label for _, label in files], np.int64)
    train, val = stratified_split(labels, spec.val_fraction, spec.seed)
    alone = [name for index, name in enumerate(names) if (labels == index).sum() == 1]
    notes += [f"{name} has one image only: it trains and is not validated." for name in alone]
    return _dataset(root, names, [files[i] for i in train], [files[i] for i in val], tuple(notes))


def _classes(folders: list[Path], spec: ImageFolderSpec) -> list[_Class]:
    if spec.listing == "flat":
        return [_Class(shown(folder.name), (folder,)) for folder in folders]
    return [_Class(plain(group[0].name), tuple(group)) for group in same_names(folders)]


def _need_two(root: Path, classes: tuple[str, ...]) -> None:
    if not classes:
        raise DatasetError(f"{root} has no class folders. {LAYOUT}")
    if len(classes) == 1:
        raise DatasetError(
            f"{root} has one class only, {classes[0]}. Telling classes apart needs at least 2 class folders."
        )


def _list(
    classes: list[_Class], names: tuple[str, ...], spec: ImageFolderSpec, *, needed: bool = True
) -> tuple[Labelled, list[str]]:
    """The images of all classes, and what is to be said about them. needed: a class without images is an error."""
    files: Labelled = []
    notes: list[str] = []
    for one in classes:
        listed = [_listed(folder, spec) for folder in one.folders]
        images = [path for each in listed for path in each.images]
        if not images and needed:
            raise DatasetError(_no_images(one.folders[0], listed[0]))
        files.extend((path, names.index(one.name)) for path in images)
        for folder, each in zip(one.folders, listed, strict=True):
            notes += each.left_out(f"{folder.parent.name}/{plain(folder.name)}")
        if len(one.folders) > 1:
            notes.append(
                f"{len(one.folders)} folders are called {one.name}, written in different Unicode forms: "
                "their images are one class."
            )
    return files, notes


def _listed(folder: Path, spec: ImageFolderSpec) -> Listed:
    """The images of a class folder. Raises OutsideRoots for links that may not be followed."""
    root = existing(expanded(spec.path))
    inside = spec.links == "inside"
    enter = (lambda place: refuse_outside([place], root)) if inside else None
    found = images_below(folder, enter) if spec.listing == "nested" else images_in(folder)
    if inside:
        refuse_outside((path for path in found.images if path.is_symlink()), root)
    return found


def _no_images(folder: Path, listed: Listed) -> str:
    if listed.others:
        found = suffixes(listed.others)
        return (
            f"The class folder {folder} has no images that can be read ({found}). Convert them, or remove the folder."
        )
    return f"The class folder {folder} has no images. Put some in, or remove the folder."


def _missing_notes(classes: tuple[str, ...], val: Labelled) -> tuple[str, ...]:
    seen = {label for _, label in val}
    return tuple(
        f"{name} has no validation images: its F1 and AUROC cannot be computed."
        for index, name in enumerate(classes)
        if index not in seen
    )


def _dataset(root: Path, classes: tuple[str, ...], train: Labelled, val: Labelled, notes: tuple[str, ...]) -> Dataset:
    return Dataset(plain(root.name), classes, _split("train", root, train), _split("val", root, val), notes)


def _split(name: str, root: Path, files: Labelled) -> Split:
    labels = np.array([label for _, label in files], np.int64)
    ids = tuple(_id(path, root) for path, _ in files)
    loader = _Loader(root, tuple(files), "auto")
    return Split(name, labels, ids, loader, loader.source)


# Depth


def _decided(dataset: Dataset, spec: ImageFolderSpec, looking: Looking) -> Dataset:
    """The data set with its range of values, and notes about what its files hold."""
    seen = inspect(files_of(dataset), looking)
    depth = decided(spec.depth, seen)
    notes = [*dataset.notes, *seen.notes(depth)]
    if seen.left and spec.depth == "auto":
        notes.append(
            f"{len(seen.looks):,} of {seen.total:,} images were looked at in {seen.seconds:.0f} s. The others may hold "
            "larger values, and the range of values is then larger: a run looks at all of them when it starts."
        )
    parts = [_with_depth(split, depth) for split in (dataset.train, dataset.val)]
    return replace(dataset, train=parts[0], val=parts[1], notes=tuple(notes), depth=depth, inspection=seen)


def decided(depth: Depth, seen: Inspection) -> ValueRange | Literal["by_image"]:
    """How values of more than 8 bits become pixels, for all images alike."""
    return seen.range() if depth == "auto" else depth


def _with_depth(split: Split, depth: ValueRange | Literal["by_image"]) -> Split:
    assert isinstance(split.load, _Loader)
    loader = replace(split.load, depth=depth)
    reading = depth if isinstance(depth, str) else f"{depth.low!r} to {depth.high!r}"
    return replace(split, load=loader, source=loader.source, reading=reading)


def files_of(dataset: Dataset) -> Files:
    """All files that a data set reads, by the ids of their samples."""
    return [
        (split.ids[index], source)
        for split in (dataset.train, dataset.val)
        for index in range(len(split))
        if isinstance(source := split.source(index), Path)
    ]


# What is not a data set


def _beside(root: Path, spec: ImageFolderSpec) -> list[str]:
    """What lies beside the classes and is not read."""
    if spec.listing == "flat":
        return []
    names = [plain(child.name) for child in sorted(root.iterdir()) if not is_hidden(child.name)]
    notes = [
        f"{name} is not read: classes are the names of folders. Labels from a table are not supported yet."
        for name in names
        if name.lower().endswith((".csv", ".tsv"))
    ]
    if {"train", "val"} <= set(names):
        others = [f"{folder.name}/" for folder in folders_in(root) if folder.name not in ("train", "val")]
        if others:
            notes.append(f"Only train/ and val/ are read; {', '.join(others)} beside them {_verb(others)} not used.")
    return notes


def _verb(names: Sequence[str]) -> str:
    return "is" if len(names) == 1 else "are"


def are_parts(root: Path, folders: list[Path]) -> str:
    """Why the folders in `root` are parts of a data set and no classes, in sentences; empty where they are classes."""
    parts = [folder for folder in folders if _PART.fullmatch(folder.name)]
    if len(parts) < 2 or any(folder not in parts and holds_images(folder) for folder in folders):
        return ""
    named = " and ".join(f"{folder.name}/" for folder in parts[:3])
    tables = [child.name for child in sorted(root.iterdir()) if child.suffix.lower() in (".csv", ".tsv")]
    labels = f" Labels from a table ({tables[0]}) are not supported yet." if tables else ""
    return (
        f"{named} are parts of a data set, not classes.{labels} "
        "Put the images into folders that are named after their classes, in train/ and val/."
    )


def looks_like_image_folder(folder: Path) -> bool:
    """Whether `folder` has class folders with images, or train/ and val/ with such. Raises OSError.

    Images may lie deeper in the class folders. A folder of several data sets is none itself.
    """
    children = _visible_folders(folder)
    names = {child.name for child in children}
    if names & _OTHER_LAYOUTS or parts_of(folder):
        return False
    if {"train", "val"} <= names:
        children = _visible_folders(folder / "train")
    elif are_parts(folder, children):
        return False
    return len(_class_folders(children)) > 1


def beside_classes(folder: Path) -> list[Path]:
    """The folders in an image folder that are neither its parts nor its classes. Raises OSError."""
    children = _visible_folders(folder)
    if {"train", "val"} <= {child.name for child in children}:
        return [child for child in children if not _PART.fullmatch(child.name)]
    classes = _class_folders(children)
    return [child for child in children if child not in classes]


def _visible_folders(folder: Path) -> list[Path]:
    return sorted(child for child in folder.iterdir() if child.is_dir() and not is_hidden(child.name))


def _class_folders(folders: list[Path]) -> set[Path]:
    """Those that seem to be the folders of classes, with images in them or deeper.

    A folder with several folders of images may be a data set of its own. It counts as a class only where another one
    has folders of the same names, such as a day or a camera.
    """
    inner: dict[Path, set[str]] = {}
    found: set[Path] = set()
    for folder in folders[:_GLANCE]:
        with suppress(OSError):
            if any(is_image(path.name) for path in folder.iterdir()):
                found.add(folder)
            elif _is_laid_out(folder, depth=2) or not holds_images(folder):
                continue
            inner[folder] = {child.name for child in _visible_folders(folder)}
    every = Counter(name for names in inner.values() for name in names)
    return found.union(folder for folder, names in inner.items() if any(every[name] > 1 for name in names))


def _is_laid_out(folder: Path, depth: int) -> bool:
    """Whether a folder, or one a little deeper, is laid out as a data set of its own."""
    children = _visible_folders(folder)
    names = {child.name for child in children}
    if parts_of(folder) or {"train", "val"} <= names or len(names & _OTHER_LAYOUTS) > 1:
        return True
    return depth > 1 and any(_is_laid_out(child, depth - 1) for child in children[:_GLANCE])
