"""The reason why a folder with images is no data set, and what to change."""

from collections import Counter
from itertools import islice
from pathlib import Path

from explorer.data.class_folders import about_tables, are_parts
from explorer.data.listing import holds_images, is_image, suffixes, visible_folders
from explorer.data.mask_layouts import IMAGES, MASK_FOLDERS, MASKS

_GLANCE = 1_000  # files that are counted by suffix


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
    tables = about_tables(folder)
    return f"it holds {loose:,} images and no folders of classes.{tables} Put them into folders named after classes."


def _without_masks(folder: Path, names: set[str]) -> str:
    other = next((name for name in MASK_FOLDERS if name in names), None)
    if other is None:
        return f"{IMAGES}/ holds images, and there is no {MASKS}/ with masks of the same names beside it."
    found = Counter(path.suffix.lower() for path in islice((folder / other).rglob("*"), _GLANCE) if path.is_file())
    return (
        f"{other}/ holds no images ({suffixes(found) if found else 'it is empty'}), and masks are images. "
        "Boxes from files are not supported yet."
    )
