"""How folders of images and folders of their masks are named and placed."""

from dataclasses import dataclass
from pathlib import Path

from explorer.base.names import plain
from explorer.data.listing import holds_images, visible_folders

IMAGES, MASKS = "images", "masks"
MASK_FOLDERS = (MASKS, "labels", "annotations")  # beside images/
MASK_ENDINGS = ("annot", "_annot", "_masks", "_labels")  # beside a folder of any name, as train/ and trainannot/
ALL = "all"  # the one part of a set that is not divided
WITH_MASKS = "it holds images with masks. Augment shows them; networks that learn masks cannot be trained yet."
PARTS = ("train", "val", "valid", "validation", "test", "trainval")


@dataclass(frozen=True)
class Part:
    """A part of a data set with its folders of images and of masks, relative to the root of the data set."""

    name: str
    images: str
    masks: str


def parts_of(folder: Path) -> tuple[Part, ...]:
    """The parts of a set of images with masks, by the names of its folders; () for other folders. Raises OSError."""
    names = _folders(folder)
    masks = next((name for name in MASK_FOLDERS if name in names), None)
    if IMAGES in names and masks is not None:
        return _divided(folder, masks) or (Part(ALL, IMAGES, masks),)
    pairs = ((name, f"{name}{ending}") for name in names for ending in MASK_ENDINGS)
    parts = (Part(name, name, other) for name, other in pairs if other in names)
    order = {name: number for number, name in enumerate(PARTS)}
    return tuple(sorted(parts, key=lambda part: (order.get(part.name, len(PARTS)), part.name)))


def _divided(folder: Path, masks: str) -> tuple[Part, ...]:
    """The parts images/train/ with masks/train/ and so on; () where the images are not divided."""
    both = set(_folders(folder / IMAGES)) & set(_folders(folder / masks))
    return tuple(Part(name, f"{IMAGES}/{name}", f"{masks}/{name}") for name in PARTS if name in both)


def _folders(folder: Path) -> list[str]:
    """The names of the folders in a folder; none where it is no folder."""
    return [child.name for child in visible_folders(folder)] if folder.is_dir() else []


def looks_like_mask_folder(folder: Path) -> bool:
    """Whether `folder` has images and masks in folders that are named so. Raises OSError."""
    return any(holds_images(folder / part.images) and holds_images(folder / part.masks) for part in parts_of(folder))


def beside_parts(folder: Path) -> list[Path]:
    """The folders in a set of images with masks that belong to none of its parts. Raises OSError."""
    used = {name.partition("/")[0] for part in parts_of(folder) for name in (part.images, part.masks)}
    return [folder / name for name in _folders(folder) if name not in used]


def stem(name: str) -> str:
    """What the names of an image and its mask have in common: the path in their folders without its suffix."""
    return plain(Path(name).with_suffix("").as_posix())
