"""A listed data set of images with boxes, keypoints or masks, as `Contents` and as `Pictures`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from explorer.data.contents import NO_LABEL, Annotations, Contents, LeftOut
from explorer.data.depth import ValueRange
from explorer.data.formats.spec import LOOK_S
from explorer.data.listing import shown_in
from explorer.data.marks.numbers import cut
from explorer.data.pictures import Noted, Pictures
from explorer.data.roots import refuse_outside
from explorer.data.sample import Sample
from explorer.data.stored import ImageError

# Height and width in px -> the mask, (H, W) uint8, and a sentence for each outline that cannot be drawn
Mask = Callable[[int, int], tuple[NDArray[np.uint8], list[str]]]

_SIZES_LOOKED_AT = 200  # images whose heads are read


@dataclass(frozen=True, eq=False)
class Marks:
    """What is known of one image.

    Attributes:
        size: height and width in px of the image by its annotations; None if they do not say.
        bboxes: (B, 5) x_min, y_min, x_max, y_max in px, and the class; None where the format has no boxes.
        keypoints: (K, 3) x, y in px, and the class.
        mask: draws its mask in a given size.
        notes: about this image, in sentences.
        outlines: how many objects have an outline, from which the mask is drawn.
    """

    size: tuple[int, int] | None = None
    bboxes: NDArray[np.float32] | None = None
    keypoints: NDArray[np.float32] | None = None
    mask: Mask | None = None
    notes: tuple[str, ...] = ()
    outlines: int = 0


@dataclass(frozen=True, eq=False)
class Annotated:
    """A data set of N images, those of the first part first.

    Attributes:
        root: the folder that ids are relative to.
        name: of the data set.
        classes: the names of the classes of boxes, from 0. Masks have the value 1 for the first.
        points: the names of the kinds of keypoints, whose numbers come after those of `classes`.
        parts: the names of its parts.
        files: N files.
        part: (N,) int8, sorted, index into `parts`.
        marks: gives what is known of an image; raises ImageError where its size is needed and cannot be read.
        masks: the names of the values of masks, from 0; () where there are none.
        left_out: what is not used, and why.
        notes: about the whole set, in sentences.
    """

    root: Path
    name: str
    classes: tuple[str, ...]
    parts: tuple[str, ...]
    files: Sequence[Path]
    part: NDArray[np.int8]
    marks: Callable[[int], Marks]
    masks: tuple[str, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    notes: tuple[str, ...] = ()
    points: tuple[str, ...] = ()

    def contents(self) -> Contents:
        """The data set as the Data page shows it."""
        return Contents(
            self.name,
            self.classes,
            self.parts,
            self._ids(),
            self.files.__getitem__,
            self.part,
            np.full(len(self.files), NO_LABEL, np.int32),
            annotations=self._annotations,
            mask_classes=self.masks,
            left_out=self.left_out,
            notes=(*self.notes, *self._doubts()),
            points=self.points,
        )

    def pictures(self) -> Pictures:
        """The data set as Augment shows it. Files outside of the folders that pages may read are refused."""
        counts = np.bincount(self.part, minlength=len(self.parts)).tolist()
        starts = dict(zip(self.parts, np.cumsum([0, *counts[:-1]]).tolist(), strict=True))
        ids = self._ids()
        depth = cache(self._range)

        def load(part: str, index: int) -> Noted:
            return self._load(starts[part] + index, depth)

        return Pictures(
            (*self.classes, *self.points),
            dict(zip(self.parts, counts, strict=True)),
            load,
            lambda part, index: ids[starts[part] + index],
            notes=self.notes,
        )

    def _doubts(self) -> list[str]:
        """Notes about images whose annotations may be for other pixels, of some that are spread over the set."""
        from explorer.data.stored import read_size_and_turn

        looked = range(0, len(self.files), max(1, len(self.files) // _SIZES_LOOKED_AT))
        other, turned = [], []
        for index in looked:
            try:
                size, (found, is_turned) = self.marks(index).size, read_size_and_turn(self.files[index])
            except ImageError:
                continue  # what reads the image says why
            name = shown_in(self.root, self.files[index])
            other += [name] if size not in (None, found) else []
            turned += [name] if is_turned else []
        of = f"of {len(looked):,} images that were looked at"
        sizes = (
            f"{len(other):,} {of} have another size than their annotations say, such as {''.join(other[:1])}: "
            "boxes may be misplaced."
        )
        turns = (
            f"{len(turned):,} {of} are turned by their EXIF orientation, such as {''.join(turned[:1])}. "
            "They are shown turned, and annotations as they are written: those for the pixels as stored are misplaced."
        )
        return [words for words, names in ((sizes, other), (turns, turned)) if names]

    def _ids(self) -> list[str]:
        """The paths of the images; one that is in several parts has the name of the later one behind it."""
        ids: list[str] = []
        seen: set[str] = set()
        for file, part in zip(self.files, self.part.tolist(), strict=True):
            name = shown_in(self.root, file)
            name = name if name not in seen else f"{name} ({self.parts[part]})"
            seen.add(name)
            ids.append(name)
        return ids

    def _annotations(self, index: int) -> Annotations:
        try:
            marks = self.marks(index)
        except ImageError:  # its size is unknown; what reads the image says why
            return Annotations(np.zeros((0, 5), np.float32))
        boxes = marks.bboxes
        if boxes is not None and marks.size is not None:
            boxes = cut(boxes, *marks.size)[0]
        draw, size = marks.mask, marks.size
        if draw is None:
            return Annotations(boxes, marks.keypoints)
        return Annotations(boxes, marks.keypoints, lambda: draw(*(size or self._size(index)))[0])

    def _size(self, index: int) -> tuple[int, int]:
        from explorer.data.stored import read_size

        return read_size(self.files[index])

    def _load(self, index: int, depth: Callable[[], ValueRange]) -> Noted:
        from explorer.data.headers import Change
        from explorer.data.images import decode
        from explorer.data.stored import glance

        file = self.files[index]
        name = shown_in(self.root, file)
        refuse_outside([file], self.root)
        is_deep = Change.DEEP in glance(file, name)[0]
        decoded = decode(file, name, depth() if is_deep else "auto")
        marks, (height, width) = self.marks(index), decoded.pixels.shape[:2]
        boxes, notes = marks.bboxes, [*decoded.notes, *marks.notes]
        if marks.size not in (None, (height, width)):
            assert marks.size is not None
            notes.append(
                f"The annotations are for an image of {marks.size[1]} × {marks.size[0]} px, and this one has "
                f"{width} × {height} px. They are shown as they are written."
            )
        if boxes is not None:
            boxes, kept, over = cut(boxes, height, width)
            notes += _about_boxes(int(np.count_nonzero(over & kept)), int(np.count_nonzero(~kept)))
        mask = None
        if marks.mask is not None:
            mask, problems = marks.mask(height, width)
            notes += dict.fromkeys(problems)
        return Sample(decoded.pixels, mask=mask, bboxes=boxes, keypoints=marks.keypoints, id=name), tuple(notes)

    def _range(self) -> ValueRange:
        """The range of those images with more than 8 bits that can be looked at in a short time."""
        from explorer.data.inspection import Looking, inspect

        return inspect([(file.name, file) for file in self.files], Looking(seconds=LOOK_S)).range()


def _about_boxes(over: int, lost: int) -> list[str]:
    notes = [f"Boxes that reach over the border of the image are cut there: {over:,}."] if over else []
    return notes + ([f"Boxes without an area in the image are left out: {lost:,}."] if lost else [])
