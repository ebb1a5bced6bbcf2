"""The images of a data set, each with its mask, or with a mask for each class."""

from collections.abc import Container
from dataclasses import dataclass
from pathlib import Path

from explorer.data.contents import LeftOut
from explorer.data.listing import Listed, images_below, shown_in
from explorer.data.mask_layouts import Part, base_of, stem
from explorer.data.roots import OutsideRoots, Reach, in_roots, refuse_outside

LOSSY = (".jpg", ".jpeg", ".jpe", ".jfif")


@dataclass(frozen=True)
class Masked:
    """An image with its masks, as paths relative to the root as they are shown.

    Attributes:
        image: the image.
        masks: the class and the file of each mask; the class is "" where one file holds all classes.
    """

    image: str
    masks: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Pairs:
    """The images of a part. left_out: masks that belong to no image. notes: about the part, in sentences."""

    images: tuple[Masked, ...]
    left_out: tuple[LeftOut, ...]
    notes: tuple[str, ...]


def pairs_of(root: Path, part: Part, *, drop: bool = False, reach: Reach = in_roots) -> Pairs:
    """List the images of a part with their masks.

    Args:
        root: the folder of the data set.
        part: the part.
        drop: whether links to files outside of the data set are left out; otherwise reading them is refused.
        reach: which folders may be listed.

    Raises:
        DatasetError: a folder cannot be read.
        OutsideRoots: a folder is a link that leads outside of the folders that pages may read.
    """
    listed = {name: images_below(root / name, reach) for name in dict.fromkeys((part.images, part.masks))}
    outside = [file for each in listed.values() for file in each.images if drop and _leads_out(file, root)]
    images, masks = _told_apart(root, part, listed, set(outside))
    found: dict[str, list[tuple[str, Path]]] = {name: [] for name in images}  # by the name without suffix
    unused: list[Path] = []
    # Of several files with the name of one image, the PNG counts.
    for name, file in sorted(masks.items(), key=lambda each: (each[1].suffix.lower() != ".png", each[0])):
        base, label = _image_of(name, images)
        before = [each for each, _ in found.get(base, [])]
        if base not in found or label in before or (before and "" in (*before, label)):
            unused.append(file)
        else:
            found[base].append((label, file))
    pairs = tuple(
        Masked(shown_in(root, path), tuple((label, shown_in(root, file)) for label, file in sorted(found[name])))
        for name, paths in images.items()
        for path in paths
    )
    left_out = [
        LeftOut(shown_in(root, file), "This mask belongs to no image, or another one does already.") for file in unused
    ]
    linked = [LeftOut(shown_in(root, file), "This is a link that leads outside of the data set.") for file in outside]
    notes = [note for name, each in listed.items() for note in each.left_out(name)]
    return Pairs(pairs, (*left_out, *linked), (*notes, *_notes(part, pairs, len(unused), len(masks))))


def _told_apart(
    root: Path, part: Part, listed: dict[str, Listed], left: set[Path]
) -> tuple[dict[str, list[Path]], dict[str, Path]]:
    """Images and masks by their names without suffix in their folders, but for files that are left out."""
    images: dict[str, list[Path]] = {}
    for file in listed[part.images].images:
        if file not in left:
            images.setdefault(stem(file.relative_to(root / part.images).as_posix()), []).append(file)
    # Of several masks with one name the PNG comes last and counts.
    of_masks = sorted(listed[part.masks].images, key=lambda path: path.suffix.lower() == ".png")
    masks = {stem(file.relative_to(root / part.masks).as_posix()): file for file in of_masks if file not in left}
    if part.beside:
        masks = {name: file for name, file in masks.items() if base_of(name) != name and base_of(name) in images}
        images = {name: files for name, files in images.items() if name not in masks}
    return dict(sorted(images.items())), masks


def _leads_out(file: Path, root: Path) -> bool:
    if not file.is_symlink():
        return False
    try:
        refuse_outside([file], root)
    except OutsideRoots:
        return True
    return False


def _image_of(mask: str, images: Container[str]) -> tuple[str, str]:
    """The image of a mask by their names, and its class where there is a file for each class; "" without image."""
    for name in (mask, base_of(mask)):
        if name in images:
            return name, ""
    folder, _, last = mask.rpartition("/")
    if folder in images:  # masks/a/road.png
        return folder, last
    first, _, rest = mask.partition("/")
    if rest in images:  # masks/road/a.png
        return rest, first
    for at in (at for at in range(len(mask) - 1, 0, -1) if mask[at] in "_-"):  # masks/a_road.png
        if mask[:at] in images and "/" not in mask[at:]:
            return mask[:at], mask[at + 1 :]
    return "", ""


def _notes(part: Part, pairs: tuple[Masked, ...], unused: int, masks: int) -> list[str]:
    notes = []
    if without := sum(not pair.masks for pair in pairs):
        notes.append(f"{without:,} of {len(pairs):,} images in {part.images} have no mask.")
    if unused:
        notes.append(f"{unused:,} of {masks:,} masks in {part.masks} belong to no image.")
    if any(Path(file).suffix.lower() in LOSSY for pair in pairs for _, file in pair.masks):
        notes.append(
            f"Masks in {part.masks} are JPEG files, whose compression has smeared their values and colors. "
            "Save masks as PNG."
        )
    return notes
