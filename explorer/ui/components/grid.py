"""Pictures with captions, in groups, to look at and to choose from: one component, whatever their number."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

import streamlit as st

from explorer.draw import frames
from explorer.ui.components.parts import component

_component = component("grid", shared=("frame",))


@dataclass(frozen=True)
class Cell:
    """A picture to choose. id: what `chosen` gives. picture: JPEG; None: not drawn yet, or `message` says why not.

    mark: a word in its corner that sets it apart. alt: what it shows, for those who do not see it. search: further
    text by which it is found.
    """

    id: str
    title: str
    alt: str
    picture: bytes | None = None
    note: str = ""
    message: str = ""
    mark: str = ""
    search: str = ""


@dataclass(frozen=True)
class Group:
    """Cells under a heading, if it has one."""

    cells: Sequence[Cell]
    title: str = ""
    note: str = ""


@dataclass(frozen=True)
class Large:
    """A cell that is shown large, alone or with the one `beside` it.

    actions: what can be done with it, name -> label; the name is what `acted` gives.
    """

    title: str
    cell: Cell
    beside: Cell | None = None
    actions: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Words:
    """label: of the whole. hint: what a click on a cell does. search: in the search field, "" for none.

    found: with {shown} and {count}. nothing: where nothing is found. waiting: of a cell without a picture yet.
    back: leads from the large cell to all.
    """

    label: str
    hint: str
    waiting: str
    back: str
    previous: str
    following: str
    search: str = ""
    found: str = ""
    nothing: str = ""


@dataclass(frozen=True)
class Board:
    """columns: of cells in each group, 0 for as many as fit at `width` rem. notice: what is to be said above.

    abreast: whether groups stand side by side. aspect: width of a cell's picture over its height.
    """

    groups: Sequence[Group]
    words: Words
    columns: int = 0
    width: float = 10.0
    abreast: bool = False
    aspect: float = 1.0
    large: Large | None = None
    notice: str = ""


def frame(board: Board, sent: set[str] | None = None) -> bytes:
    """What travels to the browser.

    sent: the cells with the pictures that the browser was given before; those do not travel again, new ones are added.
    """
    known = set() if sent is None else sent
    groups = [{**vars(group), "cells": [_cell(cell, known) for cell in group.cells]} for group in board.groups]
    return frames.pack({**vars(board), "groups": groups, "large": None if board.large is None else _large(board.large)})


def _large(large: Large) -> dict[str, Any]:
    cells = [large.cell] if large.beside is None else [large.cell, large.beside]
    return {
        "id": large.cell.id,
        "title": large.title,
        "cells": [_cell(cell, set()) for cell in cells],
        "actions": dict(large.actions),
    }


def _cell(cell: Cell, known: set[str]) -> dict[str, Any]:
    # By the stamp the browser knows a picture that it has painted already.
    stamp = "" if cell.picture is None else blake2b(cell.picture, digest_size=8).hexdigest()
    here = f"{cell.id}:{stamp}"
    picture = None if here in known else cell.picture
    if picture is not None:
        known.add(here)
    return {**vars(cell), "picture": picture, "stamp": stamp}


def show(
    data: bytes, key: str, on_choose: Callable[[], None], on_act: Callable[[], None], on_missing: Callable[[], None]
) -> None:
    """Mount the grid, or hand a new frame to the one that is mounted.

    on_missing: called where the browser has lost pictures that were sent before, and wants all of them again.
    """
    _component(data=data, key=key, on_choose_change=on_choose, on_act_change=on_act, on_missing_change=on_missing)


def chosen(key: str) -> str | None:
    """The id of the cell that was just chosen, "" for back to all, or None."""
    return _heard(key, "choose")


def acted(key: str) -> str | None:
    """The name of the action that was just chosen for the large cell, or None."""
    return _heard(key, "act")


def _heard(key: str, event: str) -> str | None:
    found = getattr(st.session_state.get(key), event, None)
    return found if isinstance(found, str) else None
