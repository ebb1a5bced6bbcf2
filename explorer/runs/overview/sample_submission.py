"""A sample submission, understood: which column holds ids, and what its other columns take."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from explorer.base.names import plain
from explorer.base.tables import Table, TableError, read_csv
from explorer.runs.overview.sample_ids import SampleIds

Fills = Literal["probabilities", "probability", "label", "number"]
NAMED = 10  # ids that a message names
_DIGITS = 6  # of the number of a class; Python refuses to read thousands
_AFFIXES = ("probability", "prob", "proba", "p", "class", "label", "score", "target", "is", "pred", "prediction")


class SubmissionError(ValueError):
    """A sample submission that cannot be filled; the message says what does not fit and what to do.

    Attributes:
        missing: The ids of the sample that have no prediction.
    """

    def __init__(self, message: str, missing: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.missing = tuple(missing)


@dataclass(frozen=True)
class Sample:
    """A sample submission, understood.

    Attributes:
        header: The names of its columns.
        ids: The id of each row, in their order.
        id_column: The place of the column of ids.
        columns: Place of each other column -> the class whose probability it takes; -1 where it takes the prediction.
        fills: What the other columns take: the "probabilities" of all classes, the "probability" of one, the name of
            the predicted class ("label"), or its "number" from 0.
        delimiter: What separates cells.
    """

    header: tuple[str, ...]
    ids: tuple[str, ...]
    id_column: int
    columns: Mapping[int, int]
    fills: Fills
    delimiter: str


def sample_table(file: Path, besides: str) -> Table:
    """Read the table of a sample submission.

    Args:
        file: A CSV file.
        besides: What it needs beside a column of ids, as a message calls it.

    Raises:
        SubmissionError: It cannot be read, or has too few columns or rows.
    """
    try:
        table = read_csv(file)
    except (TableError, OSError) as error:
        words = error.strerror if isinstance(error, OSError) else error
        raise SubmissionError(f"The sample submission cannot be read: {words}") from error
    if len(table.header) < 2 or not table.rows:
        raise SubmissionError(f"{file.name} needs a column of ids, {besides}, and a row below the header.")
    return table


def read_sample(file: Path, classes: Sequence[str], ids: Sequence[str] = (), fills: Fills | None = None) -> Sample:
    """Understand a sample submission.

    Args:
        file: A CSV file whose first row names the columns.
        classes: The names of the classes of the prediction.
        ids: What the predicted images are called: the column that names most of them is that of ids. Without any it is
            the first column.
        fills: What its columns take; None recognizes it from their names and values.

    Raises:
        SubmissionError: It cannot be read or understood.
    """
    table = sample_table(file, "another column")
    if len(set(table.header)) < len(table.header):
        raise SubmissionError(f"{file.name} has two columns of the same name.")
    at = _id_column(table, ids)
    cells = [[row[place] if place < len(row) else "" for row in table.rows] for place in range(len(table.header))]
    others = [place for place in range(len(table.header)) if place != at]
    columns, found = _understood([(place, table.header[place], cells[place]) for place in others], classes, fills)
    return Sample(tuple(table.header), tuple(cells[at]), at, columns, found, table.delimiter)


def _id_column(table: Table, ids: Sequence[str]) -> int:
    """The column whose texts name the most predicted images."""
    known = SampleIds(ids)
    looked = table.rows[:200]
    named = [
        {row for cells in looked if place < len(cells) and (row := known.find(cells[place])) >= 0}
        for place in range(len(table.header))
    ]
    return int(np.argmax(list(map(len, named))))


def _understood(
    columns: Sequence[tuple[int, str, Sequence[str]]], classes: Sequence[str], fills: Fills | None
) -> tuple[dict[int, int], Fills]:
    if len(columns) > 1:
        if fills not in (None, "probabilities"):
            raise SubmissionError(f"The sample has {len(columns)} columns besides the ids, and a {fills} fills one.")
        return {place: number for (place, _, _), number in zip(columns, _by_name(columns, classes), strict=True)}, (
            "probabilities"
        )
    ((place, name, values),) = columns
    if fills == "probabilities":
        raise SubmissionError("The sample has one column besides the ids, and probabilities need one for each class.")
    found = fills or _fills_of(values, classes)
    if found != "probability":
        return {place: -1}, found
    if (named := _class_of(name, classes)) is not None:
        return {place: named}, found
    if len(classes) != 2:
        raise SubmissionError(
            f"The column {name} holds one number for each id, but there are {len(classes)} classes: it is not known "
            "whose probability it takes. Name the column after a class, or ask for labels."
        )
    return {place: 1}, found


def _by_name(columns: Sequence[tuple[int, str, Sequence[str]]], classes: Sequence[str]) -> list[int]:
    """The class of each column. Raises SubmissionError unless each class has one column."""
    names = [name for _, name, _ in columns]
    found = [_class_of(name, classes) for name in names]
    if found == [None] * len(classes) and (numbers := _numbers(names)) is not None and not _are_numbers(classes, names):
        return numbers
    unknown = [name for name, number in zip(names, found, strict=True) if number is None]
    if unknown:
        raise SubmissionError(
            f"These columns of the sample are no classes of the prediction: {listed(unknown)}. Its classes are "
            f"{listed(classes)}."
        )
    numbers = [number for number in found if number is not None]
    if lacking := [name for number, name in enumerate(classes) if number not in numbers]:
        raise SubmissionError(f"The sample has no column for these classes: {listed(lacking)}.")
    if len(set(numbers)) < len(numbers):
        raise SubmissionError(f"Several columns of the sample mean the same class: {listed(names)}.")
    return numbers


def _class_of(name: str, classes: Sequence[str]) -> int | None:
    """The class that a column is named after, as it is or with a word such as "prob" around it."""
    asked = _bare(name)
    exact = [number for number, each in enumerate(classes) if plain(each) == plain(name)]
    loose = [number for number, each in enumerate(classes) if _bare(each) == asked]
    return exact[0] if exact else loose[0] if len(loose) == 1 else None


def _bare(name: str) -> str:
    words = "".join(letter if letter.isalnum() else " " for letter in plain(name).casefold()).split()
    return " ".join(word for word in words if word not in _AFFIXES) or " ".join(words)


def _numbers(names: Sequence[str]) -> list[int] | None:
    """The numbers of classes in names such as "0" or "class_0"; None unless they are 0 to C - 1."""
    found = [_bare(name) for name in names]
    if not all(len(each) <= _DIGITS and each.isascii() and each.isdigit() for each in found):
        return None
    numbers = [int(each) for each in found]
    return numbers if sorted(numbers) == list(range(len(names))) else None


def _are_numbers(classes: Sequence[str], names: Sequence[str]) -> bool:
    """Whether classes that are numbers, such as 01 and 03, mean others than the places that columns are named after."""
    own = _whole(classes)
    meant = _whole([_bare(name) for name in names]) or []
    return own is not None and own != list(range(len(own))) and not set(own).isdisjoint(meant)


def _whole(names: Sequence[str]) -> list[int] | None:
    """The whole numbers that all of these names are; None where one is something else."""
    found = [_number(name.strip()) for name in names]
    numbers = [int(each) for each in found if each is not None and each.is_integer()]
    return numbers if len(numbers) == len(names) else None


def _fills_of(values: Sequence[str], classes: Sequence[str]) -> Fills:
    """What one column takes, by the values that it has in the sample."""
    cells = {cell.strip() for cell in values}
    if cells <= {plain(name) for name in classes} | set(classes):
        return "label"
    if all(cell.isascii() and cell.isdigit() for cell in cells):
        return _whole_fills({int(cell) for cell in cells}, classes)
    if all(_number(cell) is not None for cell in cells):
        return "probability"
    if cells == {""}:
        raise SubmissionError("The sample is blank below its header. Say whether it takes a label or a probability.")
    strange = next(cell for cell in sorted(cells) if cell not in classes and _number(cell) is None)
    raise SubmissionError(f"The sample holds “{strange}”, which is neither a number nor a class ({listed(classes)}).")


def _whole_fills(numbers: Collection[int], classes: Sequence[str]) -> Fills:
    """What a column of whole numbers takes: names of classes that are numbers themselves, else numbers from 0."""
    if _whole(classes) is not None:
        return "label"
    if max(numbers) < len(classes):
        return "number"
    raise SubmissionError(
        f"The sample holds whole numbers up to {max(numbers)}, but the {len(classes)} classes ({listed(classes)}) are "
        f"numbered from 0 to {len(classes) - 1}. Say what its column takes."
    )


def _number(cell: str) -> float | None:
    try:
        found = float(cell)
    except ValueError:
        return None
    return found if np.isfinite(found) else None


def listed(names: Sequence[str]) -> str:
    more = len(names) - NAMED
    return ", ".join(map(plain, names[:NAMED])) + (f" and {more:,} more" if more > 0 else "")
