"""What a format of data sets is: a class of specs, small frozen values that travel in a run's config.

Everything that depends on the format is here or in its own module. Modules of formats import nothing heavy: what reads
files or draws is imported where it is used.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from explorer.base.names import existing, expanded
from explorer.data.depth import Depth

if TYPE_CHECKING:
    from explorer.data.dataset import Dataset
    from explorer.data.inspection import Looking
    from explorer.data.pictures import Pictures
    from explorer.data.sample import Sample

Seed = Annotated[
    int,
    Field(
        ge=0,
        lt=2**32,
        title="Data seed",
        description="Seed of generated images and of the validation split. Empty: same as run seed",
    ),
]
ValFraction = Annotated[float, Field(gt=0, lt=1)]
Labelled = list[tuple[Path, int]]  # file, label
TRAIN_AND_VAL = ("train", "val")
_DEPTH = (
    "How values of 10, 12 or 16 bits, of CT and of fractions become pixels from 0 to 255. One range holds for all "
    "images, in training, validation and exported code."
)
LOOK_S = 2.0  # a page does not wait longer for what the files of a data set hold


@dataclass(frozen=True)
class Ask:
    """A field of the Train page that fills a field of the spec.

    Args:
        field: of the spec.
        label: what the page calls it.
        help: what there is to know, in sentences.
        called: the name in the form and in its files, where it is not that of the field.
        start: the value that the form begins with, where it is not the default of the field.
        step: between two numbers.
        place: whether it says where the data are; it is chosen among those that were found.
        inside: whether it is a path, which has to lie in the folders that pages may read.
    """

    field: str
    label: str
    help: str = ""
    called: str = ""
    start: Any = None
    step: float = 1
    place: bool = False
    inside: bool = False

    @property
    def name(self) -> str:
        """The name in the form."""
        return self.called or self.field


SHARE = Ask("val_fraction", "Validation share", "Share of each class that is used for validation", step=0.05)


class Spec(BaseModel):
    """A data set.

    title: what people call the format. choice: what they choose, after "Choose". asks: what the Train page asks for.
    network_size: px of the image size that the Train page suggests.
    trainable: whether a run can train on it. pictured: the values of an embedded data set when it is looked through.
    version_1: the values of a run of format 1 where today's default is another.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    kind: str
    title: ClassVar[str]
    choice: ClassVar[str]
    asks: ClassVar[tuple[Ask, ...]] = ()
    network_size: ClassVar[int] = 224
    trainable: ClassVar[bool] = True
    pictured: ClassVar[Mapping[str, Any]] = {}
    version_1: ClassVar[Mapping[str, Any]] = {}

    @classmethod
    def name(cls) -> str:
        """What the format is called in configs and keys."""
        return str(cls.model_fields["kind"].default)

    def open(self, looking: "Looking | None" = None) -> "Dataset":
        """The data set, without loading its images.

        Args:
            looking: how closely files are looked at.

        Raises:
            DatasetError: it cannot be used; the message says why.
        """
        raise NotImplementedError

    def pictures(self) -> "Pictures":
        """The data set as Augment shows it. Raises DatasetError."""
        from explorer.data.pictures import of_dataset

        return of_dataset(self.open(), self.as_picture)

    def as_picture(self, sample: "Sample") -> "Sample":
        """The sample as it is shown, where its mask has other values in training."""
        return sample

    # What is known without opening it

    @property
    def counts(self) -> tuple[int, int] | None:
        """How many images train and validate; None where the files have to be read."""
        return None

    @property
    def image_side(self) -> int | None:
        """Side in px of the images; None where the files have to be read."""
        return None

    @property
    def class_count(self) -> int | None:
        """How many classes there are; None where the files have to be read."""
        return None

    @property
    def field(self) -> str:
        """The field of a run's config at which an error of the data set is shown."""
        return "dataset"

    @property
    def needs_range(self) -> bool:
        """Whether the range of deep images is left to be found in the files."""
        return False

    def with_range(self, depth: Depth | None) -> Self:
        """The spec with the range that was found, where it needs one."""
        del depth
        return self

    def at(self, base: Path) -> Self:
        """The spec with a relative path taken from `base`."""
        del base
        return self

    # Where it lies

    @classmethod
    def is_embedded(cls) -> bool:
        """Whether it comes with the app and lies in no folder."""
        return "path" not in cls.model_fields

    @classmethod
    def looks(cls, place: Path) -> bool:
        """Whether a folder, or a file with one of `suffixes`, seems to be such a data set. Raises OSError."""
        del place
        return False

    suffixes: ClassVar[frozenset[str]] = frozenset()

    @classmethod
    def beside(cls, place: Path) -> list[Path]:
        """The folders in a data set that are no part of it. Raises OSError."""
        del place
        return []

    @classmethod
    def parts(cls, place: Path) -> tuple[str, ...]:
        """The names of its parts."""
        del place
        return TRAIN_AND_VAL

    @classmethod
    def watched(cls, place: Path) -> Iterable[Path]:
        """The files and folders whose change means that it has to be opened again."""
        return (place,)

    @classmethod
    def is_split(cls, place: Path) -> bool:
        """Whether it is divided for training and validation already. Raises DatasetError."""
        del place
        return False


class FileSpec(Spec):
    """A data set of image files.

    links: "inside" refuses links that lead out of the folders that pages may read, as does all that a page starts.
    """

    path: Annotated[str, Field(min_length=1, max_length=4096)]
    val_fraction: ValFraction = 0.2
    seed: Seed = 0
    depth: Annotated[Depth, Field(title="Values of more than 8 bits", description=_DEPTH)] = "auto"
    links: Literal["any", "inside"] = "any"

    @property
    def root(self) -> Path:
        """The folder or file as the file system has it."""
        return existing(expanded(self.path))

    @property
    def images(self) -> Path:
        """The folder in which the names of images begin."""
        return self.root

    def pictures(self) -> "Pictures":
        from explorer.data.inspection import Looking
        from explorer.data.pictures import of_files

        return of_files(self.open(Looking(seconds=LOOK_S)), self.images)

    @property
    def field(self) -> str:
        return "dataset.path"

    @property
    def needs_range(self) -> bool:
        return self.depth == "auto"

    def with_range(self, depth: Depth | None) -> Self:
        return self.model_copy(update={"depth": depth}) if self.needs_range and depth is not None else self

    def at(self, base: Path) -> Self:
        return self.model_copy(update={"path": str((base / expanded(self.path)).absolute())})
