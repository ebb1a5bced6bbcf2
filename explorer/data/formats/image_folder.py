"""Image folders: `train/<class>/*` with `val/<class>/*`, or `<class>/*` that is split class by class, with a seed.

`test/<class>/*` beside `train/` is kept apart for predictions.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np

from explorer.base.names import alike, existing, plain, shown, there
from explorer.data.class_folders import about_tables, are_parts, beside_classes, has_classes, part_folders
from explorer.data.dataset import Dataset, DatasetError
from explorer.data.formats.spec import SHARE, TRAIN_AND_VAL, WITH_MASKS, Ask, FileSpec
from explorer.data.index import Index, Names
from explorer.data.listing import Listed, folders_in, images_in, names_below, suffixes
from explorer.data.mask_layouts import looks_like_mask_folder
from explorer.data.parts import TEST, TRAIN, VAL
from explorer.data.roots import refuse_outside

if TYPE_CHECKING:
    from explorer.data.contents import Contents
    from explorer.data.files import Listing
    from explorer.data.indexed import IndexedFiles
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
            "A folder with train/<class> and val/<class>, perhaps test/<class>, or with <class> folders. Choose one, "
            "or type its path, inside the folders that the app may read (make run DATA=/that/folder).",
            start="",
            place=True,
            inside=True,
        ),
        SHARE,
    )
    version_1: ClassVar[Mapping[str, Any]] = {"depth": "by_image", "listing": "flat"}

    kind: Literal["image_folder"] = "image_folder"
    listing: Literal["nested", "flat"] = "nested"

    def whole(self, looking: "Looking | None" = None) -> Dataset:
        """List the images of the folder, and find the range of deep ones. Raises DatasetError."""
        from explorer.data.files import opened

        return opened(self, self.files(), looking)

    def contents(self) -> "Contents":
        from explorer.data.files import contents_of

        return contents_of(self, self.files())

    def files(self) -> "Listing":
        """The images of the folder, without opening any. Raises DatasetError."""
        from explorer.data.table_files import alike_names

        root, index = self.root, Index(self.root)
        folders = folders_in(root)
        if self.listing == "nested" and looks_like_mask_folder(root):
            raise DatasetError(f"{root} is not usable, because {WITH_MASKS}")
        parts = part_folders(folders, every=self.listing == "nested")
        if TRAIN in parts and len(parts) > 1:
            found = _split(self, parts, index)
        elif one := next((folder for folder in folders if plain(folder.name) in TRAIN_AND_VAL), None):
            lacks = "val" if plain(one.name) == "train" else "train"
            raise DatasetError(
                f"{root} has {plain(one.name)}/ but no {lacks}/. Add it, or put the class folders into {root} itself."
            )
        else:
            if self.listing == "nested" and (reason := are_parts(root, folders)):
                raise DatasetError(f"{root}: {reason}")
            found = _whole(self, folders, index)
        index.save()
        same = [f"{' and '.join(names)} differ only in upper and lower case." for names in alike_names(found.classes)]
        return replace(found, notes=(*found.notes, *same, *_beside(self, parts)))

    @classmethod
    def looks(cls, place: Path) -> bool:
        return place.is_dir() and has_classes(place)

    @classmethod
    def beside(cls, place: Path) -> list[Path]:
        return beside_classes(place)

    @classmethod
    def watched(cls, place: Path) -> Iterable[Path]:
        parts = (place / name for name in ("train", "val", "valid", "validation", "test"))
        inside = (folder.glob("*") for folder in (place, *parts) if there(folder))
        return islice(chain([place], *inside), _MOST_WATCHED)

    @classmethod
    def is_split(cls, place: Path) -> bool:
        return VAL in part_folders(folders_in(existing(place)))


_Classes = dict[str, list[Path]]  # the folders of each class: several where names differ only in their Unicode form


def _split(spec: ImageFolderSpec, parts: Mapping[int, Path], index: Index) -> "Listing":
    """The images of train/ with val/, test/ or both; a test/ without the classes of train/ is not read."""
    from explorer.data.division import Given
    from explorer.data.files import Listing
    from explorer.data.indexed import IndexedFiles

    classes = {part: _classes(folders_in(folder), spec) for part, folder in parts.items()}
    names = tuple(classes[TRAIN])
    if unknown := [name for name in classes.get(VAL, ()) if name not in names]:
        where, known = parts[VAL], parts[TRAIN]
        hint = _hint(unknown, names, (known.name, where.name))
        raise DatasetError(f"{where} has classes that {known} lacks: {', '.join(unknown)}.{hint}")
    _need_two(parts[TRAIN], names)
    if not _can_test(classes.get(TEST, {}), names):
        classes.pop(TEST, None)
    # A class without validation images is noted, whether its folder is empty or is not there.
    listed = {part: _list(classes[part], names, spec, index, needed=part == TRAIN) for part in sorted(classes)}
    files = IndexedFiles.joined(spec.root, [each[0] for each in listed.values()])
    part = np.repeat(np.array(list(listed), np.int8), [len(each[0]) for each in listed.values()])
    notes = tuple(note for _, each in listed.values() for note in each)
    return Listing(plain(spec.root.name), names, files, Given(part), notes)


def _hint(unknown: Sequence[str], names: Sequence[str], parts: tuple[str, str]) -> str:
    pairs = [(name, other) for name in unknown if (other := alike(name, names))]
    if not pairs:
        return ""
    meant = ", ".join(f"{parts[0]}/{other} and {parts[1]}/{name}" for name, other in pairs)
    return f" Is it the same class in {meant}? Give both the same name, also in upper and lower case."


def _can_test(classes: Iterable[str], names: Sequence[str]) -> bool:
    """Whether the folders in test/ are classes of train/; otherwise its images have no labels."""
    return bool(classes) and set(classes) <= set(names)


def _whole(spec: ImageFolderSpec, folders: list[Path], index: Index) -> "Listing":
    from explorer.data.files import Listing

    classes = _classes(folders, spec)
    names = tuple(classes)
    _need_two(spec.root, names)
    files, notes = _list(classes, names, spec, index)
    return Listing(plain(spec.root.name), names, files, notes=tuple(notes))


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
        needed = "Training needs at least 2 class folders."
        raise DatasetError(f"{root} has one class only, {classes[0]}. {needed}")


def _list(
    classes: _Classes, names: tuple[str, ...], spec: ImageFolderSpec, index: Index, *, needed: bool = True
) -> "tuple[IndexedFiles, list[str]]":
    """The images of all classes, and notes. needed: whether a class without images is an error."""
    from explorer.data.indexed import IndexedFiles

    runs: list[tuple[Path, list[str], int]] = []
    notes: list[str] = []
    for name, folders in classes.items():
        label = names.index(name)
        listed = [_listed(folder, spec, index) for folder in folders]
        if needed and not any(each.names for each in listed):
            others = listed[0].others
            to_do = f" that can be read ({suffixes(others)}). Convert them" if others else ". Put some in"
            raise DatasetError(f"The class folder {folders[0]} has no images{to_do}, or remove the folder.")
        for folder, each in zip(folders, listed, strict=True):
            runs.append((folder, each.names, label))
            notes += Listed((), each.others).left_out(f"{folder.parent.name}/{plain(folder.name)}")
        if len(folders) > 1:
            notes.append(
                f"{len(folders)} folders are called {name}, written in different Unicode forms: "
                "their images are one class."
            )
    return IndexedFiles.of(spec.root, runs), notes


def _listed(folder: Path, spec: ImageFolderSpec, index: Index) -> Names:
    """The images of a class folder. Raises OutsideRoots for links that may not be followed."""
    root = spec.root
    inside = spec.links == "inside"
    enter = (lambda place: refuse_outside([place], root)) if inside else None
    if spec.listing == "nested":
        found = names_below(folder, index, enter)
    else:
        images = images_in(folder).images
        found = Names([path.name for path in images], [path.name for path in images if path.is_symlink()], Counter())
    if inside:
        refuse_outside((folder / name for name in found.links), root)
    return found


def _beside(spec: ImageFolderSpec, parts: Mapping[int, Path]) -> list[str]:
    """Notes about what is beside the classes and is not read."""
    if spec.listing == "flat":
        return []
    tables = about_tables(spec.root).strip()
    notes = [f"{tables} Classes are the names of folders."] if tables else []
    if TRAIN not in parts or len(parts) < 2:
        return notes
    names = _classes(folders_in(parts[TRAIN]), spec)
    read = [
        parts[part].name
        for part in sorted(parts)
        if part != TEST or _can_test(_classes(folders_in(parts[TEST]), spec), tuple(names))
    ]
    others = [f"{folder.name}/" for folder in folders_in(spec.root) if folder.name not in read]
    if others:
        verb = "is" if len(others) == 1 else "are"
        said = " and ".join(f"{name}/" for name in read)
        notes.append(f"Only {said} are read; {', '.join(others)} beside them {verb} not used.")
    return notes
