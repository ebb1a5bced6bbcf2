"""Whether a folder looks like one of class folders, and why a folder with images is no data set."""

import re
from collections import Counter
from contextlib import suppress
from itertools import islice
from pathlib import Path

from explorer.base.names import shown
from explorer.base.tables import TABLES
from explorer.base.words import counted
from explorer.data.formats.spec import TRAIN_AND_VAL
from explorer.data.listing import holds_images, is_image, suffixes, visible_folders
from explorer.data.mask_layouts import IMAGES, MASK_FOLDERS, MASKS, parts_of
from explorer.data.parts import TEST, TRAIN, VAL

_OTHER_LAYOUTS = frozenset({"images", "masks", "labels", "annotations"})  # data sets for segmentation or detection
_IMAGE_FOLDERS = frozenset({IMAGES, "JPEGImages"})
_PART = re.compile(
    r"(train|training|test|testing|val|valid|validation|dev|eval)([ _-]?(images?|imgs?|data|set))?\d*", re.I
)
_NAMES = {
    TRAIN: ("train", "training"),
    VAL: ("val", "valid", "validation", "dev"),
    TEST: ("test", "testing"),
}  # of the folders of parts
_GLANCE_FILES = 1_000  # files that are counted by suffix
_GLANCE = 50  # class folders that are looked at to find out whether a folder is a data set


def are_parts(root: Path, folders: list[Path]) -> str:
    """Sentences that say why the folders in `root` are parts of a data set; empty where they are classes."""
    parts = [folder for folder in folders if _PART.fullmatch(folder.name)]
    if len(parts) < 2 or _holds_others(folders):
        return ""
    named = " and ".join(f"{folder.name}/" for folder in parts[:3])
    return (
        f"{named} are parts of a data set, not classes.{about_tables(root)} "
        "Put the images into folders that are named after their classes, in train/ and val/."
    )


def part_folders(folders: list[Path], *, every: bool = True) -> dict[int, Path]:
    """The folders of the parts for training, validation and testing among the folders of a data set, by number.

    Args:
        folders: those in the data set.
        every: whether all usual names count; otherwise only train and val, as in runs of format 1.

    Returns:
        The folders. None of them where all may be classes: none is called train or val, and another one holds images,
        as in training/, testing/ and resting/.
    """
    if not every:
        return {part: folder for part in (TRAIN, VAL) for folder in folders if folder.name == _NAMES[part][0]}
    by_name = {folder.name if folder.name in TRAIN_AND_VAL else folder.name.lower(): folder for folder in folders}
    found = {part: next((by_name[name] for name in names if name in by_name), None) for part, names in _NAMES.items()}
    parts = {part: folder for part, folder in found.items() if folder is not None}
    sure = len(parts) < 2 or any(folder.name in TRAIN_AND_VAL for folder in folders)
    return parts if sure or not _holds_others(folders) else {}


def _holds_others(folders: list[Path]) -> bool:
    """Whether a folder that is not called as a part of a data set holds images."""
    return any(holds_images(folder) for folder in folders if not _PART.fullmatch(folder.name))


def about_tables(folder: Path) -> str:
    """A sentence about the tables in a folder, after a space; empty where there are none."""
    tables = [child.name for child in sorted(folder.iterdir()) if child.suffix.lower() in TABLES]
    return f" {shown(tables[0])} is not read here: choose the file itself to use its labels." if tables else ""


def has_classes(folder: Path) -> bool:
    """Whether a folder has class folders with images, or train/ and val/ with such. Raises OSError.

    Images may be deeper in the class folders. A folder of several data sets is none itself.
    """
    children = visible_folders(folder)
    names = {child.name for child in children}
    if names & _OTHER_LAYOUTS or parts_of(folder):
        return False
    parts = part_folders(children)
    if TRAIN in parts and len(parts) > 1:
        children = visible_folders(parts[TRAIN])
    elif are_parts(folder, children):
        return False
    return len(_class_folders(children)) > 1


def beside_classes(folder: Path) -> list[Path]:
    """The folders in an image folder that are neither its parts nor its classes. Raises OSError."""
    children = visible_folders(folder)
    if TRAIN in (parts := part_folders(children)) and len(parts) > 1:
        return [child for child in children if not _PART.fullmatch(child.name)]
    classes = _class_folders(children)
    return [child for child in children if child not in classes]


def _class_folders(folders: list[Path]) -> set[Path]:
    """The folders that seem to be those of classes, with images in them or deeper.

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
            inner[folder] = {child.name for child in visible_folders(folder)}
    every = Counter(name for names in inner.values() for name in names)
    return found.union(folder for folder, names in inner.items() if any(every[name] > 1 for name in names))


def _is_laid_out(folder: Path, depth: int) -> bool:
    """Whether a folder, or one a little deeper, is laid out as a data set of its own."""
    children = visible_folders(folder)
    names = {child.name for child in children}
    if parts_of(folder) or {"train", "val"} <= names or names & _IMAGE_FOLDERS or len(names & _OTHER_LAYOUTS) > 1:
        return True
    return depth > 1 and any(_is_laid_out(child, depth - 1) for child in children[:_GLANCE])


def why_not(folder: Path) -> str:
    """A sentence that says why `folder` is not offered; empty where it holds no images, or only folders in it do.

    Raises OSError.
    """
    folders = visible_folders(folder)
    names = {child.name for child in folders}
    if reason := are_parts(folder, folders):
        return reason
    if IMAGES in names and holds_images(folder / IMAGES):
        return _without_masks(folder, names)
    if len(names & {"train", "val"}) == 1 and holds_images(folder):
        has, lacks = ("train", "val") if "train" in names else ("val", "train")
        return f"it has {has}/ but no {lacks}/."
    with_images = [child for child in folders if any(is_image(path.name) for path in child.iterdir())]
    if len(with_images) == 1 and len(folders) == 1:
        return f"it has one folder of images only, {with_images[0].name}/, and telling classes apart needs at least 2."
    loose = sum(is_image(child.name) for child in folder.iterdir())
    if not loose:
        return ""
    tables, images = about_tables(folder), counted(loose, "image")
    return f"it holds {images} and no folders of classes.{tables} Put them into folders named after classes."


def _without_masks(folder: Path, names: set[str]) -> str:
    other = next((name for name in MASK_FOLDERS if name in names), None)
    if other is None:
        return f"{IMAGES}/ holds images, and there is no {MASKS}/ with masks of the same names beside it."
    found = Counter(
        path.suffix.lower() for path in islice((folder / other).rglob("*"), _GLANCE_FILES) if path.is_file()
    )
    return (
        f"{other}/ holds no images ({suffixes(found) if found else 'it is empty'}), and masks are images. "
        "They are no labels of YOLO, COCO or Pascal VOC either, from which boxes are read."
    )
