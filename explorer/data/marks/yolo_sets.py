"""YOLO: the images of a folder with their label files."""

from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from explorer.base.names import existing, plain
from explorer.data.contents import LeftOut
from explorer.data.dataset import DatasetError
from explorer.data.formats.spec import FileSpec
from explorer.data.formats.yolo import IMAGES, LABELS, part_of
from explorer.data.listing import shown_in
from explorer.data.marks.annotated import Annotated, Marks
from explorer.data.marks.bounded import text
from explorer.data.marks.names import ImageNames
from explorer.data.marks.outlines import Outline, draw
from explorer.data.marks.rejected import Rejected
from explorer.data.marks.yolo import Label, Shape, read
from explorer.data.marks.yolo_names import Names, names_of
from explorer.data.roots import OutsideRoots, refuse_outside

MAX_BYTES = 2_000_000  # of a label file
_MOST_MASKED = 255
_TOO_LARGE = f"more than {MAX_BYTES // 1_000_000} MB"


@dataclass(frozen=True, eq=False)
class Listed:
    """The images of a data set, whose label files are read one by one.

    Attributes:
        root: the folder.
        parts: the names of its parts.
        files, part: the images, and the index of the part of each.
        names: what the data set says about its classes.
        inside: whether links that lead outside of the folders that pages may read are refused.
        notes: about the whole set.
    """

    root: Path
    parts: tuple[str, ...]
    files: tuple[Path, ...]
    part: NDArray[np.int8]
    names: Names
    inside: bool
    notes: tuple[str, ...] = ()

    @property
    def shape(self) -> Shape:
        """What lines may hold."""
        return Shape(None if self.names.classes is None else len(self.names.classes), self.names.keypoints)

    def label(self, index: int) -> tuple[Label, Path | None]:
        """The label of an image, empty where it has no file, and its file. Raises DatasetError."""
        file = _label_file(self.root, self.files[index])
        if file is None:
            return Label(), None
        if self.inside:
            refuse_outside([file], self.root)
        return read(text(file, MAX_BYTES), self.shape), file

    def annotated(self) -> Annotated:
        """The data set without a look into the label files."""
        classes = self.names.classes or ()
        points = (
            () if self.names.keypoints is None else tuple(f"keypoint {n + 1}" for n in range(self.names.keypoints[0]))
        )
        return Annotated(
            self.root, plain(self.root.name), classes, self.parts, self.files, self.part, self.marks,
            notes=(*self.names.notes, *self.notes), points=points,
        )  # fmt: skip

    def marks(self, index: int, class_count: int | None = None) -> Marks:
        """What is known of an image. class_count: of the data set, behind which those of keypoints come."""
        from explorer.data.stored import read_size

        try:
            found = self.label(index)[0]
        except (DatasetError, OutsideRoots) as error:
            return Marks(bboxes=np.zeros((0, 5), np.float32), notes=(str(error),))
        height, width = read_size(self.files[index])
        scale = np.array([width, height, width, height, 1.0])
        first = class_count if class_count is not None else len(self.names.classes or ())
        points = np.array([(x * width, y * height, first + number) for x, y, number in found.points], np.float32)
        boxes = np.array(found.boxes, np.float64).reshape(-1, 5) * scale
        corners = [(label, polygon * np.resize(scale[:2], len(polygon))) for label, polygon in found.polygons]
        outlines = [Outline(label, (polygon,)) for label, polygon in corners if label < _MOST_MASKED]
        return Marks(
            (height, width),
            boxes.astype(np.float32),
            points.reshape(-1, 3) if len(points) else None,
            partial(draw, outlines) if outlines else None,
            tuple(f"Line {line} of its labels is left out: {reason}" for line, reason in found.rejected[:10]),
            len(outlines),
        )


def listed(spec: FileSpec, parts: tuple[str, ...]) -> Listed:
    """List the images of a folder. Raises DatasetError where there are none, OutsideRoots for links."""
    root, inside = spec.images, spec.links == "inside"
    names = ImageNames(root, inside=inside)
    order = {part: number for number, part in enumerate(parts)}
    placed = [(order[part], path) for name, path in names.below("") if (part := part_of(name, parts)) is not None]
    placed.sort(key=lambda each: each[0])  # stable: files of a part stay in their order
    if not placed:
        raise DatasetError(f"{root} has no images beside labels. Expected images/*.jpg with labels/*.txt.")
    notes = []
    if outside := len(names.outside):
        notes.append(f"Links to images outside of the folders that pages may read are left out: {outside:,}.")
    if others := len(names) - len(placed):
        notes.append(f"Images that are in none of the parts, which are left out: {others:,}.")
    numbers = np.array([number for number, _ in placed], np.int8)
    return Listed(
        root, parts, tuple(path for _, path in placed), numbers, names_of(root, inside=inside), inside, tuple(notes)
    )


def _label_file(root: Path, image: Path) -> Path | None:
    """The label file of an image: in labels/ for one in images/, else beside it."""
    name = image.with_suffix(".txt")
    relative = list(name.relative_to(root).parts)
    candidates = [name]
    if IMAGES in relative[:-1]:
        at = len(relative) - 2 - relative[:-1][::-1].index(IMAGES)
        candidates.insert(0, root.joinpath(*relative[:at], LABELS, *relative[at + 1 :]))
    found = (existing(candidate) for candidate in candidates)
    return next((file for file in found if file.is_file()), None)


def in_full(found: Listed) -> Annotated:
    """The data set after a look into all label files, with what of them is left out."""
    rejected = Rejected()
    largest, points, without, empty, hidden, polygons = -1, 0, 0, 0, 0, 0
    for index in range(len(found.files)):
        name = shown_in(found.root, found.files[index])
        try:
            label, file = found.label(index)
        except OutsideRoots:
            rejected.add(f"labels of {name}", "Its label file is a link that leads outside of the data set.")
            continue
        except DatasetError:
            rejected.add(f"labels of {name}", f"Its label file cannot be read, is no UTF-8, or has {_TOO_LARGE}.")
            continue
        without += file is None
        empty += file is not None and not label.boxes
        hidden, polygons = hidden + label.hidden, polygons + len(label.polygons)
        largest = max([largest, *(box[4] for box in label.boxes)])
        points = max([points, *(number + 1 for _, _, number in label.points)])
        for line, reason in label.rejected:
            rejected.add(f"{shown_in(found.root, file)}, line {line}" if file else name, reason)
    classes = found.names.classes or tuple(f"class {number}" for number in range(largest + 1))
    counts = (
        ("Images without a label file, which have no objects: {:,}.", without),
        ("Images whose label file has no usable line: {:,}.", empty),
        ("Keypoints that are labeled but hidden (visibility 1), which are kept: {:,}.", hidden),
        ("Polygons, which are also shown as boxes around them: {:,}.", polygons),
    )
    named = tuple(f"keypoint {number + 1}" for number in range(max(points, (found.names.keypoints or (0, 0))[0])))
    unnamed = (
        () if found.names.classes else ("No data.yaml, classes.txt or obj.names says what the classes are called.",)
    )
    notes = tuple(words.format(count) for words, count in counts if count)
    left_out: tuple[LeftOut, ...] = rejected.left_out()
    return replace(
        found.annotated(),
        classes=classes,
        points=named,
        marks=partial(found.marks, class_count=len(classes)),
        masks=("background", *classes[:_MOST_MASKED]) if polygons else (),
        left_out=left_out,
        notes=(*found.annotated().notes, *unnamed, *notes, *rejected.notes()),
    )
