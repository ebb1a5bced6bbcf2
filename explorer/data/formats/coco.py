"""COCO: JSON files of images, categories and annotations with boxes, outlines and keypoints.

A folder has them in `annotations/`, such as `instances_train.json`, in itself, or one in the folder of each part.
Images are found by their `file_name` in the folder of the part, in `images/`, beside the file, or anywhere in the
data set.
"""

import re
from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Literal

from explorer.base.names import plain
from explorer.data.dataset import DatasetError
from explorer.data.formats.marked import MarkedSpec
from explorer.data.listing import is_hidden, unreadable, visible_folders
from explorer.data.marks.parts import IS_PART, by_part
from explorer.data.mask_layouts import ALL

if TYPE_CHECKING:
    from explorer.data.contents import Contents
    from explorer.data.marks.annotated import Annotated
    from explorer.data.pictures import Pictures

ANNOTATIONS = "annotations"
_KIND = re.compile(r"(?P<kind>instances|person_keypoints|captions|panoptic|stuff)_(?P<part>.+)")
_READ = ("instances", "person_keypoints", "")  # of several kinds in a folder, the first one is read
_HEAD = 65_536  # bytes at the beginning and at the end of a file that are looked at
_MOST_FILES = 50
_LISTS = (b'"images"', b'"annotations"', b'"categories"')


class CocoSpec(MarkedSpec):
    """Images with boxes, outlines and keypoints from JSON files of COCO. Detectors are not trained here."""

    title: ClassVar[str] = "COCO (boxes, outlines, keypoints)"
    choice: ClassVar[str] = "images with COCO annotations"
    suffixes: ClassVar[frozenset[str]] = frozenset({".json"})
    folders: ClassVar[bool] = True

    kind: Literal["coco"] = "coco"

    @property
    def images(self) -> Path:
        root = self.root
        if root.suffix.lower() not in self.suffixes or root.is_dir():
            return root
        return root.parent.parent if root.parent.name == ANNOTATIONS else root.parent

    def contents(self) -> "Contents":
        return self.annotated().contents()

    def pictures(self) -> "Pictures":
        return self.for_page().annotated().pictures()  # its images may be in a folder above the file

    def annotated(self) -> "Annotated":
        from explorer.data.marks.coco_sets import listed

        root = self.root
        files = _one(root) if root.is_file() else files_of(root)[0]
        others = () if root.is_file() else files_of(root)[1]
        return listed(self, files, others)

    @classmethod
    def looks(cls, place: Path) -> bool:
        return looks_like_coco(place) if place.is_file() else place.is_dir() and bool(_files(place)[0])

    @classmethod
    def beside(cls, place: Path) -> list[Path]:
        return [child for child in visible_folders(place) if child.name not in (ANNOTATIONS, "images")]

    @classmethod
    def watched(cls, place: Path) -> Iterable[Path]:
        inside = (folder for folder in (place, place / ANNOTATIONS) if folder.is_dir())
        return [place, *(file for folder in inside for file in islice(folder.glob("*.json"), _MOST_FILES))]

    @classmethod
    def parts(cls, place: Path) -> tuple[str, ...]:
        found = _one(place) if place.is_file() else _files(place)[0]
        return tuple(dict.fromkeys(part for part, _ in found)) or (ALL,)


def files_of(folder: Path) -> tuple[list[tuple[str, Path]], tuple[str, ...]]:
    """The parts with their files, and the names of files of another kind, such as captions. Raises DatasetError."""
    try:
        found, others = _files(folder)
    except OSError as error:
        raise unreadable(folder, error) from error
    if not found:
        raise DatasetError(f"{folder} has no JSON file of COCO, neither in {ANNOTATIONS}/ nor in the folder itself.")
    return found, others


def _files(folder: Path) -> tuple[list[tuple[str, Path]], tuple[str, ...]]:
    """What `files_of` gives. Raises OSError."""
    places = [place for place in (folder / ANNOTATIONS, folder) if place.is_dir()]
    files: list[Path] = next((found for place in places if (found := _of_folder(place))), [])
    if not files:
        inner = (child for child in visible_folders(folder) if IS_PART.fullmatch(child.name))
        files = [found[0] for child in inner if len(found := _of_folder(child)) == 1]
        return sorted(((plain(file.parent.name), file) for file in files), key=lambda each: by_part(each[0])), ()
    kinds = {file: match["kind"] if (match := _KIND.fullmatch(plain(file.stem))) else "" for file in files}
    chosen = next((kind for kind in _READ if kind in kinds.values()), None)
    if chosen is None:
        return [], tuple(file.name for file in files)
    parts = [(_part(file), file) for file, kind in kinds.items() if kind == chosen]
    others = tuple(file.name for file, kind in kinds.items() if kind != chosen)
    if len(parts) == 1 and not chosen:
        return [(ALL, parts[0][1])], others
    return sorted(parts, key=lambda each: by_part(each[0])), others


def _one(file: Path) -> list[tuple[str, Path]]:
    return [(_part(file) if _KIND.fullmatch(plain(file.stem)) else ALL, file)]


def _part(file: Path) -> str:
    name = plain(file.stem)
    match = _KIND.fullmatch(name)
    return match["part"] if match else name


def _of_folder(folder: Path) -> list[Path]:
    found = sorted(file for file in folder.iterdir() if file.suffix.lower() == ".json" and not is_hidden(file.name))
    return [file for file in found[:_MOST_FILES] if looks_like_coco(file)]


def looks_like_coco(file: Path) -> bool:
    """Whether the beginning and the end of a file hold the lists that COCO has. Raises OSError."""
    if not file.is_file():
        return False
    with file.open("rb") as stream:
        seen = stream.read(_HEAD)
        if not seen.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
            return False
        if (size := file.stat().st_size) > _HEAD:
            stream.seek(max(_HEAD, size - _HEAD))
            seen += stream.read(_HEAD)
    return _LISTS[0] in seen and any(name in seen for name in _LISTS[1:])
