"""The images of an opened data set as pictures: what a worker needs to draw each, and the words about it."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from explorer.base.names import shown
from explorer.data import curation
from explorer.data.contents import Annotations, Contents
from explorer.data.curation import CurationError
from explorer.data.formats.spec import FileSpec
from explorer.data.mask_names import is_background
from explorer.data.overview.measured import Measured
from explorer.draw.data_images import DataImage, DataPicture, Rows
from explorer.draw.encoding import Classes
from explorer.draw.recorded import LARGE, SMALL
from explorer.figures.measured import short
from explorer.figures.palette import CLASS_COLORS, rgb
from explorer.texts import Data as T
from explorer.texts import Findings, Pictures
from explorer.texts import Measured as M
from explorer.ui.data.opened import Opened
from explorer.ui.preview.wall import Caption, Picture

_MOST_CLASSES = 6  # of annotations that are named below an image


@dataclass(frozen=True, eq=False)
class Album:
    """The images of a data set, with what was measured of them, for `preview.wall`."""

    opened: Opened
    measured: Measured | None = None

    @cached_property
    def classes(self) -> Classes:
        """The names and colors of annotations."""
        return classes_of(self.opened.contents)

    def small(self, index: int) -> DataPicture:
        """Return the request for a small picture."""
        return DataPicture(self.image(index), self.classes, SMALL)

    def large(self, index: int) -> Sequence[Picture]:
        """Return the image alone, and with its annotations where it has any."""
        image = self.image(index)
        plain = DataPicture(image, self.classes, LARGE, annotated=False)
        found = [Picture("image", T.IMAGE, plain, plain)]
        if image.bboxes or image.keypoints or image.mask or image.spec is not None:
            drawn = DataPicture(image, self.classes, LARGE)
            found.append(Picture("annotated", T.ANNOTATED, drawn, drawn, note=lambda size: ""))
        return found

    def name(self, index: int) -> str:
        """Return the name of an image."""
        return shown(self.opened.contents.ids[index])

    def caption(self, index: int) -> Caption:
        """Return the words about an image: its class and part, and what is known of it."""
        contents = self.opened.contents
        in_file = isinstance(contents.source(index), Path)  # a generated image would have to be made for the words
        known = contents.annotations(index) if in_file else Annotations()
        annotated = annotated_words(contents, known)
        without = T.NO_MASK if in_file and contents.mask_classes and known.mask is None else ""
        part = part_name(contents, int(contents.part[index])) if len(contents.parts) > 1 else ""
        return Caption(
            class_of(contents, index) or annotated.partition("\n")[0] or Path(self.name(index)).name,
            ", ".join(filter(None, [part, without])),
            Findings.LEFT_OUT_MARK if contents.ids[index] in self._left_out else "",
            text="\n".join(filter(None, [annotated, self._facts(index)])),
        )

    @cached_property
    def _left_out(self) -> Collection[str]:
        """The names of images that a person has left out."""
        try:
            return curation.read(self.opened.spec).left_out
        except CurationError:
            return ()  # the findings say why

    def _facts(self, index: int) -> str:
        """What was measured of an image; "" where it was not, or does not decode."""
        measured = self.measured
        row = -1 if measured is None else int(np.searchsorted(measured.index, index))
        if measured is None or row >= len(measured) or measured.index[row] != index or row in measured.trouble:
            return ""
        return M.FACTS.format(
            width=int(measured.width[row]), height=int(measured.height[row]), format=measured.format[row],
            brightness=measured.brightness[row], contrast=measured.contrast[row],
            sharpness=short(float(measured.sharpness[row])),
        )  # fmt: skip

    def image(self, index: int) -> DataImage:
        """Return all that a worker needs to find an image."""
        contents, spec = self.opened.contents, self.opened.spec
        source = contents.source(index)
        in_file = isinstance(source, Path)
        known = contents.annotations(index) if in_file else Annotations()
        made = not in_file or callable(known.mask)
        return DataImage(
            contents.ids[index],
            shown(str(source)) if in_file else "",
            spec.depth if isinstance(spec, FileSpec) else "auto",
            _rows(known.bboxes) if in_file else None,
            _rows(known.keypoints) if in_file else None,
            shown(str(known.mask)) if isinstance(known.mask, Path) else "",
            spec if made else None,
            index if made else 0,
        )


def _rows(table: np.ndarray | None) -> Rows | None:
    return None if table is None else tuple(map(tuple, table.tolist()))


def classes_of(contents: Contents) -> Classes:
    """The names and colors of the annotations of a data set; the background of masks has neither."""
    colors = tuple(map(rgb, CLASS_COLORS))
    names = contents.mask_classes
    if not names:
        return Classes(contents.classes, colors)
    return Classes(names[1:], colors, 1) if is_background(names[0]) else Classes(names, colors, 0)


def class_of(contents: Contents, index: int) -> str:
    """The name of the class of an image; "" where it has none."""
    return contents.words(index)


def part_name(contents: Contents, part: int) -> str:
    """The name of a part as pages call it."""
    name = contents.parts[part]
    return Pictures.SPLIT_NAMES.get(name, name)


def annotated_words(contents: Contents, known: Annotations) -> str:
    """Return how many boxes and keypoints an image has, by class."""
    lines = []
    for words, table in ((T.NO_BOXES, known.bboxes), (T.NO_KEYPOINTS, known.keypoints)):
        if table is not None:
            counts = Counter(int(label) for label in table[:, -1])
            named = [f"{count} {_class_name(contents, label)}" for label, count in counts.most_common(_MOST_CLASSES)]
            lines.append(", ".join(named) or words)
    return "\n".join(lines)


def _class_name(contents: Contents, label: int) -> str:
    names = (*contents.classes, *contents.points)
    return names[label] if 0 <= label < len(names) else str(label)
