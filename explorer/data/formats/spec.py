"""What a format of data sets is: a class of specs, small frozen values that travel in a run's config.

Everything that depends on the format is here or in its own module. Modules of formats import nothing heavy: what reads
files or draws is imported where it is used.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from explorer.base.names import existing, expanded
from explorer.base.task_names import TaskName
from explorer.data.depth import Depth
from explorer.data.roots import resolve_inside

if TYPE_CHECKING:
    from explorer.data.contents import Contents
    from explorer.data.dataset import Dataset
    from explorer.data.inspection import Looking
    from explorer.data.pictures import Pictures

Seed = Annotated[
    int,
    Field(
        ge=0,
        lt=2**32,
        title="Data seed",
        description="Seed of generated images and of the validation split. Empty: same as run seed",
    ),
]
SetAside = Annotated[
    float | None,
    Field(
        gt=0,
        le=0.5,
        title="Final set",
        description="Share of each class that is set aside: neither trained nor validated on, and not studied. It can "
        "be opened once, when a run has finished. Empty: none",
    ),
]
ValFraction = Annotated[float, Field(gt=0, lt=1)]
Labelled = Sequence[tuple[Path, int]]  # file, label
TRAIN_AND_VAL = ("train", "val")
_DEPTH = (
    "How values of 10, 12 or 16 bits, of CT and of fractions become pixels from 0 to 255. One range holds for all "
    "images, in training, validation and exported code."
)
# Why a place is not trained on, as in `Spec.why_untrained`
WITH_MASKS = "it holds images with masks. Open it as images with masks: networks learn these, too."
LOOK_S = 2.0  # a page does not wait longer for what the files of a data set hold


@dataclass(frozen=True)
class Ask:
    """A field of the Train page that fills a field of the spec.

    Attributes:
        field: the field of the spec.
        label: what the page calls it.
        help: what there is to know, in sentences.
        called: the name in the form and in its files, where it differs from that of the field.
        start: the value that the form begins with, where it differs from the default of the field.
        start_of_masks: the same where the classes of pixels are learned.
        step: the difference between two numbers that the widget offers.
        place: whether it says where the data are, which is chosen among those that were found.
        inside: whether it is a path, which has to be inside the folders that pages may read.
        learned: whether it decides what is learned, and not how files are read, which the Data page asks for, too.
    """

    field: str
    label: str
    help: str = ""
    called: str = ""
    start: Any = None
    start_of_masks: Any = None
    step: float = 1
    place: bool = False
    inside: bool = False
    learned: bool = False

    @property
    def name(self) -> str:
        """The name in the form."""
        return self.called or self.field


SHARE = Ask("val_fraction", "Validation share", "Share of each class that is used for validation", step=0.05)


class Drawn(BaseModel):
    """A random part of the training images, of each class the same share. Validation images are not touched."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    share: Annotated[float, Field(gt=0, lt=1)]
    seed: Annotated[int, Field(ge=0, lt=2**32)]


@dataclass(frozen=True)
class Known:
    """What is known of a data set before it is opened; None where its files have to be read."""

    counts: tuple[int, int] | None = None  # of images for training and for validation
    image_side: int | None = None  # px
    class_count: int | None = None


class Spec(BaseModel):
    """A data set. Formats whose images are files derive from `FileSpec`.

    Attributes:
        title: what people call the format.
        choice: what they choose, as in "Choose an image folder".
        asks: what the Train page asks for.
        network_size: the image size in px that the Train page suggests.
        trainable: whether a run can train on it.
        why_untrained: why not, after "<name> is not usable for training, because".
        unused: fields of the spec that have no effect.
        pictured: the values of an embedded data set when people look through it.
        version_1: the values of a run of format 1 where today's defaults are others.
        version_3: likewise, of runs of formats 1 to 3.
        embedded: whether it comes with the app, so that it is in no folder.
        error_field: the field of a run's config at which an error of the data set is shown.
        set_aside: the share of each class that is kept for the end, see explorer.data.final_set.
        drawn: the part of the training images that there is to train on; None for all.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    kind: str
    set_aside: SetAside = None
    drawn: Drawn | None = None
    title: ClassVar[str]
    choice: ClassVar[str]
    asks: ClassVar[tuple[Ask, ...]] = ()
    network_size: ClassVar[int] = 224
    trainable: ClassVar[bool] = True
    why_untrained: ClassVar[str] = ""
    unused: ClassVar[frozenset[str]] = frozenset()
    pictured: ClassVar[Mapping[str, Any]] = {}
    version_1: ClassVar[Mapping[str, Any]] = {}
    version_3: ClassVar[Mapping[str, Any]] = {}
    embedded: ClassVar[bool] = True
    error_field: ClassVar[str] = "dataset"

    @classmethod
    def name(cls) -> str:
        """The name of the format in configs and keys."""
        return str(cls.model_fields["kind"].default)

    def open(self, looking: "Looking | None" = None) -> "Dataset":
        """Open the data set without loading its images; images that the spec leaves out are not in it.

        Args:
            looking: how closely its files are looked at.

        Raises:
            DatasetError: it cannot be used; the message says why.
        """
        found = self.whole(looking)
        # Imported here: specs of data sets are read without numpy.
        if self.set_aside is not None:
            from explorer.data.final_set import divide

            found = divide(found, self.set_aside, looking, in_folds=self.in_folds).dataset
        if self.drawn is not None:
            from explorer.data.drawing import with_drawn

            found = with_drawn(found, self.drawn.share, self.drawn.seed)
        return found

    def whole(self, looking: "Looking | None" = None) -> "Dataset":
        """Open the data set with all of its images; arguments and errors are those of `open`."""
        raise NotImplementedError

    def contents(self) -> "Contents":
        """List what the data set holds, also what cannot be used. Raises DatasetError where nothing can be listed."""
        from explorer.data.contents import of_dataset

        return of_dataset(self.whole(), generated=self.embedded)

    def drawing(self, share: float, seed: int) -> Self:
        """The spec with a random part of the training images; validation images stay the same."""
        return self.model_copy(update={"drawn": Drawn(share=share, seed=seed)})

    def for_page(self) -> Self:
        """The spec as a page may open it, although it comes from a file that anybody may have written.

        Raises:
            OutsideRoots: it reads files outside the folders that pages may read.
        """
        return self

    def pictures(self) -> "Pictures":
        """The data set as Augment shows it. Raises DatasetError."""
        from explorer.data.pictures import of_dataset

        return of_dataset(self.open())

    @property
    def task(self) -> TaskName:
        """What a network learns of it."""
        return "classification"

    @property
    def known(self) -> Known:
        """What is known of the data set before it is opened."""
        return Known()

    @property
    def in_folds(self) -> bool:
        """Whether the images are divided into folds, of which this spec chooses one."""
        return False

    @property
    def needs_range(self) -> bool:
        """Whether the range of images with more than 8 bits has yet to be found in the files."""
        return False

    def with_range(self, depth: Depth | None) -> Self:
        """The spec with a range that was found in the files, where it needs one."""
        return self.model_copy(update={"depth": depth}) if self.needs_range and depth is not None else self

    def at(self, base: Path) -> Self:
        """The spec with its relative paths taken from `base`."""
        paths = {ask.field: getattr(self, ask.field) for ask in self.asks if ask.inside}
        absolute = {field: str((base / expanded(path)).absolute()) for field, path in paths.items() if path}
        return self.model_copy(update=absolute)


class FileSpec(Spec):
    """A data set of image files.

    Attributes:
        links: "inside" refuses links that lead out of the folders that pages may read, as all that a page starts does.
        suffixes: of the files that are such a data set; () where only folders are.
        folders: whether a folder can be such a data set.
        has_files: whether each image is a file of its own.
        folds: in how many parts the images are divided, each validating once; None divides by `val_fraction`.
        fold: which of the parts validates, from 0.
        left_out: ids of images that are used for nothing, because a person has chosen so.
        together: groups of ids, such as near duplicates, that are never divided between training and validation.
        skip_unusable: whether rows and images that cannot be used are left out; otherwise they are an error.
    """

    embedded: ClassVar[bool] = False
    error_field: ClassVar[str] = "dataset.path"
    suffixes: ClassVar[frozenset[str]] = frozenset()
    folders: ClassVar[bool] = True
    has_files: ClassVar[bool] = True

    path: Annotated[str, Field(min_length=1, max_length=4096)]
    val_fraction: ValFraction = 0.2
    seed: Seed = 0
    depth: Annotated[Depth, Field(title="Images with more than 8 bits", description=_DEPTH)] = "auto"
    links: Literal["any", "inside"] = "any"
    folds: Annotated[int | None, Field(ge=2, le=20, title="Folds")] = None
    fold: Annotated[int, Field(ge=0, lt=20, title="Fold")] = 0
    left_out: Annotated[tuple[str, ...], Field(max_length=100_000)] = ()
    together: Annotated[tuple[tuple[str, ...], ...], Field(max_length=100_000)] = ()
    skip_unusable: Annotated[bool, Field(title="Leave out what cannot be used")] = False

    @property
    def root(self) -> Path:
        """The folder or file as the file system spells it."""
        return existing(expanded(self.path))

    @property
    def images(self) -> Path:
        """The folder that the names of images are relative to."""
        return self.root

    @model_validator(mode="after")
    def _has_the_fold(self) -> Self:
        if self.fold >= (self.folds or 1):
            raise ValueError(f"Fold {self.fold} does not exist: folds are numbered from 0 to {(self.folds or 1) - 1}.")
        return self

    def contents(self) -> "Contents":
        from explorer.data.contents import of_dataset

        return of_dataset(self.model_copy(update={"skip_unusable": True}).whole())

    def for_page(self) -> Self:
        for place in (self.root, self.images):  # of a table both matter: it need not be in the folder of its images
            resolve_inside(str(place.absolute()))
        return self.model_copy(update={"links": "inside"})  # a run of the command line may follow any

    def pictures(self) -> "Pictures":
        from explorer.data.inspection import Looking
        from explorer.data.pictures import of_files

        return of_files(self.open(Looking(seconds=LOOK_S)), self.images)

    @property
    def in_folds(self) -> bool:
        return self.folds is not None

    @property
    def needs_range(self) -> bool:
        return self.depth == "auto"

    def recognized(self) -> Self:
        """The spec with what its files say about fields that are left open, for pages. Raises DatasetError."""
        return self

    # What a place holds, by a look at the names of its files

    @classmethod
    def looks(cls, place: Path) -> bool:
        """Whether a folder, or a file with one of `suffixes`, seems to be such a data set. Raises OSError."""
        raise NotImplementedError

    @classmethod
    def beside(cls, place: Path) -> list[Path]:
        """The folders in a data set that are no part of it. Raises OSError."""
        raise NotImplementedError

    @classmethod
    def watched(cls, place: Path) -> Iterable[Path]:
        """The files and folders whose change means that the data set has to be opened again."""
        raise NotImplementedError

    @classmethod
    def parts(cls, place: Path) -> tuple[str, ...]:
        """The names of its parts."""
        del place
        return TRAIN_AND_VAL

    @classmethod
    def is_split(cls, place: Path) -> bool:
        """Whether it is divided for training and validation already. Raises DatasetError."""
        if cls.trainable:
            return False
        try:
            names = cls.parts(place)
        except OSError:
            return False  # opening it says what is wrong
        return all(any(name.startswith(part) for name in names) for part in TRAIN_AND_VAL)
