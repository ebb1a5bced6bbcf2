"""Mask folders: images, and for each a mask of the same name with the class of each pixel.

The layouts are `images/` with `masks/`, `labels/` or `annotations/`, each perhaps with `train/`, `val/` and `test/` in
it, `train/` with `trainannot/` and so on, `a.jpg` beside `a_mask.png`, or a file for each class as in
`masks/a/road.png`. `classes.json` (a list of names) or `classes.txt` (a name per line) beside them names the values of
the masks, `label_colors.txt` their colors. Pages read these folders, so every file is checked to lie inside the folders
that they may read.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from explorer.base.names import existing, there
from explorer.base.task_names import TaskName
from explorer.data.dataset import Dataset, DatasetError
from explorer.data.depth import ValueRange
from explorer.data.formats.spec import LOOK_S, SHARE, Ask, FileSpec
from explorer.data.listing import unreadable
from explorer.data.mask_layouts import (
    ALL,
    IMAGES,
    MASKS,
    beside_parts,
    looks_like_mask_folder,
    parts_of,
    stem,
)
from explorer.data.roots import Reach, Within, anywhere, in_roots, resolve_inside
from explorer.data.sample import Sample, SampleError

if TYPE_CHECKING:
    from explorer.data.contents import Contents
    from explorer.data.inspection import Looking
    from explorer.data.mask_coding import Coding
    from explorer.data.mask_pairs import Masked, Pairs
    from explorer.data.pictures import Noted, Pictures


class MaskFolderSpec(FileSpec):
    """A folder of images with masks."""

    title: ClassVar[str] = "Images with masks"
    choice: ClassVar[str] = "images with masks"
    asks: ClassVar[tuple[Ask, ...]] = (
        Ask(
            "path",
            "Folder of images and masks",
            "A folder with images/ and masks/, train/ and trainannot/, or masks beside their images. Choose one, or "
            "type its path, inside the folders that the app may read (make run DATA=/that/folder).",
            called="masks_path",
            start="",
            place=True,
            inside=True,
        ),
        Ask(
            "ignore_index",
            "ignore_index",
            "The mask value of pixels that are neither learned nor counted. Auto: the value called void, ignore or "
            "unlabelled. 255 never counts",
            learned=True,
        ),
        Ask(
            "names_from",
            "Mask value of the first name",
            "Of classes.json or classes.txt. Auto: a run reads all masks, and starts if their values show it",
            learned=True,
        ),
        SHARE,
    )

    kind: Literal["mask_folder"] = "mask_folder"
    ignore_index: Annotated[int, Field(ge=0, le=255)] | Literal["auto"] | None = "auto"
    names_from: Literal["auto", 0, 1] = "auto"

    @property
    def task(self) -> TaskName:
        return "segmentation"

    def whole(self, looking: "Looking | None" = None) -> Dataset:
        """List the images that have masks, and divide them. Raises DatasetError."""
        from explorer.data.mask_coding import coding_of
        from explorer.data.masked_files import opened

        reach = self._reach
        parts = _parts(self.root, drop=self.links == "inside", reach=reach)
        listed = [(name, pair) for name, pairs in parts.items() for pair in pairs.images]
        coding = coding_of(self.root, [pair for _, pair in listed], reach, self.names_from)
        return opened(self, listed, coding, looking)

    @property
    def _reach(self) -> Reach:
        """What a run may read: what a page has started stays inside of the folders of pages."""
        return Within(self.root.resolve()) if self.links == "inside" else anywhere

    def pictures(self) -> "Pictures":
        """List the images and masks, and find out what the values of the masks are called.

        Raises:
            DatasetError: images or masks are missing; the message names what was expected.
            OutsideRoots: a folder or file is a link that leads outside of the allowed folders.
        """
        from explorer.data.mask_census import settled
        from explorer.data.mask_coding import coding_of
        from explorer.data.pictures import Pictures

        root = self.root
        parts = _parts(root)
        images = [pair for pairs in parts.values() for pair in pairs.images]
        coding = settled(root, images, coding_of(root, images, first=self.names_from))
        depth = cache(partial(_range, root, images))

        def load(part: str, index: int) -> "Noted":
            return _load(root, parts[part].images[index], coding, depth)

        return Pictures(
            coding.names.classes,
            {name: len(pairs.images) for name, pairs in parts.items()},
            load,
            lambda part, index: parts[part].images[index].image,
            coding.names,
            _notes(parts, coding),
        )

    def contents(self) -> "Contents":
        from explorer.data.mask_census import settled
        from explorer.data.mask_coding import coding_of
        from explorer.data.masked_files import contents_of

        parts = _parts(self.root, drop=True)
        listed = [(name, pair) for name, pairs in parts.items() for pair in pairs.images]
        pairs = [pair for _, pair in listed]
        coding = settled(self.root, pairs, coding_of(self.root, pairs, first=self.names_from))
        left_out = [entry for pairs in parts.values() for entry in pairs.left_out]
        return contents_of(self, listed, coding, left_out, _notes(parts, coding))

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
    def is_split(cls, place: Path) -> bool:
        from explorer.data.masked_files import gives_validation

        return gives_validation(cls.parts(place))

    @classmethod
    def watched(cls, place: Path) -> Iterable[Path]:
        from explorer.data.mask_colors import COLOR_FILES
        from explorer.data.mask_names import CLASS_FILES

        parts = parts_of(place) if there(place) else ()
        folders = (place / name for part in parts for name in (part.images, part.masks))
        return [place, *folders, *(place / name for name in dict.fromkeys((*CLASS_FILES, *COLOR_FILES)))]


def _load(root: Path, pair: "Masked", coding: "Coding", depth: Callable[[], ValueRange]) -> "Noted":
    """An image with its mask, at full size, and notes. All indices of the mask are kept, also 255.

    Raises ImageError, SampleError for a mask of another size, OutsideRoots for a link that leads outside.
    """
    from explorer.data.headers import Change
    from explorer.data.images import decode
    from explorer.data.stored import glance

    name = pair.image
    file = resolve_inside(str(root / name))
    is_deep = Change.DEEP in glance(file, name)[0]
    decoded = decode(file, name, depth=depth() if is_deep else "auto")
    if not pair.masks:
        note = f"This image has no mask: there is no file named {Path(stem(name)).name} among the masks."
        return Sample(decoded.pixels, id=name), (*decoded.notes, note)
    mask, notes = coding.read(root, pair)
    try:
        return Sample(decoded.pixels, mask=mask, id=name), (*decoded.notes, *notes)
    except SampleError as error:
        raise SampleError(f"{pair.masks[0][1]} does not fit {name}. {error}") from error


def _range(root: Path, images: list["Masked"]) -> ValueRange:
    """The range of those images with more than 8 bits that can be looked at in a short time."""
    from explorer.data.inspection import Looking, inspect

    return inspect([(pair.image, existing(root / pair.image)) for pair in images], Looking(seconds=LOOK_S)).range()


def _notes(parts: "Mapping[str, Pairs]", coding: "Coding") -> tuple[str, ...]:
    return (*(note for pairs in parts.values() for note in pairs.notes), *coding.notes)


def _parts(folder: Path, *, drop: bool = False, reach: Reach = in_roots) -> "dict[str, Pairs]":
    """The images of each part with their masks.

    Args:
        folder: the data set.
        drop: whether links that lead outside are left out.
        reach: which folders may be listed.

    Raises:
        DatasetError: there are no images, or no masks.
    """
    from explorer.data.mask_pairs import pairs_of

    try:
        parts = parts_of(reach(folder))
    except OSError as error:
        raise unreadable(folder, error) from error
    if not parts:
        raise DatasetError(
            f"{folder} has no {IMAGES}/ next to {MASKS}/, no train/ next to trainannot/, and no a.jpg next to "
            "a_mask.png."
        )
    listed = {part.name: pairs_of(folder, part, drop=drop, reach=reach) for part in parts}
    if not any(pairs.images for pairs in listed.values()):
        raise DatasetError(f"{folder / parts[0].images} has no images. Put some in, with masks in {parts[0].masks}/.")
    return listed
