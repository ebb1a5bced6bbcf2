"""A table of colored cells that is read by pointer and by keyboard: what a cell says stands in a line above it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from explorer.texts import Immunity as T
from explorer.ui.components.parts import as_number, component, event

_component = component("heat", shared=("dom",))
_WORDS = {"hint": T.HEAT_HINT, "keys": T.HEAT_KEYS}

Chosen = tuple[int, int]  # row and column, from 0


@dataclass(frozen=True)
class Head:
    """The heading of some columns.

    Attributes:
        title: Its words.
        help: A description.
        ticks: A short word above each of its columns.
    """

    title: str
    help: str
    ticks: tuple[str, ...]


@dataclass(frozen=True)
class Cell:
    """A cell.

    Attributes:
        color: A CSS color; "" for an empty cell.
        says: What it says in full.
        text: A few characters in it.
        mark: Whether it is marked as sure.
    """

    color: str
    says: str
    text: str = ""
    mark: bool = False


@dataclass(frozen=True)
class Row:
    """A row, its title, and a cell for each column."""

    title: str
    cells: tuple[Cell, ...]


def show(
    label: str,
    heads: Sequence[Head],
    rows: Sequence[Row],
    chosen: Chosen | None,
    key: str,
    on_choose: Callable[[Chosen], None],
) -> None:
    """Mount the table or update it.

    Args:
        label: A description for screen readers.
        heads: The headings; their ticks are the columns.
        rows: The rows.
        chosen: The cell that is chosen.
        key: The key of the component.
        on_choose: Called with the row and the column of a cell that is chosen.
    """
    data = {
        "label": label,
        "heads": [asdict(head) for head in heads],
        "rows": [asdict(row) for row in rows],
        "chosen": None if chosen is None else list(chosen),
        "words": _WORDS,
    }
    _component(data=data, key=key, **event(key, "choose", on_choose, received))


def received(sent: Any) -> Chosen | None:
    """Check the form of what the browser has sent. None if it is malformed."""
    if not isinstance(sent, Mapping):
        return None
    row, column = as_number(sent.get("row")), as_number(sent.get("column"))
    return None if row is None or column is None else (row, column)
