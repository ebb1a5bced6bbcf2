"""Opening the table of a data set, CSV or Parquet: its header and columns as text, or an error that says what to do."""

import csv
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from explorer.base.tables import MAX_BYTES, decoded, is_parquet
from explorer.data.dataset import DatasetError
from explorer.data.listing import MAX_IMAGES, unreadable
from explorer.data.marks.bounded import content, refuse_unusual
from explorer.data.several_labels import COLUMN, with_column
from explorer.data.tables import Row, Table, TooLarge, check_size, named_columns, parquet_of, rows_of, table_of

if TYPE_CHECKING:
    from explorer.data.formats.csv_file import CsvSpec

_HEAD_BYTES = 65_536  # looked at to tell whether a table is a data set
_RULES_1 = 1  # how many groups of usual names counted, by the rules of runs of format 3


def rows_in(spec: "CsvSpec", table: Table) -> list[Row]:
    """Return the rows of a table that was opened. Raises DatasetError where a column is missing or there are none."""
    columns = spec.columns
    if spec.several == "columns":
        table, columns = with_column(table), (columns[0], COLUMN, *columns[2:])
    try:
        rows = rows_of(table, columns, _RULES_1 if spec.rules == 1 else 9)
    except KeyError as error:
        raise no_column(spec, error, table.header) from error
    if not rows:
        raise DatasetError(f"{spec.root} has no images: there is no row below the header.")
    return rows


def no_column(spec: "CsvSpec", error: KeyError, header: Sequence[str]) -> DatasetError:
    """Return the error of a table that lacks a column."""
    return DatasetError(
        f"{spec.root} has no column {error.args[0]}. It has {', '.join(header[:20]) or 'none'}. "
        "Add it, or choose another column."
    )


def opened(spec: "CsvSpec") -> Table:
    """Read the header and the columns that a spec names, or all where those of labels are not named.

    Raises DatasetError.
    """
    path = spec.root
    if path.is_dir():
        raise DatasetError(f"{path} is a folder, not a table. Give a CSV or Parquet file.")
    refuse_unusual(path, MAX_BYTES)
    try:
        return _parquet(spec, path) if spec.is_parquet else _text(spec, content(path, MAX_BYTES))
    except TooLarge as error:
        raise DatasetError(f"{path} has {error}. Choose a smaller table.") from error
    except OSError as error:
        raise unreadable(path, error) from error


def _read_of(spec: "CsvSpec") -> Callable[[Sequence[str]], Sequence[str]]:
    """From the header of a table, the names of the columns that are read: all where those of labels are not named."""
    if spec.several != "columns":
        return lambda header: named_columns(header, spec.columns)
    asked = [name.strip() for name in spec.label_column.split(",") if name.strip()]
    return lambda header: [*named_columns(header, spec.columns), *(asked or header)]


def _parquet(spec: "CsvSpec", path: Path) -> Table:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as file:
            rows, schema = file.metadata.num_rows, file.schema_arrow
        if rows > MAX_IMAGES:
            raise TooLarge(f"{rows:,} rows, more than {MAX_IMAGES:,}")
        names = _read_of(spec)(list(schema.names))
        if nested := [name for name in names if name and pa.types.is_nested(schema.field(name).type)]:
            raise DatasetError(f"{path}: the column {nested[0]} holds no texts or numbers. Choose another column.")
        return parquet_of(path, names, MAX_BYTES)
    except (pa.ArrowException, ValueError) as error:
        if isinstance(error, DatasetError | TooLarge):
            raise
        raise DatasetError(f"{path} is not a Parquet file that can be read: {error}.") from error


def _text(spec: "CsvSpec", given: bytes) -> Table:
    path = spec.root
    try:
        return table_of(decoded(given, spec.encoding), _read_of(spec), MAX_IMAGES)
    except csv.Error as error:
        raise DatasetError(f"{path} is not a table: {error}. Save it as CSV.") from error
    except UnicodeDecodeError as error:
        line = given.count(b"\n", 0, error.start) + 1
        said = given[given.rfind(b"\n", 0, error.start) + 1 :][:60].partition(b"\n")[0]
        guesses = " or ".join(f"{said.decode(name, 'replace').strip()!r} ({name})" for name in ("cp1252", "cp949"))
        raise DatasetError(
            f"{path}, line {line}: it is not {spec.encoding or 'UTF-8'}. Choose the encoding of the table, or save it "
            f"as UTF-8. Does it say {guesses}?"
        ) from error


def first_rows(path: Path) -> Table:
    """The first rows of a table. Raises OSError, csv.Error, and ValueError where it is none."""
    refuse_unusual(path, MAX_BYTES)
    if is_parquet(path):
        import pyarrow.parquet as pq

        with pq.ParquetFile(path) as file:
            names = list(file.schema_arrow.names)
            named = named_columns(names, ("",) * 5)
            wanted = [name for name in (named if named[1] else names) if name]  # each label may have a column
            check_size(file.metadata, wanted, MAX_BYTES)
            batch = next(file.iter_batches(batch_size=1, columns=wanted), None)
            values = batch.to_pydict() if batch is not None else {}
        return Table(names, range(1, 2 if values else 1), [list(map(str, values.get(name, [""]))) for name in names])
    with path.open("rb") as file:
        begin = file.read(_HEAD_BYTES)
    text = decoded(begin, errors="ignore")  # the names of columns and of the first image are mostly ASCII
    return table_of(text[: text.rfind("\n") + 1] or text)
