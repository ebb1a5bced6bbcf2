"""Tables with a header, read as text by columns: CSV with any usual delimiter and encoding, and Parquet.

Exported code contains these functions.
"""

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

NONE = "-"  # in place of the name of a column: none is read
USUAL = {  # compared without case, spaces and dashes; a later group counts only where no earlier one is there
    "path": (
        ("path", "file", "filename", "file_name", "image", "image_path"),
        ("filepath", "file_path", "img", "img_path", "image_name", "image_file", "img_name", "imagename"),
        ("id", "image_id", "img_id", "imageid", "id_code", "isic_id", "uid"),
    ),
    "label": (
        ("label", "class", "target", "category", "class_name"),
        ("labels", "classes", "label_name", "classname", "diagnosis", "dx", "species", "breed", "y"),
        ("class_id", "label_id", "category_id"),
    ),
    "split": (("split", "subset", "partition", "data_split", "set", "phase"),),
    "fold": (("fold", "folds", "kfold", "k_fold", "fold_id", "cv_fold"),),
    "group": (
        ("group", "group_id", "groups"),
        ("patient", "patient_id", "patientid", "subject", "subject_id", "case_id", "lesion_id"),
        ("video", "video_id", "scene", "scene_id", "session", "session_id", "individual_id", "slide_id"),
    ),
}
_DELIMITERS = ",;\t"
_RARE = "| "  # only where none of the others is in the header


LONGEST_ROW = 1_000_000  # characters
Wanted = Callable[[Sequence[str]], Sequence[str]]


class TooLarge(ValueError):
    """A table that is too large; the message goes on after "<name> has "."""


class Row(NamedTuple):
    """A row of a table; "" where there is no such column. line: in a text file from 1, else the number of the row."""

    line: int
    path: str
    label: str
    split: str
    fold: str
    group: str


@dataclass(frozen=True)
class Table:
    """A table as text.

    Attributes:
        header: the names of the columns.
        lines: the line of each row, from 1; in a Parquet file its number.
        columns: for each column the values of all rows, without spaces around them.
    """

    header: Sequence[str]
    lines: Sequence[int]
    columns: Sequence[Sequence[str]]


def table_of(text: str, wanted: "Wanted | None" = None, most: int | None = None) -> Table:
    """The table in the text of a CSV file.

    Args:
        text: of the file.
        wanted: of a header, the names of the columns that are read; others stay empty. All without it.
        most: how many rows are read.

    Raises:
        TooLarge: there are more rows.
        csv.Error: it is no table.
    """
    begun = 0
    if text[:4].lower() == "sep=":  # a line that Excel understands
        begun, text = 1, text.partition("\n")[2]
    first = text.partition("\n")[0]
    usual = any(delimiter in first for delimiter in _DELIMITERS)
    delimiter = max(_DELIMITERS if usual else _RARE, key=first.count)
    pending = [0]
    reader = csv.reader(_lines_of(text, pending), delimiter=delimiter, strict=True)
    header = [name.strip() for name in next(reader, [])]
    names = set(header if wanted is None else wanted(header))
    lines: list[int] = []
    columns: list[list[str]] = [[] for _ in header]
    read = [(place, columns[place]) for place, name in enumerate(header) if name in names]
    once: dict[str, str] = {}  # a label is held once and not for each row
    for number, row in enumerate(reader):
        pending[0] = 0
        if most is not None and number >= most:
            raise TooLarge(f"more than {most:,} rows")
        if any(map(str.strip, row)):
            lines.append(reader.line_num + begun)
            for place, column in read:
                value = row[place].strip() if place < len(row) else ""
                column.append(once.setdefault(value, value))
    return Table(header, lines, columns)


def _lines_of(text: str, pending: list[int]) -> Iterator[str]:
    """The lines of a text, one after the other. Raises csv.Error for a row of too many characters.

    pending: how many characters of a row, which may have several lines, were given; the reader of rows sets it to 0.
    """
    begin = 0
    while begin <= len(text):
        end = text.find("\n", begin)
        end = len(text) if end < 0 else end
        pending[0] += end - begin
        if pending[0] > LONGEST_ROW:
            raise csv.Error(f"a row has more than {LONGEST_ROW:,} characters")
        yield f"{text[begin:end]}\n"
        begin = end + 1


def parquet_of(path: Path, names: Sequence[str], most: int | None = None) -> Table:
    """The table in a Parquet file, with an empty column where its name is not among `names`.

    Args:
        path: the file.
        names: of the columns that are read.
        most: how many bytes they may have in memory, by what the file says and by what it holds.

    Raises:
        TooLarge: they have more.
        OSError, ValueError, ArrowException: it is no such file, or a column holds structures.
    """
    import pyarrow.parquet as pq  # here: it takes a tenth of a second

    wanted = [name for name in names if name]
    # Of texts each is read once, however often it is there: a small file may name a long one a million times.
    with pq.ParquetFile(path, read_dictionary=wanted) as file:
        header = list(file.schema_arrow.names)
        count = file.metadata.num_rows
        check_size(file.metadata, wanted, most)
        read = {name: texts_of(_chunks_of(file, name, most)) for name in header if name in wanted}
    if any(len(column) != count for column in read.values()):
        raise ValueError("its columns differ in length")
    return Table(header, range(1, count + 1), [read.get(name, []) for name in header])


def check_size(about: Any, names: Sequence[str], most: int | None) -> None:
    """Refuse columns that are large, or have other rows than the file, before any is read."""
    size = 0
    for number in range(about.num_row_groups):
        group = about.row_group(number)
        columns = [group.column(place) for place in range(group.num_columns)]
        read = [each for each in columns if each.path_in_schema in names]
        if any(each.num_values != group.num_rows for each in read):
            raise ValueError("its columns differ in length")
        size += sum(each.total_uncompressed_size for each in read)
    if most is not None and size > most:
        raise TooLarge(f"columns that take {size / 1e6:,.0f} MB, more than {most / 1e6:g} MB")
    if sum(about.row_group(number).num_rows for number in range(about.num_row_groups)) != about.num_rows:
        raise ValueError("its columns differ in length")


def _chunks_of(file: Any, name: str, most: int | None) -> Iterator[Any]:
    """The pieces of a column of a Parquet file. Raises TooLarge where it is larger than the file says."""
    size = 0
    for number in range(file.num_row_groups):
        for chunk in file.read_row_group(number, [name]).column(0).chunks:
            size += chunk.nbytes
            if most is not None and size > most:
                raise TooLarge(f"columns that take more than {most / 1e6:g} MB")
            yield chunk


def texts_of(chunks: Iterable[Any]) -> list[str]:
    """The values of a column of a Parquet file as texts."""
    found: list[str] = []
    for chunk in chunks:
        coded = chunk if hasattr(chunk, "indices") else chunk.dictionary_encode()
        coded.validate(full=True)  # a damaged file may name values that are not there
        values = [as_text(value) for value in coded.dictionary.to_pylist()]
        found += ["" if place is None else values[place] for place in coded.indices.to_pylist()]
    return found


def as_text(value: object) -> str:
    """A value of a Parquet file as a CSV file has it; "" where there is none."""
    if value is None or value != value:  # NaN
        return ""
    return (value.decode(errors="replace") if isinstance(value, bytes) else str(value)).strip()


def rows_of(table: Table, columns: Sequence[str], only: int = 9) -> list[Row]:
    """The rows of a table.

    Args:
        table: as read.
        columns: the names of the columns of paths, labels, parts, folds and groups. "" for one with a usual name, "-"
            for none.
        only: how many of the groups of usual names count.

    Raises:
        KeyError: there is no column of paths or labels; it holds the name or the usual ones.
    """
    places = [
        column_of(table.header, name, USUAL[what][:only], needed=what in ("path", "label"))
        for what, name in zip(USUAL, columns, strict=True)
    ]
    empty = [""] * len(table.lines)
    return list(map(Row, table.lines, *(empty if place is None else table.columns[place] for place in places)))


def column_of(header: Sequence[str], name: str, usual: Sequence[Sequence[str]], *, needed: bool) -> int | None:
    """The index of the column of this name, or of the first one with a usual name; None where there is none.

    Raises KeyError where it is needed, or named and not there.
    """
    if name == NONE and not needed:
        return None
    if name:
        found = [at for at, known in enumerate(header) if known == name]
    else:
        plain = [known.lower().replace(" ", "_").replace("-", "_") for known in header]
        found = [at for group in usual for at, known in enumerate(plain) if known in group]
    if not found and (needed or name):
        raise KeyError(name or " or ".join(usual[0]))
    return found[0] if found else None


def named_columns(header: Sequence[str], columns: Sequence[str]) -> list[str]:
    """The names of the columns of a header that `rows_of` reads, "" for those that are not there."""
    found = (
        column_of(header, name, USUAL[what], needed=False) if not name or name in (*header, NONE) else None
        for what, name in zip(USUAL, columns, strict=True)
    )
    return ["" if place is None else header[place] for place in found]
