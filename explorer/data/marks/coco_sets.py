"""COCO: several files of annotations as one data set, with the images that they name."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from explorer.base.names import plain
from explorer.data.dataset import DatasetError
from explorer.data.formats.spec import FileSpec
from explorer.data.listing import MAX_IMAGES, shown_in
from explorer.data.marks.annotated import Annotated, Marks
from explorer.data.marks.bounded import MAX_BYTES, refuse_unusual
from explorer.data.marks.coco import CocoFile, read
from explorer.data.marks.grouped import Grouped, grouped
from explorer.data.marks.names import ImageNames
from explorer.data.marks.outlines import Outline, draw
from explorer.data.marks.rejected import Rejected
from explorer.data.roots import refuse_outside

MOST_MASKED = 255  # classes that a mask can tell apart
_COUNTED = {
    "cut": "Boxes that reach over the border of their image, where they are cut: {:,}.",
    "crowd": "Crowd annotations, each of many objects: {:,}. Their boxes and regions are kept; objects cover regions.",
    "hidden": "Keypoints that are labeled but hidden (visibility 1), which are kept: {:,}.",
    "repeated": "Annotations whose id an earlier one has, which are kept: {:,}.",
}


@dataclass(frozen=True, eq=False)
class _Images:
    """The images that are used, of one file after the other; a class and not a closure, so that it can be pickled."""

    sizes: list[tuple[int, int] | None]
    boxes: Grouped
    keypoints: Grouped
    has_keypoints: bool
    outlines: dict[int, list[Outline]]
    has_masks: bool

    def __call__(self, index: int) -> Marks:
        outlines = self.outlines.get(index, [])
        return Marks(
            self.sizes[index],
            self.boxes.of(index),
            self.keypoints.of(index) if self.has_keypoints else None,
            partial(draw, outlines) if self.has_masks else None,
            outlines=len(outlines),
        )


def listed(spec: FileSpec, files: list[tuple[str, Path]], others: tuple[str, ...]) -> Annotated:
    """List the images of files with their annotations.

    Args:
        spec: the data set.
        files: the name of each part, with its file.
        others: the names of files beside them that are not read.

    Raises:
        DatasetError: a file is no file of COCO, or none of its images is there.
        OutsideRoots: a link leads outside of the folders that pages may read.
    """
    root, inside = spec.images, spec.links == "inside"
    if inside:
        refuse_outside([file for _, file in files], root)
    _check_size(root, [file for _, file in files])
    names, read_files = ImageNames(root, inside=inside), [read(file, shown_in(root, file)) for _, file in files]
    classes, points = _classes(read_files)
    return _Listing(root, names, classes, points).of(read_files, files, others, plain(spec.root.stem))


def _check_size(root: Path, files: list[Path]) -> None:
    """Refuse files that are too large together. Raises DatasetError."""
    for file in files:
        refuse_unusual(file)
    size = sum(file.stat().st_size for file in files)
    if size > MAX_BYTES:
        raise DatasetError(
            f"The {len(files)} JSON files of {root} have {size / 1e6:,.0f} MB; at most {MAX_BYTES / 1e6:g} MB are read "
            "together. Choose one of them, or divide the data set."
        )


def _classes(files: list[CocoFile]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The names of all categories, and of all keypoints, which also say the category where there are several."""
    classes = tuple(dict.fromkeys(name for file in files for name in file.categories.values()))
    points = {
        (file.categories[key], name): None for file in files for key, names in file.points.items() for name in names
    }
    several = len({category for category, _ in points}) > 1
    return classes, tuple(f"{category}: {name}" if several else name for category, name in points)


class _Listing:
    """The images that were found so far, with their annotations."""

    def __init__(self, root: Path, names: ImageNames, classes: tuple[str, ...], points: tuple[str, ...]) -> None:
        self.root, self.names, self.classes, self.points = root, names, classes, points
        self.rejected = Rejected()
        self.files: list[Path] = []
        self.part: list[int] = []
        self.sizes: list[tuple[int, int] | None] = []
        self.rows: tuple[list[int], list[tuple[float, ...]]] = ([], [])
        self.point_rows: tuple[list[int], list[tuple[float, ...]]] = ([], [])
        self.outlines: dict[int, list[Outline]] = {}

    def of(
        self, read_files: list[CocoFile], files: list[tuple[str, Path]], others: tuple[str, ...], name: str
    ) -> Annotated:
        """The data set. name: what it is called."""
        for at, ((part, file), read_file) in enumerate(zip(files, read_files, strict=True)):
            self._add(at, part, file, read_file)
        if not self.files:
            raise DatasetError(
                f"{files[0][1]} names {sum(len(each.names) for each in read_files):,} images, and none of them is in "
                f"{self.root}. Put them beside the file, in images/ or in {files[0][0]}/."
            )
        masks, notes = self._masks()
        images = _Images(
            self.sizes,
            grouped(*self.rows, len(self.files), 5),
            grouped(*self.point_rows, len(self.files), 3),
            bool(self.point_rows[0]),
            self.outlines,
            bool(masks),
        )
        left_out = [entry for each in self._rejected(read_files) for entry in each.left_out()]
        return Annotated(
            self.root, name, self.classes, tuple(part for part, _ in files), self.files,
            np.array(self.part, np.int8), images, masks, tuple(left_out),
            (*notes, *self._counted(read_files), *_not_read(others)), self.points,
        )  # fmt: skip

    def _add(self, number: int, part: str, file: Path, found: CocoFile) -> None:
        folders = _folders(self.root, file, part)
        places: dict[int, int] = {}
        taken: set[Path] = set()
        for at, name in enumerate(found.names):
            path = self.names.find(name, folders, part)
            if path is None or path in taken:
                reason = "It is not in the data set." if path is None else "An earlier image of the file is the same."
                self.rejected.add(f"{found.called}, {name}", reason)
                continue
            taken.add(path)
            places[at] = len(self.files)
            self.files.append(path)
            self.part.append(number)
            self.sizes.append(found.sizes[at])
        if len(self.files) > MAX_IMAGES:
            raise DatasetError(f"{self.root} has more than {MAX_IMAGES:,} images. Choose a smaller data set.")
        self._take(found, places)

    def _take(self, found: CocoFile, places: dict[int, int]) -> None:
        """Take over the annotations of the images that are there. places: their new indices."""
        categories = list(found.categories.items())
        of_class = {name: number for number, name in enumerate(self.classes)}
        of_point = {name: number for number, name in enumerate(self.points, len(self.classes))}
        labels = [of_class[name] for _, name in categories]
        # Where several categories have keypoints, the names of points begin with the category.
        named = [[(f"{category}: {name}", name) for name in found.points.get(key, ())] for key, category in categories]
        several = [[of_point[full if full in of_point else own] for full, own in names] for names in named]
        for image, (*edges, label) in zip(found.box_image, found.boxes, strict=True):
            if image in places:
                self.rows[0].append(places[image])
                self.rows[1].append((*edges, labels[label]))
        for image, (x, y, label, number) in zip(found.keypoint_image, found.keypoints, strict=True):
            if image in places:
                self.point_rows[0].append(places[image])
                self.point_rows[1].append((x, y, several[label][number]))
        for image, outlines in found.outlines.items():
            if image in places:
                self.outlines[places[image]] = [
                    Outline(labels[outline.label], outline.shape, outline.crowd) for outline in outlines
                ]

    def _masks(self) -> tuple[tuple[str, ...], list[str]]:
        """The names of the values of masks, and a note where there are too many."""
        if not self.outlines:
            return (), []
        if len(self.classes) > MOST_MASKED:
            words = f"Outlines are not drawn as masks: there are {len(self.classes):,} classes, and a mask has 255."
            return (), [words]
        return ("background", *self.classes), []

    def _rejected(self, files: list[CocoFile]) -> list[Rejected]:
        return [self.rejected, *(each.rejected for each in files)]

    def _counted(self, files: list[CocoFile]) -> list[str]:
        counts = {key: sum(each.counts[key] for each in files) for key in _COUNTED}
        notes = [words.format(counts[key]) for key, words in _COUNTED.items() if counts[key]]
        outside, unnamed = len(self.names.outside), len(self.names) - len(set(self.files))
        if unnamed:
            notes.append(f"Images that no file of annotations names, which are not shown: {unnamed:,}.")
        linked = [f"Links to images outside of the folders that pages may read are left out: {outside:,}."]
        return [
            *notes,
            *(linked if outside else []),
            *(note for each in self._rejected(files) for note in each.notes()),
        ]


def _folders(root: Path, file: Path, part: str) -> tuple[str, ...]:
    """The folders that names of images may be relative to, relative to the root."""
    beside = file.parent.relative_to(root).as_posix() if file.parent.is_relative_to(root) else "."
    own = "" if beside == "." else plain(beside)
    inner = f"{own}/images" if own else "images"
    return tuple(dict.fromkeys((part, f"images/{part}", f"{part}/images", own, inner, "images", "")))


def _not_read(others: tuple[str, ...]) -> list[str]:
    return [f"Not read here: {', '.join(others[:5])}. Choose such a file itself to see it."] if others else []
