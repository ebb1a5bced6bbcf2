"""Mask folders: images, and for each a mask of the same name with the class of each pixel.

The layouts are `images/` with `masks/`, `labels/` or `annotations/`, each perhaps with `train/`, `val/` and `test/` in
it, or `train/` with `trainannot/` and so on. `classes.json` (a list of names) or `classes.txt` (a name per line) beside
them names the values of the masks. Pages read these folders, so every file is checked to lie inside the folders that
they may read.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Literal

from explorer.base.names import existing, there
from explorer.data.dataset import DatasetError
from explorer.data.depth import ValueRange
from explorer.data.formats.spec import LOOK_S, FileSpec
from explorer.data.listing import images_below, shown_in, unreadable
from explorer.data.mask_layouts import ALL, IMAGES, MASKS, Part, beside_parts, looks_like_mask_folder, parts_of, stem
from explorer.data.roots import resolve_inside
from explorer.data.sample import Sample, SampleError

if TYPE_CHECKING:
    from explorer.data.pictures import Noted, Pictures

_LOSSY = (".jpg", ".jpeg", ".jpe", ".jfif")
_LOOKED_AT = 64  # masks spread over the data set

Pairs = tuple[tuple[str, str | None], ...]  # images, each with its mask or None, as paths relative to the root


class MaskFolderSpec(FileSpec):
    """A folder of images with masks. Networks that learn masks cannot be trained yet."""

    title: ClassVar[str] = "Images with masks"
    choice: ClassVar[str] = "images with masks"
    trainable: ClassVar[bool] = False

    kind: Literal["mask_folder"] = "mask_folder"

    def pictures(self) -> "Pictures":
        """List the images and masks, and find out what the values of the masks are called.

        Raises:
            DatasetError: images or masks are missing; the message names what was expected.
            OutsideRoots: a folder or file is a link that leads outside of the allowed folders.
        """
        from explorer.data.mask_names import names_of
        from explorer.data.pictures import Pictures

        folder = self.root
        parts, notes = _parts(folder)
        names = names_of(folder, _spread(folder, parts))
        return Pictures(
            names.classes,
            {name: len(pairs) for name, pairs in parts.items()},
            lambda part, index: _load(folder, parts, part, index),
            lambda part, index: parts[part][index][0],
            names,
            notes,
        )

    @classmethod
    def looks(cls, place: Path) -> bool:
        return place.is_dir() and looks_like_mask_folder(place)

    @classmethod
    def beside(cls, place: Path) -> list[Path]:
        return beside_parts(place)

    @classmethod
    def parts(cls, place: Path) -> tuple[str, ...]:
        return tuple(part.name for part in parts_of(place)) or (ALL,)

    @classmethod
    def watched(cls, place: Path) -> Iterable[Path]:
        from explorer.data.mask_names import CLASS_FILES

        parts = parts_of(place) if there(place) else ()
        folders = (place / name for part in parts for name in (part.images, part.masks))
        return [place, *folders, *(place / name for name in CLASS_FILES)]


def _load(root: Path, parts: Mapping[str, Pairs], part: str, index: int) -> "Noted":
    """An image with its mask, at full size, and notes. All values of the mask are kept, also 255.

    Raises ImageError, SampleError for a mask of another size, OutsideRoots for a link that leads outside.
    """
    from explorer.data.headers import Change
    from explorer.data.images import decode, decode_mask
    from explorer.data.stored import glance

    name, mask_name = parts[part][index]
    file = resolve_inside(str(root / name))
    is_deep = Change.DEEP in glance(file, name)[0]
    decoded = decode(file, name, depth=_range(root, tuple(parts.values())) if is_deep else "auto")
    if mask_name is None:
        note = f"This image has no mask: there is no file named {Path(stem(name)).name} among the masks."
        return Sample(decoded.pixels, id=name), (*decoded.notes, note)
    mask = decode_mask(resolve_inside(str(root / mask_name)), mask_name)
    try:
        return Sample(decoded.pixels, mask=mask, id=name), decoded.notes
    except SampleError as error:
        raise SampleError(f"{mask_name} does not fit {name}. {error}") from error


@lru_cache(maxsize=8)
def _range(root: Path, parts: tuple[Pairs, ...]) -> ValueRange:
    """The range of those images with more than 8 bits that can be looked at in a short time."""
    from explorer.data.inspection import Looking, inspect

    files = [(name, existing(root / name)) for pairs in parts for name, _ in pairs]
    return inspect(files, Looking(seconds=LOOK_S)).range()


def _parts(folder: Path) -> tuple[dict[str, Pairs], tuple[str, ...]]:
    """The images of each part with their masks, and notes."""
    try:
        parts = parts_of(resolve_inside(str(folder)))
    except OSError as error:
        raise unreadable(folder, error) from error
    if not parts:
        raise DatasetError(f"{folder} has no {IMAGES}/ next to {MASKS}/, and no train/ next to trainannot/.")
    listed = {part.name: _pairs(folder, part) for part in parts}
    if not any(pairs for pairs, _ in listed.values()):
        raise DatasetError(f"{folder / parts[0].images} has no images. Put some in, with masks in {parts[0].masks}/.")
    return {name: pairs for name, (pairs, _) in listed.items()}, tuple(
        note for _, notes in listed.values() for note in notes
    )


def _spread(folder: Path, parts: Mapping[str, Pairs]) -> Iterator[Path]:
    """A few masks, spread over all parts."""
    masks = [mask for images in parts.values() for _, mask in images if mask is not None]
    return (existing(folder / mask) for mask in islice(masks, 0, None, max(1, len(masks) // _LOOKED_AT)))


def _pairs(root: Path, part: Part) -> tuple[Pairs, list[str]]:
    """The images of a part, sorted, each with its mask; and notes."""
    folders = (root / part.images, root / part.masks)
    images, masks = (images_below(folder, lambda place: resolve_inside(str(place))) for folder in folders)
    by_stem: dict[str, Path] = {}
    for mask in sorted(masks.images, key=lambda path: path.suffix.lower() != ".png"):
        by_stem.setdefault(stem(mask.relative_to(root / part.masks).as_posix()), mask)
    found = [by_stem.get(stem(image.relative_to(root / part.images).as_posix())) for image in images.images]
    pairs = tuple(
        (shown_in(root, image), None if mask is None else shown_in(root, mask))
        for image, mask in zip(images.images, found, strict=True)
    )
    notes = [*images.left_out(part.images), *masks.left_out(part.masks)]
    without, unused = found.count(None), len(masks.images) - len({mask for mask in found if mask is not None})
    if without:
        notes.append(f"{without:,} of {len(pairs):,} images in {part.images} have no mask.")
    if unused:
        notes.append(f"{unused:,} of {len(masks.images):,} masks in {part.masks} belong to no image.")
    if any(mask is not None and mask.suffix.lower() in _LOSSY for mask in found):
        notes.append(f"Masks in {part.masks} are JPEG files, whose values are not exact. Save masks as PNG.")
    return pairs, notes
