"""A grid of captioned pictures in groups, to view and to choose from."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

from explorer.draw import frames
from explorer.texts import Lab as T
from explorer.ui.components.parts import component, event

_component = component("grid", shared=("frame", "dom"))


@dataclass(frozen=True)
class Cell:
    """A picture to choose.

    Attributes:
        id: The value that is sent when it is chosen.
        alt: A description for people who cannot see the picture.
        picture: JPEG or PNG. None if it is not drawn yet, or if `message` says why it cannot be drawn.
        mark: A word in the corner of the picture.
        name: A line of its own below the other words, such as the name of a file; it is cut where it is too long.
        search: More text that the search finds.
        exact: Whether the pixels of an enlarged picture stay sharp squares.
    """

    id: str
    title: str
    alt: str
    picture: bytes | None = None
    note: str = ""
    name: str = ""
    message: str = ""
    mark: str = ""
    search: str = ""
    exact: bool = False


@dataclass(frozen=True)
class Group:
    """Cells under an optional heading."""

    cells: Sequence[Cell]
    title: str = ""
    note: str = ""


@dataclass(frozen=True)
class Large:
    """A cell that is shown large, alone or with those `beside` it.

    Attributes:
        actions: The names of actions, with their labels.
        text: What stands below the pictures.
        neighbors: The ids of the cells before and after it, "" for none; None: those of the shown cells.
    """

    title: str
    cell: Cell
    beside: tuple[Cell, ...] = ()
    actions: Mapping[str, str] = field(default_factory=dict)
    text: str = ""
    neighbors: tuple[str, str] | None = None


@dataclass(frozen=True)
class Pages:
    """The pages of a grid that does not show all of its cells at once.

    Attributes:
        number: The page that is shown, from 0.
        count: How many pages there are.
        text: What it shows, such as "25–48 of 113".
        back, on: The titles of the buttons.
        keys: Which keys turn the pages.
    """

    number: int
    count: int
    text: str
    back: str
    on: str
    keys: str


@dataclass(frozen=True)
class Words:
    """The texts of a grid.

    Attributes:
        label: The name of the grid.
        hint: The effect of a click on a cell.
        waiting: Shown in a cell whose picture is not drawn yet.
        back, previous, following: The ways from the large cell back to all cells, and to its neighbors.
        search: The placeholder of the search field; "" for no field.
        found: The number of results, with {shown} and {count}.
        nothing: Shown if the search finds nothing.
    """

    label: str
    hint: str
    waiting: str = T.WAITING
    back: str = T.BACK
    previous: str = T.PREVIOUS
    following: str = T.FOLLOWING
    search: str = ""
    found: str = ""
    nothing: str = ""


@dataclass(frozen=True)
class Board:
    """All that a grid shows.

    Attributes:
        columns: The number of columns in each group; 0 for as many as fit at `width` rem.
        abreast: Whether groups are placed side by side.
        aspect: The width of a picture divided by its height.
        notice: A message above the cells.
        picks: Whether cells are small, and a click chooses one or takes the choice back. Chosen cells have a mark.
        pages: The pages, if there are several.
        height: Of the large pictures, in rem; 0: what the window has room for.
        poll: Milliseconds after which the browser asks for pictures that are still drawn; 0: the page itself looks.
    """

    groups: Sequence[Group]
    words: Words
    columns: int = 0
    width: float = 10.0
    abreast: bool = False
    aspect: float = 1.0
    large: Large | None = None
    notice: str = ""
    picks: bool = False
    pages: Pages | None = None
    height: float = 0.0
    poll: int = 0


def frame(board: Board, sent: set[str] | None = None) -> bytes:
    """Pack the data for the browser. Pictures in `sent` are left out, and the others are added to it."""
    known = set() if sent is None else sent
    groups = [{**vars(group), "cells": [_cell(cell, known) for cell in group.cells]} for group in board.groups]
    return frames.pack({**vars(board), "groups": groups, "large": None if board.large is None else _large(board.large)})


def _large(large: Large) -> dict[str, Any]:
    cells = [large.cell, *large.beside]
    return {
        "id": large.cell.id,
        "title": large.title,
        "cells": [_cell(cell, set()) for cell in cells],
        "actions": dict(large.actions),
        "text": large.text,
        "neighbors": large.neighbors,
    }


def _cell(cell: Cell, known: set[str]) -> dict[str, Any]:
    # The browser recognizes a picture that it already has by its stamp.
    stamp = "" if cell.picture is None else blake2b(cell.picture, digest_size=8).hexdigest()
    here = f"{cell.id}:{stamp}"
    picture = None if here in known else cell.picture
    if picture is not None:
        known.add(here)
    return {**vars(cell), "picture": picture, "stamp": stamp}


def _ignore(sent: str) -> None: ...


def show(
    data: bytes,
    key: str,
    on_choose: Callable[[str], None],
    on_act: Callable[[str], None] = _ignore,
    on_missing: Callable[[str], None] = _ignore,
    on_page: Callable[[str], None] = _ignore,
) -> None:
    """Mount the grid or update it with a new frame.

    Args:
        data: The result of `frame`.
        key: The key of the component.
        on_choose: Called with the id of a cell that is chosen, or with "" for the way back to all cells.
        on_act: Called with the name of an action of the large cell.
        on_missing: Called when the browser has lost pictures and needs all of them again.
        on_page: Called with the number of a page, from 0.
    """
    calls = event(key, "choose", on_choose) | event(key, "act", on_act) | event(key, "missing", on_missing)
    # A browser that asks for pictures that are still drawn only needs the script to run again.
    _component(data=data, key=key, **calls, **event(key, "page", on_page), **event(key, "more", _ignore))
