"""Tables whose images can have several labels: in one column with a delimiter, or in columns of 0 and 1."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from explorer.base.names import plain
from explorer.base.words import counted
from explorer.data.class_names import checked
from explorer.data.contents import LeftOut
from explorer.data.dataset import DatasetError
from explorer.data.tables import Row, Table

BETWEEN = "\x1f"  # between the labels of a row once they are read; in no label that is typed
DELIMITERS = ("|", ";", ",", " ")
COLUMN = "\x1flabels"  # the header of the column that columns of 0 and 1 are read into
TRUTH = {"1": True, "1.0": True, "true": True, "0": False, "0.0": False, "false": False}
_EMPTY = ("", "nan")  # the second is what pandas writes for nothing
_UNCERTAIN = ("-1", "-1.0")
_ONE_EACH = "Each image has exactly one of these labels: they may be classes, of which an image has one."
_NAMED = 6
MOST_LABELS = 5_000
MOST_CELLS = 100_000_000  # images times labels


@dataclass(frozen=True)
class Several:
    """Rows whose `label` holds all labels of the image, with `BETWEEN` between them, in the order of `classes`.

    Attributes:
        rows: those that can be used.
        classes: the names of the labels.
        left_out: rows that cannot be used.
        notes: what was understood, in sentences.
    """

    rows: list[Row]
    classes: tuple[str, ...]
    left_out: tuple[LeftOut, ...]
    notes: tuple[str, ...]


def labels_in(cell: str, delimiter: str) -> list[str]:
    """The labels in a cell, without spaces around them; they may repeat."""
    parts = [plain(part.strip()) for part in cell.split(delimiter)]
    return [part for part in parts if part.casefold() not in _EMPTY]


def of_cells(rows: Sequence[Row], delimiter: str) -> Several:
    """Read rows whose cells hold the labels of an image; an empty cell is an image without labels."""
    cells = {row.label: labels_in(row.label, delimiter) for row in rows}
    classes = tuple(sorted({label for labels in cells.values() for label in labels}))
    _check(len(rows), len(classes))
    place = {label: number for number, label in enumerate(classes)}
    joined = {cell: BETWEEN.join(sorted(set(labels), key=place.__getitem__)) for cell, labels in cells.items()}
    found = [row._replace(label=joined[row.label]) for row in rows]
    notes = [f"Several labels for an image, with {_called(delimiter)} between them: {_listed(classes)}."]
    if repeats := sum(len(cells[row.label]) > len(set(cells[row.label])) for row in rows):
        notes.append(f"{counted(repeats, 'row names', 'rows name')} a label twice: it counts once.")
    return Several(found, classes, (), (*notes, *_without(found)))


def of_columns(table: Table, rows: Sequence[Row], names: Sequence[str], unit: str) -> Several:
    """Read rows whose labels are columns of 0 and 1.

    Args:
        table: the table, with these columns.
        rows: its rows.
        names: of the columns of labels.
        unit: what a place in the table is called, "line" or "row".

    Raises DatasetError for two columns of one name, and for too many labels.
    """
    classes = checked(names, "The header of the table, where each label has a column,", MOST_LABELS)
    truth = [_truth(table.columns[table.header.index(name)]) for name in names]
    _check(len(rows), len(classes))
    found, left = [], []
    for place, row in enumerate(rows):
        cells = [(name, column[place]) for name, column in zip(names, truth, strict=True)]
        wrong = next((cell for cell in cells if isinstance(cell[1], str)), None)
        if wrong is None:
            mine = [name for name, column in zip(classes, truth, strict=True) if column[place]]
            found.append(row._replace(label=BETWEEN.join(mine)))
        else:
            left.append(_wrong(row, *wrong, unit))
    notes = [f"Several labels for an image, each a column of 0 and 1: {_listed(classes)}."]
    if empty := sum(value is None for column in truth for value in column):
        notes.append(counted(empty, "empty cell of a label counts as 0.", "empty cells of labels count as 0."))
    if found and all(row.label and BETWEEN not in row.label for row in found):
        notes.append(_ONE_EACH)
    return Several(found, classes, tuple(left), (*notes, *_without(found)))


def notes_of(labels: NDArray[np.int64]) -> list[str]:
    """What there is to say about the (N, L) labels of an array, 0 or 1, in sentences."""
    each = labels.sum(axis=1)
    return [*([_ONE_EACH] if len(each) and (each == 1).all() else []), *_none(int((each == 0).sum()))]


def _check(rows: int, labels: int) -> None:
    """Raise DatasetError for more labels than a network has outputs for, or than fit into memory for all images."""
    if labels > MOST_LABELS or rows * labels > MOST_CELLS:
        raise DatasetError(
            f"The table has {labels:,} different labels for {rows:,} rows. At most {MOST_LABELS:,} labels and "
            f"{MOST_CELLS:,} labels times rows can be used. Is it another column, or another delimiter?"
        )


def _truth(cells: Sequence[str]) -> list[bool | str | None]:
    """The values of a column of labels: None for an empty cell, and the text itself for one that is neither 0 nor 1."""
    known: dict[str, bool | str | None] = {
        cell: None if cell.casefold() in _EMPTY else TRUTH.get(cell.casefold(), cell) for cell in set(cells)
    }
    return [known[cell] for cell in cells]


def _wrong(row: Row, name: str, value: object, unit: str) -> LeftOut:
    at, said = f"{unit} {row.line}", str(value)[:40]
    if value in _UNCERTAIN:
        words = (
            f"{name} is {said}, which means uncertain in some sets. Write 0 or 1 for it, as you count uncertain ones."
        )
        return LeftOut(at, words, f"a label is {said}, uncertain, and neither 0 nor 1")
    return LeftOut(at, f"{name} is {said!r}. Expected 0 or 1.", "a label is neither 0 nor 1")


def _without(rows: Iterable[Row]) -> tuple[str, ...]:
    return _none(sum(not row.label for row in rows))


def _none(count: int) -> tuple[str, ...]:
    return (f"{counted(count, 'image has', 'images have')} none of the labels.",) if count else ()


def _listed(classes: Sequence[str]) -> str:
    more = f" and {len(classes) - _NAMED:,} more" if len(classes) > _NAMED else ""
    return f"{', '.join(classes[:_NAMED])}{more}"


def _called(delimiter: str) -> str:
    return {" ": "a space"}.get(delimiter, delimiter)


def matrix_of(rows: Sequence[Row], classes: Sequence[str]) -> NDArray[np.int64]:
    """(N, L) 1 where the image of a row has a label, and 0 elsewhere."""
    place = {name: number for number, name in enumerate(classes)}
    found = np.zeros((len(rows), len(classes)), np.int64)
    for at, row in enumerate(rows):
        if row.label:
            found[at, [place[name] for name in row.label.split(BETWEEN)]] = 1
    return found


def with_column(table: Table) -> Table:
    """The table with an empty column of labels, in which the rows of columns of 0 and 1 are read."""
    return replace(table, header=[*table.header, COLUMN], columns=[*table.columns, [""] * len(table.lines)])


def label_columns(table: Table, taken: Iterable[str]) -> list[str]:
    """The names of the columns that hold 0 and 1 alone, or -1, and that are none of those that are taken."""
    other = set(taken)
    return [
        name
        for name, cells in zip(table.header, table.columns, strict=True)
        if name not in other and _are_labels(set(cells))
    ]


def _are_labels(values: set[str]) -> bool:
    plain_values = {value.casefold() for value in values}
    return bool(plain_values & TRUTH.keys()) and plain_values <= {*TRUTH, *_EMPTY, *_UNCERTAIN}


def delimiter_in(cells: Iterable[str]) -> str:
    """The delimiter between several labels of a cell, where that is safe to say; "" for one label in each.

    Bars and semicolons are hardly ever in a name. Commas and spaces are: they count only where most of the parts are
    also a cell by themselves, as "scab" is where another cell says "scab rust".
    """
    different = Counter(cells)
    for delimiter in DELIMITERS:
        split = {cell: labels_in(cell, delimiter) for cell in different}
        several = [labels for labels in split.values() if len(labels) > 1]
        parts = {part for labels in split.values() for part in labels}
        if not several or len(parts) >= max(len(split), 2) + (delimiter in "|;"):
            continue
        alone = sum((part in different) for part in parts)
        if delimiter in "|;" or 2 * alone >= len(parts):
            return delimiter
    return ""
