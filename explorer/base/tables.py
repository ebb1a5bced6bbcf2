"""Tables as CSV files: written so that spreadsheets open them without running anything in them, and read."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from explorer.base.names import shown

Cell = str | int | float | None

# Spreadsheets take a text that begins so for a formula. The last four are the same signs in full width, as East Asian
# input methods write them.
_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
_MARK = "'"


MAX_BYTES = 200_000_000  # of a file that is read
TEXTS = frozenset({".csv", ".tsv"})
PARQUET = frozenset({".parquet", ".pq"})
TABLES = TEXTS | PARQUET


def is_parquet(file: Path) -> bool:
    """Whether the name of a file says that it is a Parquet table."""
    return file.suffix.lower() in PARQUET


class TableError(ValueError):
    """A file that cannot be read as a table; the message names it and says what to do."""


@dataclass(frozen=True)
class Table:
    """A table of texts: the names of its columns, its rows without blank ones, and what separates its cells."""

    header: list[str]
    rows: list[list[str]]
    delimiter: str


def read_csv(file: Path) -> Table:
    """Read a CSV or TSV file whose first row names the columns; a row may be shorter than that. See `decoded`.

    Raises:
        TableError: It is no such table, or too large.
        OSError: It cannot be read.
    """
    if file.stat().st_size > MAX_BYTES:
        raise TableError(f"{file.name} is larger than {MAX_BYTES // 1_000_000} MB. Choose a smaller table.")
    try:
        text = decoded(file.read_bytes())
    except UnicodeDecodeError as error:
        raise TableError(f"{file.name} is not UTF-8. Save the table as UTF-8.") from error
    delimiter = max(",;\t", key=text.partition("\n")[0].count)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise TableError(f"{file.name} is not a table: {error}. Save it as CSV.") from error
    filled = [row for row in rows if any(cell.strip() for cell in row)]
    if not filled:
        raise TableError(f"{file.name} is empty.")
    return Table([name.strip() for name in filled[0]], filled[1:], delimiter)


def decoded(content: bytes, encoding: str = "", errors: str = "strict") -> str:
    """The text of a CSV file. encoding: its name; "" for UTF-8, or UTF-16 where the first bytes say so.

    Raises UnicodeDecodeError.
    """
    if not encoding and b"\0" in content[:4]:  # ASCII in UTF-16 without a mark
        encoding = "utf-16-le" if content[:1] != b"\0" else "utf-16-be"
    elif not encoding and content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encoding = "utf-16"
    text = content.decode(encoding or "utf-8-sig", errors).removeprefix("\ufeff")
    return text if "\n" in text else text.replace("\r", "\n")


def csv_bytes(head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """Write a table as CSV in UTF-8, with the mark by which Excel knows the encoding.

    Numbers are written as they are, None as nothing, and texts by `safe`.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(head)
    writer.writerows([safe(cell) if isinstance(cell, str) else cell for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def unmarked(cell: str) -> str:
    """Return the text that `safe` has written as this cell of a table."""
    return cell.removeprefix(_MARK)


def safe(text: str) -> str:
    """Put an apostrophe before a text that a spreadsheet may run as a formula, or that begins with an apostrophe.

    So a reader gets each text back by `unmarked`. A formula is what begins with one of
    = + - @, also after white space or in full width; rule by OWASP, https://owasp.org/www-community/attacks/CSV_Injection.
    """
    written = shown(text)
    begins = written.lstrip()[:1]
    risky = begins in _FORMULA if begins else False
    return _MARK + written if risky or written.startswith((_MARK, "\t", "\r", "\n")) else written
