"""Arrays: one `.npz` file with the images and labels of all parts, as MedMNIST has them."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Literal, Self

from explorer.base.task_names import TaskName
from explorer.data.dataset import Dataset
from explorer.data.formats.spec import SHARE, TRAIN_AND_VAL, Ask, FileSpec

if TYPE_CHECKING:
    from explorer.data.contents import Contents
    from explorer.data.inspection import Looking
    from explorer.data.pictures import Noted, Pictures


class MedMnistSpec(FileSpec):
    """A file with the arrays train_images, train_labels and so on; or x_train, y_train as Keras has them."""

    title: ClassVar[str] = "Arrays (npz, as MedMNIST)"
    choice: ClassVar[str] = "a file of arrays"
    suffixes: ClassVar[frozenset[str]] = frozenset({".npz"})
    folders: ClassVar[bool] = False
    has_files: ClassVar[bool] = False
    unused: ClassVar[frozenset[str]] = frozenset({"depth"})
    network_size: ClassVar[int] = 64
    asks: ClassVar[tuple[Ask, ...]] = (
        Ask(
            "path",
            "File of arrays",
            "An .npz file with train_images, train_labels, val_images and so on, as those of MedMNIST. Choose one, or "
            "type its path, inside the folders that the app may read (make run DATA=/that/folder).",
            called="npz_path",
            start="",
            place=True,
            inside=True,
        ),
        Ask(
            "several",
            "Labels of an image",
            "Whether an image can have several labels (multi-label), as in ChestMNIST. Each label is then learned by "
            "itself: an image can have all of them, or none. Recognized: by the shape of the labels.",
            called="npz_several",
            start="auto",
            learned=True,
        ),
        SHARE,
    )

    kind: Literal["medmnist"] = "medmnist"
    several: Literal["no", "columns"] = "no"

    @property
    def images(self) -> Path:
        return self.root.parent

    @property
    def task(self) -> TaskName:
        return "classification" if self.several == "no" else "labels"

    @property
    def needs_range(self) -> bool:
        return False  # its images have 8 bits

    def recognized(self) -> Self:
        from explorer.data.arrays import labels_each

        return self.model_copy(update={"several": "columns" if labels_each(self.root) > 1 else "no"})

    def whole(self, looking: "Looking | None" = None) -> Dataset:
        """Read the arrays, which give the parts. Raises DatasetError."""
        from explorer.data.array_sets import opened

        del looking
        return opened(self)

    def contents(self) -> "Contents":
        from explorer.data.array_sets import contents_of

        return contents_of(self)

    def pictures(self) -> "Pictures":
        from explorer.data.array_sets import parts_of
        from explorer.data.pictures import Pictures
        from explorer.data.sample import Sample

        found = self.contents()
        places = parts_of(found)
        draw = found.pixels
        assert draw is not None

        def load(part: str, index: int) -> "Noted":
            at = int(places[part][index])
            label = int(found.label[at])
            return Sample(draw(at), label=None if label < 0 else label, id=found.ids[at]), ()

        def name(part: str, index: int) -> str:
            at = int(places[part][index])
            return ", ".join(filter(None, (found.ids[at], found.words(at))))

        sizes = {part: len(places.get(part, ())) for part in self.parts(self.root)}
        return Pictures(found.classes, sizes, load, name, notes=found.notes)

    @classmethod
    def looks(cls, place: Path) -> bool:
        from explorer.data.arrays import names_of

        return "train" in names_of(place)

    @classmethod
    def watched(cls, place: Path) -> Iterable[Path]:
        return (place,)

    @classmethod
    def parts(cls, place: Path) -> tuple[str, ...]:
        from explorer.data.arrays import names_of

        return (*TRAIN_AND_VAL, *(["test"] if "test" in names_of(place) else []))

    @classmethod
    def is_split(cls, place: Path) -> bool:
        from explorer.data.arrays import names_of

        try:
            return "val" in names_of(place)
        except OSError:
            return False  # opening it says what is wrong
