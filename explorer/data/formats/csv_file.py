"""Tables of labels: CSV, TSV or Parquet with a header, a column of paths or ids and a column of labels.

Columns of parts, folds and groups, such as patients, are recognized too and decide how the images are divided.
"""

import csv
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, Self, TypeVar

import numpy as np
from pydantic import Field

from explorer.base.names import existing, expanded, plain
from explorer.base.tables import TABLES, is_parquet
from explorer.base.task_names import TaskName
from explorer.data import table_opening
from explorer.data.dataset import Dataset, DatasetError
from explorer.data.formats.spec import SHARE, Ask, FileSpec
from explorer.data.listing import is_image, unreadable, visible_folders
from explorer.data.several_labels import COLUMN, with_column
from explorer.data.tables import (
    NONE,
    USUAL,
    Row,
    Table,
    column_of,
    named_columns,
    rows_of,
)

if TYPE_CHECKING:
    from explorer.data.contents import Contents
    from explorer.data.files import Listing
    from explorer.data.inspection import Looking
    from explorer.data.pictures import Pictures
    from explorer.data.several_labels import Several as Several_

_GLANCED = 20  # folders in which the image of the first row is looked for
_USUAL_SUFFIXES = (".jpg", ".png", ".jpeg", ".tif", ".webp", ".bmp")

Table_ = TypeVar("Table_", bound="CsvSpec")
Encoding = Literal["", "utf-16", "cp1252", "cp949", "shift_jis", "gb18030", "latin-1"]
Several = Literal["no", "|", ";", ",", " ", "columns"]
Column = Annotated[str, Field(max_length=200)]
# The fields that name the columns of paths, labels, parts, folds and groups.
COLUMN_FIELDS = ("image_column", "label_column", "split_column", "fold_column", "group_column")


class CsvSpec(FileSpec):
    """A table of labels. Names of columns are "" for one with a usual name, and "-" for none.

    Attributes:
        folder: where relative paths begin; empty for the folder of the table.
        image_column: the column of paths or ids.
        label_column: the column of labels; where each label has a column, their names with commas between them, and
            empty for all columns of 0 and 1.
        several: "no" for one label of each image; a delimiter between several labels in one column; or "columns" of
            0 and 1, one for each label.
        split_column: the column that says train, val or test.
        fold_column: the column of given folds.
        group_column: the column of what is never divided, such as a patient.
        encoding: of a CSV file; empty for UTF-8, or UTF-16 that says so.
        rules: 1 are those of runs of format 3 and before: paths and labels only, in the order of their letters.
    """

    title: ClassVar[str] = "Table (CSV, Parquet)"
    choice: ClassVar[str] = "a table"
    suffixes: ClassVar[frozenset[str]] = TABLES
    folders: ClassVar[bool] = False
    asks: ClassVar[tuple[Ask, ...]] = (
        Ask(
            "path",
            "Table",
            "A CSV, TSV or Parquet file with a column of paths or ids and a column of labels. Choose one, or type "
            "its path, inside the folders that the app may read (make run DATA=/that/folder).",
            called="csv_path",
            start="",
            place=True,
            inside=True,
        ),
        Ask(
            "folder", "Folder of images", "Where paths begin. Empty: the folder of the table", "csv_folder", inside=True
        ),
        Ask("image_column", "Column of paths", "Paths or ids. Empty: one called path, file, filename, image, id ..."),
        Ask("label_column", "Column of labels", "Empty: one called label, class, target, category, diagnosis ..."),
        Ask(
            "several",
            "Labels of an image",
            "Whether an image can have several labels (multi-label). Each label is then learned by itself: an image "
            "can have all of them, or none, where its cell is empty.",
            start="auto",
        ),
        Ask("split_column", "Column of parts", "It says train, val or test. Empty: split, subset, set ... -: none"),
        Ask("fold_column", "Column of folds", "Given folds. Empty: fold, kfold ... -: none"),
        Ask(
            "group_column",
            "Column of groups",
            "Images of one group, such as a patient or a video, are never on both sides. "
            "Empty: group, patient, patient_id, video ... -: none",
        ),
        Ask("encoding", "Encoding", "Of a CSV file. Empty: UTF-8, or UTF-16 that says so"),
        SHARE,
    )
    version_3: ClassVar[Mapping[str, Any]] = {"rules": 1}

    kind: Literal["csv"] = "csv"
    folder: Annotated[str, Field(max_length=4096)] = ""
    image_column: Column = ""
    label_column: Annotated[str, Field(max_length=8_000)] = ""
    several: Several = "no"
    split_column: Column = ""
    fold_column: Column = ""
    group_column: Column = ""
    encoding: Encoding = ""
    rules: Literal[1, 2] = 2

    @property
    def images(self) -> Path:
        return existing(expanded(self.folder)) if self.folder else self.root.parent

    @property
    def is_parquet(self) -> bool:
        """Whether it is a Parquet file, and no text."""
        return is_parquet(Path(self.path))

    @property
    def columns(self) -> tuple[str, ...]:
        """The chosen names of the columns of paths, labels, parts, folds and groups."""
        more = (self.split_column, self.fold_column, self.group_column) if self.rules > 1 else (NONE, NONE, NONE)
        label = NONE if self.several == "columns" else self.label_column
        return (self.image_column, label, *more)

    @property
    def task(self) -> TaskName:
        return "classification" if self.several == "no" else "labels"

    def recognized(self) -> Self:
        return recognized(self)

    def whole(self, looking: "Looking | None" = None) -> Dataset:
        """Read the table, check that its images are there, and find the range of deep ones. Raises DatasetError."""
        from explorer.data.files import opened, refuse_unusable

        listing = self.listing()
        refuse_unusable(self, listing.left_out)
        if self.several != "no" and len(listing.classes) < 2:
            one = f"{self.root} has {len(listing.classes)} label" + ("" if len(listing.classes) == 1 else "s")
            raise DatasetError(f"{one}, and several are expected. Choose another column or delimiter, or one label.")
        if len(listing.classes) < 2:
            one = f"{self.root} has one class only, {listing.classes[0]}"
            raise DatasetError(f"{one}. Training needs at least 2.")
        return opened(self, listing, looking)

    def contents(self) -> "Contents":
        from explorer.data.files import contents_of

        return contents_of(self, self.listing())

    def listing(self) -> "Listing":
        """The images of the table, without opening any. Raises DatasetError where there are none."""
        from explorer.data.files import Listing, refuse_unusable
        from explorer.data.indexed import IndexedFiles
        from explorer.data.several_labels import matrix_of
        from explorer.data.table_files import cautions, classes_of, found_in, given_by, read_columns

        table = table_opening.opened(self)
        rows = table_opening.rows_in(self, table)
        several = _several(self, table, rows)
        rows = rows if several is None else several.rows
        names = read_columns(table.header, self.columns, rows)
        unread = named_columns(table.header, self.columns)[2] if not names[2] else ""
        other = f"The column {unread} is not read as parts: none of its values is train, val or test."
        found = found_in(
            rows,
            self.images,
            "row" if self.is_parquet else "line",
            inside=self.links == "inside",
            rules=self.rules,
            by_part=bool(names[2]),
            unlabeled=several is not None,
        )
        left_out = (*(several.left_out if several else ()), *found.left_out)
        if not found.files:
            refuse_unusable(self.model_copy(update={"skip_unusable": False}), left_out)
        if several is None:
            classes, of = classes_of([row.label for row in found.rows], numeric=self.rules > 1)
            labels = np.array([of[row.label] for row in found.rows], np.int64)
        else:
            classes, labels = several.classes, matrix_of(found.rows, several.classes)
        begin = f"{str(self.images).rstrip('/')}/"
        names_of_files = [path.removeprefix(begin) for path in found.files]
        files = IndexedFiles(self.images, names_of_files, labels)
        notes = [*([other] if unread else []), *(several.notes if several else ()), *found.notes]
        notes += cautions(classes, len(files)) if self.rules > 1 else ()
        notes += _looks_several(self, rows) if several is None else ()
        given = given_by(found.rows, names)
        return Listing(plain(self.root.stem), classes, files, given, tuple(notes), left_out, tuple(names))

    def pictures(self) -> "Pictures":
        return FileSpec.pictures(self.model_copy(update={"links": "inside", "skip_unusable": True}))

    @classmethod
    def looks(cls, place: Path) -> bool:
        """Whether the table has both columns, and its first row names an image that is there. Raises OSError."""
        try:
            head = table_opening.first_rows(place)
            rows = rows_of(with_column(head), ("", COLUMN, "", "", "") if _has_label_columns(head) else ("",) * 5)
        except (ValueError, KeyError, NotImplementedError, csv.Error):  # the third is of a strange Parquet file
            return False
        except OSError as error:
            if error.errno is None:  # of a damaged Parquet file, which must not hide what is beside it
                return False
            raise
        return bool(rows) and _is_there(place.parent, rows[0].path.replace("\\", "/"))

    @classmethod
    def watched(cls, place: Path) -> Iterable[Path]:
        return place, place.parent

    @classmethod
    def is_split(cls, place: Path) -> bool:
        try:
            return _gives_validation(place, place.stat().st_mtime_ns)
        except (OSError, DatasetError):
            return False  # opening it says what is wrong


def recognized(spec: Table_) -> Table_:
    """The spec with what its table says about several labels for an image. Raises DatasetError."""
    try:
        changed = spec.root.stat()
    except OSError as error:
        raise unreadable(spec.root, error) from error
    return spec.model_copy(update={"several": _recognized(spec, changed.st_mtime_ns, changed.st_size)})


@lru_cache(maxsize=64)
def _recognized(spec: CsvSpec, modified: int, size: int) -> str:
    """What a table says, read once as long as its file does not change."""
    del modified, size
    from explorer.data.several_labels import delimiter_in, label_columns

    plain_spec = spec.model_copy(update={"several": "columns"})
    table = table_opening.opened(plain_spec)
    taken = [name for name in named_columns(table.header, spec.columns) if name]
    place = _label_place(spec, table.header)
    if place is None:
        return "columns" if len(label_columns(table, taken)) > 1 else "no"
    return delimiter_in(table.columns[place]) or "no"


def _label_place(spec: CsvSpec, header: Sequence[str]) -> int | None:
    try:
        return column_of(header, spec.label_column, USUAL["label"], needed=True)
    except KeyError:
        return None


def _several(spec: CsvSpec, table: Table, rows: list[Row]) -> "Several_ | None":
    """The rows with all of their labels; None where each has one. Raises DatasetError."""
    from explorer.data.several_labels import label_columns, of_cells, of_columns

    if spec.several == "no":
        return None
    if spec.several != "columns":
        return of_cells(rows, spec.several)
    names = [name.strip() for name in spec.label_column.split(",") if name.strip()]
    if missing := [name for name in names if name not in table.header]:
        raise table_opening.no_column(spec, KeyError(missing[0]), table.header)
    taken = [name for name in named_columns(table.header, spec.columns) if name]
    names = names or label_columns(table, taken)
    if not names:
        raise DatasetError(f"{spec.root} has no column that holds 0 and 1 alone. Name the columns of labels.")
    return of_columns(table, rows, names, "row" if spec.is_parquet else "line")


def _looks_several(spec: CsvSpec, rows: Sequence[Row]) -> list[str]:
    """A note where the cells of labels seem to hold several."""
    from explorer.data.several_labels import delimiter_in

    found = delimiter_in(row.label for row in rows) if spec.rules > 1 else ""
    if not found:
        return []
    between = "a space" if found == " " else found
    return [
        f"The labels seem to be several for an image, with {between} between them. Each cell is taken as one class."
    ]


def header_of(spec: CsvSpec) -> list[str]:
    """The names of the columns of a table. Raises DatasetError."""
    return list(table_opening.opened(spec).header)


def images_in(spec: CsvSpec) -> tuple[Sequence[int], Sequence[str]]:
    """The lines of a table and the names of images in them, from a table that needs no labels.

    They are in the chosen column, else in the first one with a usual name, else in the first one. Raises DatasetError.
    """
    alone = spec.model_copy(update={"label_column": NONE, "rules": 1})
    header = header_of(alone)
    if not header:
        raise DatasetError(f"{spec.root} is empty.")
    try:
        place = column_of(header, spec.image_column, USUAL["path"], needed=False) or 0
    except KeyError as error:
        raise table_opening.no_column(spec, error, header) from error
    table = table_opening.opened(alone.model_copy(update={"image_column": header[place]}))
    return table.lines, table.columns[place]


@lru_cache(maxsize=8)
def _gives_validation(place: Path, modified: int) -> bool:
    """Whether a column with a usual name says which images validate."""
    from explorer.data.parts import VAL
    from explorer.data.table_files import PART_WORDS

    del modified  # a change is read again
    spec = CsvSpec(path=str(place))
    table = table_opening.opened(spec)
    names = named_columns(table.header, spec.columns)
    rows = table_opening.rows_in(spec, table)
    return bool(names[3]) or (bool(names[2]) and any(PART_WORDS.get(row.split.casefold()) == VAL for row in rows))


def _has_label_columns(head: Table) -> bool:
    """Whether the first rows of a table have no column of labels but several of 0 and 1."""
    from explorer.data.several_labels import label_columns

    named = named_columns(head.header, ("",) * 5)
    return not named[1] and len(label_columns(head, filter(None, named))) > 1


def _is_there(folder: Path, name: str) -> bool:
    """Whether there is an image of this path, or of this name in a folder beside the table."""
    if is_image(Path(name).name) and existing(folder / name).is_file():
        return True
    if not name or "/" in name or "\0" in name:
        return False
    places = [folder, *visible_folders(folder)[:_GLANCED]]
    endings = ("",) if is_image(name) else _USUAL_SUFFIXES
    return any((place / f"{name}{ending}").is_file() for place in places for ending in endings)
