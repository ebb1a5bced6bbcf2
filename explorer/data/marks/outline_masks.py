"""Masks drawn from the outlines of a data set, such as those of COCO, as a folder of images with masks to train on.

    python -m explorer.data.marks.outline_masks SPEC TARGET ROOM

draws them in a process of its own: SPEC is the spec of the data set as JSON, TARGET the folder, which must not exist,
and ROOM how many bytes it may take. The last line that it prints is a `Written` as JSON.
"""

import json
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from explorer.base import confined
from explorer.base.names import shown
from explorer.base.words import size
from explorer.data.archives import BLOCK
from explorer.data.dataset import DatasetError
from explorer.data.formats.marked import MarkedSpec
from explorer.data.images import decode_mask
from explorer.data.marks.annotated import Annotated, Marks
from explorer.data.marks.parts import IS_PART
from explorer.data.mask_layouts import IMAGES, MASKS
from explorer.data.mask_names import CLASS_FILES
from explorer.data.mask_png import indexed_png
from explorer.data.overview.saved import Noting
from explorer.data.specs import OF_FILES
from explorer.data.stored import ImageError, read_size

_VALUES = 256


class Written(BaseModel):
    """What was drawn.

    Attributes:
        images: How many images have a mask now.
        classes: How many classes have pixels, without the background.
        without: The names of the classes without a pixel, which are left out.
        unreadable: How many images are left out, because their size is unknown.
        bad_outlines: How many outlines could not be drawn.
        only_boxes: How many objects have a box and no outline, so that their pixels belong to the background.
    """

    model_config = ConfigDict(frozen=True)

    images: int
    classes: int
    without: tuple[str, ...]
    unreadable: int
    bad_outlines: int
    only_boxes: int


def progress_file(target: Path) -> Path:
    """The file in which the drawing of a folder notes how far it is."""
    return target.with_name(f".{target.name}.progress")


def write(found: Annotated, target: Path, room: int, report: Callable[[int, int], None]) -> Written:
    """Draw the outlines of each image as a mask, into a new folder that appears when all of it is there.

    The images are links to where they are. Later outlines cover earlier ones, and pixels outside of all are background.

    Args:
        found: The images with their outlines.
        target: The folder, which must not exist; the folder around it must.
        room: The most bytes that it may take.
        report: Called with how many images are done, and of how many.

    Raises:
        DatasetError: There is no outline, or not enough room.
        OSError: Files cannot be read or written.
    """
    if not found.masks:
        raise DatasetError(f"{found.name} has no outlines that could be drawn as masks.")
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".unpacking-") as place:
        writing = _Writing(found, Path(place) / "content", room)
        for index in range(len(found.files)):
            writing.add(index)
            report(index + 1, len(found.files))
        written = writing.end()
        writing.folder.rename(target)
    return written


class _Writing:
    """A folder of images with masks as far as it is written.

    Args:
        found: The images with their outlines.
        folder: Where it is written.
        room: The most bytes that it may take.
    """

    def __init__(self, found: Annotated, folder: Path, room: int) -> None:
        self.folder = folder
        self._found, self._room, self._taken = found, room, 0
        self._parts = _folders_of(found.parts)
        self._stems: set[tuple[str, str]] = set()
        self._masks: list[Path] = []
        self._has = np.zeros(_VALUES, bool)
        self._unreadable = self._bad = self._only_boxes = 0

    def add(self, index: int) -> None:
        """Link an image and draw its mask. Raises DatasetError, OSError."""
        file = self._found.files[index]
        try:
            marks = self._found.marks(index)
            height, width = marks.size or read_size(file)
        except ImageError:
            self._unreadable += 1
            return
        mask, problems = _drawn(marks, height, width)
        self._bad += len(problems)
        boxes = 0 if marks.bboxes is None else len(marks.bboxes)
        self._only_boxes += max(0, boxes - marks.outlines)
        self._has |= np.bincount(mask.reshape(-1), minlength=_VALUES) > 0
        part = self._parts[int(self._found.part[index])]
        stem = self._free(part, file.stem)
        image = self._place(IMAGES, part, f"{stem}{file.suffix}")
        image.symlink_to(file.absolute())
        self._masks.append(self._place(MASKS, part, f"{stem}.png"))
        self._save(self._masks[-1], mask)

    def end(self) -> Written:
        """Leave out the classes without a pixel, name the others, and return what was drawn. Raises DatasetError."""
        names = self._found.masks
        used = [value for value in np.flatnonzero(self._has).tolist() if value]
        if not used:
            raise DatasetError(f"No outline of {self._found.name} covers a pixel of its image.")
        if used[-1] != len(used):
            table = np.zeros(_VALUES, np.uint8)
            table[used] = np.arange(1, len(used) + 1)
            for file in self._masks:
                file.write_bytes(indexed_png(table[decode_mask(file)]))
        kept = [names[0], *(names[value] for value in used)]
        (self.folder / CLASS_FILES[0]).write_text(json.dumps(kept, ensure_ascii=False), encoding="utf-8")
        without = tuple(name for value, name in enumerate(names) if value and not self._has[value])
        return Written(
            images=len(self._masks), classes=len(used), without=without, unreadable=self._unreadable,
            bad_outlines=self._bad, only_boxes=self._only_boxes,
        )  # fmt: skip

    def _free(self, part: str, stem: str) -> str:
        """A name without suffix that no image of the part has, also where capital letters do not count."""
        name, number = stem, 1
        while (part, name.casefold()) in self._stems:
            number += 1
            name = f"{stem}-{number}"
        self._stems.add((part, name.casefold()))
        return name

    def _place(self, kind: str, part: str, name: str) -> Path:
        file = self.folder / kind / part / name
        file.parent.mkdir(parents=True, exist_ok=True)
        return file

    def _save(self, file: Path, mask: NDArray[np.uint8]) -> None:
        content = indexed_png(mask)
        self._taken += BLOCK + max(BLOCK, len(content))  # the link, and the mask
        if self._taken > self._room:
            raise DatasetError(f"Its masks would take more than {size(self._room)}, for which there is room.")
        file.write_bytes(content)


def _drawn(marks: Marks, height: int, width: int) -> tuple[NDArray[np.uint8], Sequence[str]]:
    return (np.zeros((height, width), np.uint8), ()) if marks.mask is None else marks.mask(height, width)


def _folders_of(parts: Sequence[str]) -> list[str]:
    """The folder of each part by the names of images with masks; "." for all where one has none, or two share it."""
    matches = [IS_PART.fullmatch(part) for part in parts]
    names = [match[1] for match in matches if match is not None]
    return names if len(set(names)) == len(parts) else ["."] * len(parts)


def main(arguments: list[str]) -> None:
    """Draw the masks of the data set that the arguments name. Exits with a message where that is not possible."""
    given, target, room = arguments[0], Path(arguments[1]), int(arguments[2])
    confined.limit_if_for_page()
    noting = Noting(progress_file(target))
    try:
        found = write(_annotated(given), target, room, noting.report)
    except (DatasetError, OSError, ValueError) as error:
        words = error.strerror or error if isinstance(error, OSError) else error
        sys.exit(" ".join(shown(str(words)).split()))
    finally:
        progress_file(target).unlink(missing_ok=True)
    print(found.model_dump_json())


def _annotated(given: str) -> Annotated:
    """The data set of a spec as JSON. Raises DatasetError, ValueError."""
    kind = OF_FILES[str(json.loads(given)["kind"])]
    if not issubclass(kind, MarkedSpec):
        raise DatasetError(f"{kind.title} has no outlines.")
    return kind.model_validate_json(given).annotated()


if __name__ == "__main__":
    main(sys.argv[1:])
