"""The order of the parts of a data set."""

import re

from explorer.data.mask_layouts import PARTS

IS_PART = re.compile(r"(train|val|valid|validation|test|trainval)\d*")  # a folder with the images of a part

_KINDS = re.compile("train|val|test")


def by_part(name: str) -> tuple[int, str]:
    """The key by which parts are sorted: those for training first, then validation, then test, then others."""
    order = next((number for number, part in enumerate(PARTS) if name.startswith(part)), len(PARTS))
    return order, name


def is_other(folder: str, part: str) -> bool:
    """Whether a folder has the images of another part, by its name: train2017 for val, but not for trainval."""
    return bool(_kinds(part)) and bool(IS_PART.fullmatch(folder)) and _kinds(part).isdisjoint(_kinds(folder))


def is_own(folder: str, part: str) -> bool:
    """Whether a folder has the images of a part, by its name."""
    return folder == part or (bool(IS_PART.fullmatch(folder)) and not _kinds(part).isdisjoint(_kinds(folder)))


def _kinds(name: str) -> set[str]:
    return set(_KINDS.findall(name))
