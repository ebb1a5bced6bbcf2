"""How images and their masks are named and placed in folders."""

import re
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from explorer.base.names import plain
from explorer.data.listing import holds_images, is_image, visible_folders

IMAGES, MASKS = "images", "masks"
MASK_FOLDERS = (MASKS, "labels", "annotations")  # beside images/
VOC = ("JPEGImages", "SegmentationClass")  # of Pascal VOC
MASK_ENDINGS = ("annot", "_annot", "_masks", "_labels")  # beside a folder of any name, as train/ and trainannot/
# Of a file of the same name: a.jpg and a_mask.png, in the same folder or in that of the masks
FILE_ENDING = re.compile(r"[-_ .](masks?|seg|segmentation|labels?|gt|annotations?|L)$", re.IGNORECASE)
ALL = "all"  # the one part of a set that is not divided
PARTS = ("train", "val", "valid", "validation", "test", "trainval")
_MOST_NAMES, _MOST_FOLDERS = 2_000, 5  # looked at to tell whether masks are beside their images


@dataclass(frozen=True)
class Part:
    """A part of a data set with its folders of images and of masks, relative to its root; "." is the root itself."""

    name: str
    images: str
    masks: str

    @property
    def beside(self) -> bool:
        """Whether masks are in the folder of their images, told apart by the ends of their names."""
        return self.images == self.masks


def parts_of(folder: Path) -> tuple[Part, ...]:
    """The parts of a set of images with masks, by the names of its folders and files; () for others. Raises OSError."""
    names = _folders(folder)
    masks = next((name for name in MASK_FOLDERS if name in names), None)
    if IMAGES in names and masks is not None:
        return _divided(folder, masks) or (Part(ALL, IMAGES, masks),)
    if set(VOC) <= set(names):
        return (Part(ALL, *VOC),)
    pairs = ((name, f"{name}{ending}") for name in names for ending in MASK_ENDINGS)
    parts = [Part(name, name, other) for name, other in pairs if other in names]
    order = {name: number for number, name in enumerate(PARTS)}
    found = parts or _beside(folder, names)
    return tuple(sorted(found, key=lambda part: (order.get(part.name, len(PARTS)), part.name)))


def _divided(folder: Path, masks: str) -> tuple[Part, ...]:
    """The parts images/train/ with masks/train/ and so on; () where the images are not divided."""
    both = set(_folders(folder / IMAGES)) & set(_folders(folder / masks))
    return tuple(Part(name, f"{IMAGES}/{name}", f"{masks}/{name}") for name in PARTS if name in both)


def _beside(folder: Path, names: list[str]) -> list[Part]:
    """The parts whose masks are beside their images: those of named folders, else the whole folder."""
    divided = [Part(name, name, name) for name in names if name in PARTS and _are_beside(folder / name)]
    if divided:
        return divided
    if not folder.is_dir():
        return []
    inner = [folder / name for name in names[:_MOST_FOLDERS]]  # such as those of patients; one alone is a set itself
    return [Part(ALL, ".", ".")] if _are_beside(folder) or (len(inner) > 1 and all(map(_are_beside, inner))) else []


def _are_beside(folder: Path) -> bool:
    """Whether at least half of the images in a folder have a mask beside them."""
    stems = {plain(file.stem) for file in islice(folder.iterdir(), _MOST_NAMES) if is_image(file.name)}
    masked = sum(base != stem and base in stems for stem in stems for base in [base_of(stem)])
    return masked > 0 and 4 * masked >= len(stems)


def base_of(stem: str) -> str:
    """The name of a mask without the ending that says that it is one."""
    return FILE_ENDING.sub("", stem)


def _folders(folder: Path) -> list[str]:
    """The names of the folders in a folder; none where it is no folder."""
    return [child.name for child in visible_folders(folder)] if folder.is_dir() else []


def looks_like_mask_folder(folder: Path) -> bool:
    """Whether `folder` has images and masks in folders, or in files, that are named so. Raises OSError."""
    return any(holds_images(folder / part.images) and holds_images(folder / part.masks) for part in parts_of(folder))


def beside_parts(folder: Path) -> list[Path]:
    """The folders in a set of images with masks that belong to none of its parts. Raises OSError."""
    used = {name.partition("/")[0] for part in parts_of(folder) for name in (part.images, part.masks)}
    return [] if "." in used else [folder / name for name in _folders(folder) if name not in used]


def stem(name: str) -> str:
    """What the names of an image and its mask have in common: the path in their folders without its suffix."""
    return plain(Path(name).with_suffix("").as_posix())
