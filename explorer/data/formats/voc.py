"""Pascal VOC: an XML file for each image with its objects, in `Annotations/` beside `JPEGImages/`, or beside the image.

`ImageSets/Main/train.txt` and so on say which images belong to which part.
"""

from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Literal

from explorer.data.formats.marked import ONLY_SHOWN, MarkedSpec
from explorer.data.listing import folders_in, is_hidden, is_image, visible_folders
from explorer.data.mask_layouts import ALL

if TYPE_CHECKING:
    from explorer.data.contents import Contents
    from explorer.data.marks.annotated import Annotated
    from explorer.data.pictures import Pictures

ANNOTATIONS = ("Annotations", "annotations")
IMAGES = ("JPEGImages", "images", "Images")
SETS = "ImageSets/Main"
_PARTS = ("train", "val", "test")
_HEAD = 4_096  # bytes that are looked at
_MOST_FILES = 5


class VocSpec(MarkedSpec):
    """Images with XML files of boxes as Pascal VOC has them. Detectors are not trained here."""

    title: ClassVar[str] = "Pascal VOC (boxes)"
    choice: ClassVar[str] = "images with Pascal VOC annotations"
    why_untrained: ClassVar[str] = ONLY_SHOWN

    kind: Literal["voc"] = "voc"

    def contents(self) -> "Contents":
        return self.annotated().contents()

    def pictures(self) -> "Pictures":
        return self.model_copy(update={"links": "inside"}).annotated().pictures()

    def annotated(self) -> "Annotated":
        from explorer.data.marks.voc_sets import listed

        folders_in(self.root)  # says what is wrong with the path
        return listed(self, self.parts(self.root))

    @classmethod
    def looks(cls, place: Path) -> bool:
        if not place.is_dir():
            return False
        files = (file for file in annotations_in(place).iterdir() if file.suffix.lower() == ".xml")
        return any(_is_annotation(file) for file in islice((each for each in files if each.is_file()), _MOST_FILES))

    @classmethod
    def beside(cls, place: Path) -> list[Path]:
        used = {*ANNOTATIONS, *IMAGES, "ImageSets", "SegmentationClass", "SegmentationObject"}
        return [child for child in visible_folders(place) if child.name not in used]

    @classmethod
    def watched(cls, place: Path) -> Iterable[Path]:
        names = (*ANNOTATIONS, *IMAGES, SETS, *(f"{SETS}/{part}.txt" for part in (*_PARTS, "trainval")))
        return [place, *(place / name for name in names)]

    @classmethod
    def parts(cls, place: Path) -> tuple[str, ...]:
        found = tuple(part for part in _PARTS if (place / SETS / f"{part}.txt").is_file())
        if not {"train", "val"} & set(found) and (place / SETS / "trainval.txt").is_file():
            return ("trainval", *found)
        return found or (ALL,)


def annotations_in(place: Path) -> Path:
    """The folder of XML files in the folder of a data set, which may be that folder itself."""
    return next((folder for name in ANNOTATIONS if (folder := place / name).is_dir()), place)


def _is_annotation(file: Path) -> bool:
    """Whether an XML file begins as an annotation does, with an image beside it or in a folder of images."""
    with file.open("rb") as stream:
        head = stream.read(_HEAD)
    if b"<annotation" not in head or is_hidden(file.name):
        return False
    beside = file.parent
    places = [beside, beside.parent, *(folder / name for folder in (beside, beside.parent) for name in IMAGES)]
    return any(is_image(path.name) for place in places if place.is_dir() for path in islice(place.iterdir(), 200))
