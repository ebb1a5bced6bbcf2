"""Image folders: `train/<class>/*` with `val/<class>/*`, or `<class>/*` that is split class by class, with a seed."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from explorer.base.names import alike, existing, plain, shown, there
from explorer.data.class_folders import about_tables, are_parts, beside_classes, has_classes
from explorer.data.dataset import Dataset, DatasetError
from explorer.data.formats.spec import SHARE, TRAIN_AND_VAL, Ask, FileSpec, Labelled
from explorer.data.listing import Listed, folders_in, images_below, images_in, suffixes
from explorer.data.mask_layouts import WITH_MASKS, looks_like_mask_folder
from explorer.data.roots import refuse_outside

if TYPE_CHECKING:
    from explorer.data.inspection import Looking

LAYOUT = "Expected train/<class>/*.jpg with val/<class>/*.jpg, or <class>/*.jpg."
_MOST_WATCHED = 500  # folders of one data set whose changes are noticed


class ImageFolderSpec(FileSpec):
    """A folder `train/<class>/*` and `val/<class>/*`, or `<class>/*`, which is then split class by class.

    Attributes:
        listing: "nested" takes the images of a class folder and of all folders in it, in every format that can be
            read; "flat" is the rule of runs of format 1: the class folder itself, and files of eight suffixes.
    """

    title: ClassVar[str] = "Image folder"
    choice: ClassVar[str] = "an image folder"
    asks: ClassVar[tuple[Ask, ...]] = (
        Ask(
            "path",
            "Folder",
            "A folder with train/<class> and val/<class>, or with <class> folders. Choose one, or type its path, "
            "inside the folders that the app may read (make run DATA=/that/folder).",
            start="",
            place=True,
            inside=True,
        ),
        SHARE,
    )
    version_1: ClassVar[Mapping[str, Any]] = {"depth": "by_image", "listing": "flat"}

    kind: Literal["image_folder"] = "image_folder"
    listing: Literal["nested", "flat"] = "nested"

    def open(self, looking: "Looking | None" = None) -> Dataset:
        """List the images of the folder, and find the range of deep ones. Raises DatasetError."""
        from explorer.data.files import opened

        root = self.root
        folders = folders_in(root)
        if self.listing == "nested" and looks_like_mask_folder(root):
            raise DatasetError(f"{root} is not usable, because {WITH_MASKS}")
        names = {plain(folder.name) for folder in folders}
        if {"train", "val"} <= names:
            classes, train, val, notes = _split(self)
        elif "train" in names or "val" in names:
            has, lacks = ("train", "val") if "train" in names else ("val", "train")
            raise DatasetError(
                f"{root} has {has}/ but no {lacks}/. Add it, or put the class folders into {root} itself."
            )
        else:
            if self.listing == "nested" and (reason := are_parts(root, folders)):
                raise DatasetError(f"{root}: {reason}")
            classes, train, val, notes = _whole(self, folders)
        return opened(self, plain(root.name), classes, (train, val), [*notes, *_beside(self)], looking)

    @classmethod
    def looks(cls, place: Path) -> bool:
        return place.is_dir() and has_classes(place)

    @classmethod
    def beside(cls, place: Path) -> list[Path]:
        return beside_classes(place)

    @classmethod
    def watched(cls, place: Path) -> Iterable[Path]:
        inside = (folder.glob("*") for folder in (place, place / "train", place / "val") if there(folder))
        return islice(chain([place], *inside), _MOST_WATCHED)

    @classmethod
    def is_split(cls, place: Path) -> bool:
        return {"train", "val"} <= {plain(inside.name) for inside in folders_in(existing(place))}


_Classes = dict[str, list[Path]]  # the folders of each class: several where names differ only in their Unicode form
_Parts = tuple[tuple[str, ...], Labelled, Labelled, list[str]]  # classes, training, validation, notes


def _split(spec: ImageFolderSpec) -> _Parts:
    root = spec.root
    parts = {part: next(folder for folder in folders_in(root) if folder.name == part) for part in ("train", "val")}
    train_classes, val_classes = (_classes(folders_in(folder), spec) for folder in parts.values())
    names = tuple(train_classes)
    if unknown := [name for name in val_classes if name not in names]:
        raise DatasetError(
            f"{root}/val has classes that {root}/train lacks: {', '.join(unknown)}.{_hint(unknown, names)}"
        )
    _need_two(root / "train", names)
    train, notes = _list(train_classes, names, spec)
    # A class without validation images is noted, whether its folder is empty or is not there.
    val, val_notes = _list(val_classes, names, spec, needed=False)
    seen = {label for _, label in val}
    missing = [name for label, name in enumerate(names) if label not in seen]
    without = [f"{name} has no validation images: its F1 and AUROC cannot be computed." for name in missing]
    return names, train, val, [*notes, *val_notes, *without]


def _hint(unknown: Sequence[str], names: Sequence[str]) -> str:
    pairs = [(name, other) for name in unknown if (other := alike(name, names))]
    if not pairs:
        return ""
    meant = ", ".join(f"train/{other} and val/{name}" for name, other in pairs)
    return f" Is it the same class in {meant}? Give both the same name, also in upper and lower case."


def _whole(spec: ImageFolderSpec, folders: list[Path]) -> _Parts:
    from explorer.data.files import divided

    classes = _classes(folders, spec)
    names = tuple(classes)
    _need_two(spec.root, names)
    files, notes = _list(classes, names, spec)
    train, val, alone = divided(files, names, spec)
    return names, train, val, [*notes, *alone]


def _classes(folders: list[Path], spec: ImageFolderSpec) -> _Classes:
    name_of = shown if spec.listing == "flat" else plain
    classes: _Classes = {}
    for folder in folders:
        classes.setdefault(name_of(folder.name), []).append(folder)
    return classes if spec.listing == "flat" else dict(sorted(classes.items()))


def _need_two(root: Path, classes: tuple[str, ...]) -> None:
    if not classes:
        raise DatasetError(f"{root} has no class folders. {LAYOUT}")
    if len(classes) == 1:
        needed = "Telling classes apart needs at least 2 class folders."
        raise DatasetError(f"{root} has one class only, {classes[0]}. {needed}")


def _list(
    classes: _Classes, names: tuple[str, ...], spec: ImageFolderSpec, *, needed: bool = True
) -> tuple[Labelled, list[str]]:
    """The images of all classes, and notes. needed: whether a class without images is an error."""
    files: Labelled = []
    notes: list[str] = []
    for name, folders in classes.items():
        listed = [_listed(folder, spec) for folder in folders]
        images = [path for each in listed for path in each.images]
        if not images and needed:
            others = listed[0].others
            to_do = f" that can be read ({suffixes(others)}). Convert them" if others else ". Put some in"
            raise DatasetError(f"The class folder {folders[0]} has no images{to_do}, or remove the folder.")
        label = names.index(name)
        files.extend((path, label) for path in images)
        for folder, each in zip(folders, listed, strict=True):
            notes += each.left_out(f"{folder.parent.name}/{plain(folder.name)}")
        if len(folders) > 1:
            notes.append(
                f"{len(folders)} folders are called {name}, written in different Unicode forms: "
                "their images are one class."
            )
    return files, notes


def _listed(folder: Path, spec: ImageFolderSpec) -> Listed:
    """The images of a class folder. Raises OutsideRoots for links that may not be followed."""
    root = spec.root
    inside = spec.links == "inside"
    enter = (lambda place: refuse_outside([place], root)) if inside else None
    found = images_below(folder, enter) if spec.listing == "nested" else images_in(folder)
    if inside:
        refuse_outside((path for path in found.images if path.is_symlink()), root)
    return found


def _beside(spec: ImageFolderSpec) -> list[str]:
    """Notes about what is beside the classes and is not read."""
    if spec.listing == "flat":
        return []
    tables = about_tables(spec.root).strip()
    notes = [f"{tables} Classes are the names of folders."] if tables else []
    names = [folder.name for folder in folders_in(spec.root)]
    others = [f"{name}/" for name in names if name not in TRAIN_AND_VAL]
    if others and set(TRAIN_AND_VAL) <= set(names):
        verb = "is" if len(others) == 1 else "are"
        notes.append(f"Only train/ and val/ are read; {', '.join(others)} beside them {verb} not used.")
    return notes
