"""Pascal VOC: the images of a folder with their XML files."""

import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from explorer.base.names import plain
from explorer.data.dataset import DatasetError
from explorer.data.formats.spec import FileSpec
from explorer.data.formats.voc import ANNOTATIONS, IMAGES, SETS, annotations_in
from explorer.data.listing import MAX_IMAGES, files_below, shown_in
from explorer.data.marks import xml
from explorer.data.marks.annotated import Annotated, Marks
from explorer.data.marks.bounded import text
from explorer.data.marks.grouped import Grouped, grouped
from explorer.data.marks.names import ImageNames
from explorer.data.marks.numbers import cut
from explorer.data.marks.parts import IS_PART
from explorer.data.marks.rejected import Rejected
from explorer.data.marks.voc import FLAGS, VocFile, read
from explorer.data.mask_layouts import ALL
from explorer.data.roots import OutsideRoots, refuse_outside

_FLAG_WORDS = "Objects that are marked as {flag}, which are kept: {count:,}."
_FOLDERS = (*IMAGES, *ANNOTATIONS, "")
_MAX_LIST = 20_000_000  # bytes of a list of images
_ANY = 2_000_000  # px, for an image of unknown size: more than any number in a file


@dataclass(frozen=True, eq=False)
class _Images:
    """The images with their boxes; a class and not a closure, so that it can be pickled."""

    sizes: list[tuple[int, int] | None]
    boxes: Grouped

    def __call__(self, index: int) -> Marks:
        return Marks(self.sizes[index], self.boxes.of(index))


@dataclass
class _Found:
    """What was found so far: images with their files of annotations, by part."""

    files: list[Path] = field(default_factory=list)
    part: list[int] = field(default_factory=list)
    annotations: list[VocFile] = field(default_factory=list)
    called: list[str] = field(default_factory=list)
    rejected: Rejected = field(default_factory=Rejected)


def listed(spec: FileSpec, parts: tuple[str, ...]) -> Annotated:
    """List the images that have an XML file.

    Raises:
        DatasetError: there are none.
        OutsideRoots: a link to a folder leads outside of the folders that pages may read.
    """
    root, inside = spec.images, spec.links == "inside"
    names = ImageNames(root, inside=inside)
    files = dict(_xml_files(root, inside))
    found, taken = _Found(), dict.fromkeys(files, False)
    for number, part in enumerate(parts):
        for stem in list(files) if part == ALL else _stems(root, part, inside, found.rejected):
            if stem not in files:
                found.rejected.add(f"{SETS}/{part}.txt, {stem}", "It has no file of annotations.")
                continue
            taken[stem] = True
            _add(found, root, files[stem], names, stem, number, inside)
    for stem, was_taken in taken.items():
        if not was_taken:
            found.rejected.add(shown_in(root, files[stem]), f"It is in no part: no list in {SETS} names it.")
    if not found.files:
        raise DatasetError(
            f"{root} has no images with XML files. Expected {IMAGES[0]}/*.jpg with {ANNOTATIONS[0]}/*.xml."
        )
    return _data_set(root, parts, found, names)


def _xml_files(root: Path, inside: bool) -> Iterator[tuple[str, Path]]:
    """The XML files, by their path in the folder of annotations without suffix. Raises DatasetError."""
    folder = annotations_in(root)
    enter = (lambda place: refuse_outside([place], root)) if inside else Path
    found = (file for file in files_below(folder, enter) if file.suffix.lower() == ".xml")
    for number, file in enumerate(sorted(found)):
        if number >= MAX_IMAGES:
            raise DatasetError(f"{root} has more than {MAX_IMAGES:,} XML files. Choose a smaller data set.")
        yield plain(file.relative_to(folder).with_suffix("").as_posix()), file


def _stems(root: Path, part: str, inside: bool, rejected: Rejected) -> list[str]:
    """The names of a list of images; a number behind a name says whether a class is in it."""
    file = root / SETS / f"{part}.txt"
    try:
        if inside:
            refuse_outside([file], root)
        content = text(file, _MAX_LIST)
    except DatasetError:  # of which OutsideRoots is one
        rejected.add(f"{SETS}/{part}.txt", "The list cannot be read, or is a link that leads outside of the data set.")
        return []
    names: dict[str, None] = {}
    for line in io.StringIO(content):
        if len(names) >= MAX_IMAGES:
            rejected.add(f"{SETS}/{part}.txt", f"It names more than {MAX_IMAGES:,} images; the others are not read.")
            break
        names |= dict.fromkeys(plain(name) for name in line.split(maxsplit=1)[:1])
    return list(names)


def _add(found: _Found, root: Path, file: Path, names: ImageNames, stem: str, part: int, inside: bool) -> None:
    called = shown_in(root, file)
    try:
        if inside:
            refuse_outside([file], root)
        annotation = read(xml.root_of(file))
    except (xml.BadXml, OutsideRoots) as error:
        is_link = isinstance(error, OutsideRoots)
        found.rejected.add(called, "It is a link that leads outside of the data set." if is_link else str(error))
        return
    own = next((folder for folder in stem.split("/")[:-1] if IS_PART.fullmatch(folder)), "")
    image = names.of_stem(stem, _FOLDERS) or (annotation.filename and names.find(annotation.filename, _FOLDERS, own))
    if not image:
        found.rejected.add(called, "Its image is not in the data set.")
        return
    found.files.append(image)
    found.part.append(part)
    found.annotations.append(annotation)
    found.called.append(called)


def _data_set(root: Path, parts: tuple[str, ...], found: _Found, names: ImageNames) -> Annotated:
    classes = tuple(sorted({name for each in found.annotations for name, _ in each.objects}))
    first = _first_pixel(found.annotations)
    owners, rows = [], []
    order = {name: number for number, name in enumerate(classes)}
    over = 0
    for index, annotation in enumerate(found.annotations):
        for number, reason in annotation.rejected:
            found.rejected.add(f"{found.called[index]}, object {number}", reason)
        # Both edges are pixels of the object, so that with a first pixel of 1 only the lower edges move.
        edges = [(*(v - first for v in box[:2]), *box[2:], order[name]) for name, box in annotation.objects]
        boxes = np.array(edges, np.float64).reshape(-1, 5)
        _, has_area, beyond = cut(boxes, *(annotation.size or (_ANY, _ANY)))
        over += int(np.count_nonzero(beyond & has_area))
        for box, usable in zip(boxes.tolist(), has_area.tolist(), strict=True):
            if usable:
                owners.append(index)
                rows.append(box)
            else:
                found.rejected.add(found.called[index], "A box has no area in the image.")
    images = _Images([each.size for each in found.annotations], grouped(owners, rows, len(found.files), 5))
    return Annotated(
        root, plain(root.name), classes, parts, found.files, np.array(found.part, np.int8), images,
        left_out=found.rejected.left_out(),
        notes=(*_notes(found, first, over, names), *found.rejected.notes()),
    )  # fmt: skip


def _first_pixel(annotations: list[VocFile]) -> int:
    """The coordinate of the first pixel: 1 as in Pascal VOC, unless a box begins at 0, as many programs write them."""
    starts = (min(box[:2]) for each in annotations for _, box in each.objects)
    return 0 if min(starts, default=1) < 1 else 1


def _notes(found: _Found, first: int, over: int, names: ImageNames) -> list[str]:
    notes = [
        "Pixels are counted from 1, as in Pascal VOC: x_min and y_min are one less here."
        if first
        else "Pixels are counted from 0, because a box begins there; Pascal VOC counts from 1."
    ]
    if over:
        notes.append(f"Boxes that reach over the border of their image, where they are cut: {over:,}.")
    flags: Counter[str] = Counter()
    for each in found.annotations:
        flags.update(each.flags)
    notes += [_FLAG_WORDS.format(flag=flag, count=flags[flag]) for flag in FLAGS if flags[flag]]
    if parts := sum(each.parts for each in found.annotations):
        notes.append(f"Boxes of parts of objects, such as heads, which are not read: {parts:,}.")
    if unnamed := len(names) - len(set(found.files)):
        notes.append(f"Images without an XML file or in no part, which are not shown: {unnamed:,}.")
    if outside := len(names.outside):
        notes.append(f"Links to images outside of the folders that pages may read are left out: {outside:,}.")
    return notes
