"""Tables of labels: a CSV or TSV file with a header, a column of paths and a column of labels."""

import csv
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from explorer.base.names import existing, expanded, plain
from explorer.data.dataset import Dataset, DatasetError
from explorer.data.formats.spec import SHARE, Ask, FileSpec
from explorer.data.listing import MAX_IMAGES, is_image, unreadable
from explorer.data.roots import OutsideRoots, allowed_roots, outside

if TYPE_CHECKING:
    from explorer.data.inspection import Looking
    from explorer.data.pictures import Pictures

MAX_BYTES = 200_000_000
_HEAD_BYTES = 65_536  # looked at to tell whether a table is a data set
_NAMED = 3  # rows that a message names

Row = tuple[int, str, str]  # line, path, label


class CsvSpec(FileSpec):
    """A table of labels.

    Attributes:
        folder: where relative paths begin; empty for the folder of the table.
        image_column: the column of paths; empty for the first one with a usual name.
        label_column: the column of labels; empty likewise.
    """

    title: ClassVar[str] = "Table (CSV)"
    choice: ClassVar[str] = "a table"
    suffixes: ClassVar[frozenset[str]] = frozenset({".csv", ".tsv"})
    asks: ClassVar[tuple[Ask, ...]] = (
        Ask(
            "path",
            "Table",
            "A CSV or TSV file in UTF-8 with a header, a column of paths and a column of labels. Choose one, or type "
            "its path, inside the folders that the app may read (make run DATA=/that/folder).",
            called="csv_path",
            start="",
            place=True,
            inside=True,
        ),
        Ask(
            "folder", "Folder of images", "Where paths begin. Empty: the folder of the table", "csv_folder", inside=True
        ),
        Ask("image_column", "Column of paths", "Empty: path, file, filename, file_name, image or image_path"),
        Ask("label_column", "Column of labels", "Empty: label, class, target, category or class_name"),
        SHARE,
    )

    kind: Literal["csv"] = "csv"
    folder: Annotated[str, Field(max_length=4096)] = ""
    image_column: Annotated[str, Field(max_length=200)] = ""
    label_column: Annotated[str, Field(max_length=200)] = ""

    @property
    def images(self) -> Path:
        return existing(expanded(self.folder)) if self.folder else self.root.parent

    def open(self, looking: "Looking | None" = None) -> Dataset:
        """Read the table, check that its images are there, and find the range of deep ones. Raises DatasetError."""
        from explorer.data.files import divided, opened

        labels, repeated = _labels(self)
        classes = tuple(sorted(set(labels.values())))
        if len(classes) < 2:
            raise DatasetError(f"{self.root} has one class only, {classes[0]}. Telling classes apart needs at least 2.")
        numbers = {name: number for number, name in enumerate(classes)}
        train, val, notes = divided([(path, numbers[name]) for path, name in labels.items()], classes, self)
        twice = [f"{repeated:,} rows repeat an image: it is used once."] if repeated else []
        return opened(self, plain(self.root.stem), classes, (train, val), [*twice, *notes], looking)

    def pictures(self) -> "Pictures":
        return FileSpec.pictures(self.model_copy(update={"links": "inside"}))

    @classmethod
    def looks(cls, place: Path) -> bool:
        """Whether the table has both columns, and its first row names an image that is there. Raises OSError."""
        with place.open("rb") as file:
            head = file.read(_HEAD_BYTES).decode("utf-8-sig", errors="ignore")
        try:
            rows = rows_of(head[: head.rfind("\n") + 1] or head, "", "")
        except (ValueError, csv.Error):
            return False
        first = place.parent / rows[0][1] if rows else place
        return is_image(first.name) and existing(first).is_file()

    @classmethod
    def watched(cls, place: Path) -> Iterable[Path]:
        return place, place.parent


def rows_of(text: str, image_column: str, label_column: str) -> list[tuple[int, str, str]]:
    """(line, path, label) of the rows of a table. Raises ValueError for a missing column, csv.Error for no table."""
    delimiter = max(",;\t", key=text.partition("\n")[0].count)
    reader = csv.reader((f"{line}\n" for line in text.split("\n")), delimiter=delimiter, strict=True)
    header = [name.strip() for name in next(reader, [])]
    usual = ("path", "file", "filename", "file_name", "image", "image_path")
    image = column_of(header, image_column, usual)
    label = column_of(header, label_column, ("label", "class", "target", "category", "class_name"))
    rows = ((reader.line_num, row + [""] * (len(header) - len(row))) for row in reader if any(map(str.strip, row)))
    return [(line, row[image].strip(), row[label].strip()) for line, row in rows]


def column_of(header: list[str], name: str, usual: tuple[str, ...]) -> int:
    """The index of the column of this name, or of the first with one of the usual names. Raises ValueError."""
    found = [at for at, known in enumerate(header) if (known == name if name else known.lower() in usual)]
    if not found:
        raise ValueError(name or " or ".join(usual))
    return found[0]


def _labels(spec: CsvSpec) -> tuple[dict[Path, str], int]:
    """Image -> label, and how many rows repeat an image."""
    table, folder, rows = spec.root, spec.images, _rows(spec)
    lines: dict[Path, Row] = {}
    missing: list[str] = []
    refuse = _refuse_outside(spec)
    for row in rows:
        line, name, label = row[0], row[1], plain(row[2])
        if not name or not label:
            raise DatasetError(f"{table}, line {line}: the {'label' if name else 'path'} is empty. Fill it in.")
        path = folder / name
        refuse(path, line)
        if not is_image(path.name):
            raise DatasetError(f"{table}, line {line}: {name} is not an image that can be read. Remove the row.")
        real = existing(path)  # its name may have another Unicode form
        if real != path:
            refuse(real, line)
        if not real.is_file():
            missing.append(f"{name} (line {line})")
            continue
        before = lines.setdefault(real, (line, name, label))
        if before[2] != label:
            raise DatasetError(
                f"{table}: {name} is {before[2]} in line {before[0]} and {label} in line {line}. "
                "Give each image one label."
            )
    if missing:
        more = f" and {len(missing) - _NAMED:,} more" if len(missing) > _NAMED else ""
        named = f"{', '.join(missing[:_NAMED])}{more}"
        raise DatasetError(f"{table} names images that are not in {folder}: {named}. Correct them, or choose a folder.")
    return {path: label for path, (_, _, label) in lines.items()}, len(rows) - len(lines)


def _rows(spec: CsvSpec) -> list[Row]:
    table, text = spec.root, _text(spec.root)
    try:
        rows = rows_of(text, spec.image_column, spec.label_column)
    except csv.Error as error:
        raise DatasetError(f"{table} is not a table: {error}. Save it as CSV.") from error
    except ValueError as error:
        raise DatasetError(f"{table} has no column {error}. Add it, or choose another column.") from error
    if not rows:
        raise DatasetError(f"{table} has no images: there is no row below the header.")
    if len(rows) > MAX_IMAGES:
        raise DatasetError(f"{table} has {len(rows):,} rows, more than {MAX_IMAGES:,}. Choose a smaller table.")
    return rows


def _text(table: Path) -> str:
    if table.is_dir():
        raise DatasetError(f"{table} is a folder, not a table. Give a CSV file.")
    try:
        if table.stat().st_size > MAX_BYTES:
            raise DatasetError(f"{table} is larger than {MAX_BYTES // 1_000_000} MB. Choose a smaller table.")
        content = table.read_bytes()
    except FileNotFoundError as error:
        raise DatasetError(f"There is no file {table}. Check the path.") from error
    except OSError as error:
        raise unreadable(table, error) from error
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise DatasetError(f"{table}, line {line}: it is not UTF-8. Save the table as UTF-8.") from error


def _refuse_outside(spec: CsvSpec) -> Callable[[Path, int], None]:
    """A function that raises OutsideRoots for the path of an image, with its line, that pages may not read."""
    if spec.links == "any":
        return lambda path, line: None
    roots = (spec.images.resolve(), *allowed_roots())
    folder = cache(Path.resolve)

    def refuse(path: Path, line: int) -> None:
        # Folders are looked up once each; of files only links lead elsewhere.
        place = path.resolve() if path.is_symlink() or path.name == ".." else folder(path.parent) / path.name
        if not any(map(place.is_relative_to, roots)):
            raise OutsideRoots(f"{spec.root}, line {line}: {path.name} is {outside(roots[1:])}")

    return refuse
