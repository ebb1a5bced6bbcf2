"""YOLO: a text file for each image, with a line `class x_center y_center width height` for each box, in fractions.

The file of `images/a.jpg` is `labels/a.txt`, or else `a.txt` beside it. Parts are folders such as `images/train` or
`train/images`. Names come from `data.yaml`, `classes.txt` or `obj.names`.
"""

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Literal

from explorer.data.formats.marked import MarkedSpec
from explorer.data.listing import folders_in, holds_images, is_image, visible_folders
from explorer.data.marks.numbers import parsed, whole
from explorer.data.marks.parts import IS_PART, by_part
from explorer.data.marks.yolo import MAX_CLASS
from explorer.data.mask_layouts import ALL

if TYPE_CHECKING:
    from explorer.data.contents import Contents
    from explorer.data.marks.annotated import Annotated
    from explorer.data.pictures import Pictures

IMAGES, LABELS = "images", "labels"
_BESIDE = "obj_train_data"  # the folder in which darknet has images and labels
_HEAD = 4_096  # bytes of a label file that are looked at
_MOST_FOLDERS, _MOST_FILES = 20, 5  # looked at to tell whether a folder is such a data set


class YoloSpec(MarkedSpec):
    """Images with text files of boxes, polygons or keypoints as YOLO has them. Detectors are not trained here."""

    title: ClassVar[str] = "YOLO (boxes, polygons, keypoints)"
    choice: ClassVar[str] = "images with YOLO labels"

    kind: Literal["yolo"] = "yolo"

    def contents(self) -> "Contents":
        return self.annotated().contents()

    def annotated(self) -> "Annotated":
        from explorer.data.marks.yolo_sets import in_full, listed

        folders_in(self.root)  # says what is wrong with the path
        return in_full(listed(self, self.parts(self.root)))

    def pictures(self) -> "Pictures":
        from explorer.data.marks.yolo_sets import listed

        folders_in(self.root)
        spec = self.model_copy(update={"links": "inside"})
        return listed(spec, self.parts(self.root)).annotated().pictures()

    @classmethod
    def looks(cls, place: Path) -> bool:
        return place.is_dir() and any(_has_labels(images, labels) for images, labels in _folders(place))

    @classmethod
    def beside(cls, place: Path) -> list[Path]:
        used = {IMAGES, LABELS, _BESIDE}
        return [
            child for child in visible_folders(place) if child.name not in used and not IS_PART.fullmatch(child.name)
        ]

    @classmethod
    def watched(cls, place: Path) -> Iterable[Path]:
        from explorer.data.marks.yolo_names import files_of

        folders = (
            {folder for both in _folders(place) for folder in both if folder.is_dir()} if place.is_dir() else set()
        )
        return [place, *sorted(folders), *(files_of(place) if place.is_dir() else [])]

    @classmethod
    def parts(cls, place: Path) -> tuple[str, ...]:
        inner = [place, place / IMAGES]
        found = {
            child.name
            for folder in inner
            if folder.is_dir()
            for child in visible_folders(folder)
            if IS_PART.fullmatch(child.name) and holds_images(child)
        }
        loose = any(is_image(file.name) for folder in inner if folder.is_dir() for file in folder.iterdir())
        return (*sorted(found, key=by_part), *((ALL,) if loose or not found else ()))


def part_of(name: str, parts: tuple[str, ...]) -> str | None:
    """The part of an image by its path in the data set; None where it is in none of them."""
    folders = name.split("/")[:-1]
    own = next((folder for folder in folders[:2] if folder in parts), None)
    return own or (ALL if ALL in parts else None)


def _folders(place: Path) -> Iterator[tuple[Path, Path]]:
    """Folders of images with those of their labels, as far as there may be some. Raises OSError."""
    yield place / IMAGES, place / LABELS
    yield place, place
    for child in islice(visible_folders(place), _MOST_FOLDERS):
        if child.name == LABELS:
            yield from ((place / IMAGES / each.name, each) for each in islice(visible_folders(child), _MOST_FOLDERS))
        elif IS_PART.fullmatch(child.name) or child.name == _BESIDE:
            yield child / IMAGES, child / LABELS
            yield child, child


def _has_labels(images: Path, labels: Path) -> bool:
    """Whether one of the first text files that are not empty has lines of numbers and the name of an image."""
    if not (images.is_dir() and labels.is_dir()):
        return False
    texts = (
        file for file in labels.iterdir() if file.suffix.lower() == ".txt" and file.is_file() and file.stat().st_size
    )
    stems = {file.stem for file in islice(images.iterdir(), 10_000) if is_image(file.name)}
    return any(_is_label(file) for file in islice((each for each in texts if each.stem in stems), _MOST_FILES))


def _is_label(file: Path) -> bool:
    """Whether the first line that is not empty begins with a class and four numbers."""
    with file.open("rb") as stream:
        text = stream.read(_HEAD).decode("utf-8-sig", "replace").lstrip()
    numbers = [parsed(each) for each in text.partition("\n")[0].split()[:5]]
    return len(numbers) == 5 and None not in numbers and whole(numbers[0], MAX_CLASS) is not None
