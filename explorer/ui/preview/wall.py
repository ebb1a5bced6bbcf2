"""A grid of captioned images with pages, of which one can be shown large.

The images are drawn by worker processes, appear as they come, and are kept. The browser asks again while some are
still drawn, so that this also works on a page that does not run by itself.
"""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any, Protocol

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.draw.drawing import Request
from explorer.draw.recorded import Card
from explorer.texts import RecordedImages as T
from explorer.ui.background.fills import Drawings, Fill, Task
from explorer.ui.components import grid
from explorer.ui.components.grid import Board, Cell, Group, Large, Pages, Words
from explorer.ui.session.keys import widget_key

ON_PAGE = 24
PATIENCE = 0.15  # seconds that a page waits for new pictures before it is shown with those that have come
POLL_MS = 250
_MOST_DIGITS = 15
_WIDTH = 8.5  # rem of a small picture
_LARGE_HEIGHT = 22.0  # rem of a large picture
_SMALL_MS, _LARGE_MS = 8.0, 40.0  # expected time of a drawing
_known = Drawings(400)  # pictures of some 10 to 150 kB, shared by all sessions


@dataclass(frozen=True)
class Caption:
    """The words about an image.

    Attributes:
        title: Below the small picture, and above the large one.
        note: More below the small picture, in one or more lines.
        mark: A word in the corner of the picture.
        text: Below the large picture, such as the scores of classes.
    """

    title: str
    note: str = ""
    mark: str = ""
    text: str = ""


@dataclass(frozen=True)
class Refused:
    """A picture that cannot be shown, and why."""

    message: str


Drawn = Card | Refused | None
Indices = NDArray[np.int64]


@dataclass(frozen=True)
class Picture:
    """One of the pictures of an image that is shown large.

    Attributes:
        name: Its id in the grid.
        title: Above it.
        request: Draws it.
        key: All that the drawing depends on.
        note: Returns what stands below it, from its size in words.
        exact: Whether its pixels stay sharp squares.
    """

    name: str
    title: str
    request: Request[Any]
    key: Hashable
    note: Callable[[str], str] = str
    exact: bool = False


class Album(Protocol):
    """Images by their place in a list."""

    def small(self, index: int) -> Request[Card]:
        """Return the request for a small picture, which is also the key of its drawing."""

    def large(self, index: int) -> Sequence[Picture]:
        """Return the pictures for the large view, one beside the other."""

    def name(self, index: int) -> str:
        """Return the name of an image, which no other one has."""


@dataclass(eq=False)
class _State:
    """The page that is open, the image that is shown large, and what is drawn for both."""

    indices: Indices
    page: int = 0
    opened: int | None = None
    fill: Fill = field(default_factory=lambda: Fill(()))


def show(
    album: Album,
    indices: Sequence[int] | Indices,
    caption: Callable[[int], Caption],
    key: str,
    label: str,
    aspect: float = 1.0,
    on_choose: Callable[[int], object] | None = None,
    *,
    alone: bool = False,
) -> int | None:
    """Draw a page of images, or one of them large.

    While pictures are drawn, the browser asks for them several times a second. On a page that is not drawn in a
    fragment, the whole page would run each time, and would interrupt the run of a button that was just pressed.

    Args:
        album: The images.
        indices: Their places, each once, in the order in which they are shown.
        caption: Called with the place of each image that is shown.
        key: The key of the component, see `widget_key`.
        label: A description of the grid for screen readers.
        aspect: The width of a small picture divided by its height.
        on_choose: Called with the place of an image that is clicked, which is then not shown large.
        alone: Whether the images are a fragment of their own.

    Returns:
        The place of the image that is shown large; None while all are small.
    """
    state = _state(key, np.asarray(indices, np.int64))
    if not len(state.indices):
        st.caption(T.NONE)
        return None
    opened = state.opened

    def body() -> None:
        if state.opened != opened:
            st.rerun()  # what is said about the large image is outside of the fragment
        _draw(album, state, caption, key, label, aspect, on_choose)

    if alone:
        st.fragment(body)()
    else:
        body()
    return opened


def _draw(
    album: Album,
    state: _State,
    caption: Callable[[int], Caption],
    key: str,
    label: str,
    aspect: float,
    on_choose: Callable[[int], object] | None,
) -> None:
    """Draw the images with what is drawn of them so far; the arguments are those of `show`."""
    tasks = _tasks(album, state)
    renewed = state.fill.renewed(tasks, _known)
    state.fill = renewed or state.fill
    state.fill.wait(0.0 if renewed is None else PATIENCE)
    shown = board(album, state.indices, state.page, state.opened, caption, state.fill.get, label, aspect)
    grid.show(
        grid.frame(shown, state.fill.sent),
        key,
        on_choose=lambda name: _choose(state, name, on_choose),
        on_missing=lambda _: state.fill.sent.clear(),
        on_page=lambda number: _turn(state, number),
    )


def close(key: str) -> None:
    """Forget which page and which image were open in the grid of this key."""
    st.session_state.pop(widget_key("opened", key), None)


def _state(key: str, indices: Indices) -> _State:
    name = widget_key("opened", key)
    state = st.session_state.get(name)
    if not isinstance(state, _State):
        state = st.session_state[name] = _State(indices)
    if not np.array_equal(state.indices, indices):
        state.indices, state.page = indices, 0
        if state.opened is not None and state.opened not in indices:
            state.opened = None
    return state


def _choose(state: _State, name: str, instead: Callable[[int], object] | None) -> None:
    if not name:
        state.opened = None
    elif (index := _number(name)) is not None and index in state.indices:
        if instead is not None:
            instead(index)
            return
        state.opened = index
        state.page = int(np.flatnonzero(state.indices == state.opened)[0]) // ON_PAGE


def _turn(state: _State, number: str) -> None:
    if (page := _number(number)) is not None:
        state.page = min(page, _pages(len(state.indices)) - 1)


def _number(sent: str) -> int | None:
    """The whole number that a browser has sent as text; None for anything else, also for one of too many digits."""
    return int(sent) if sent.isdecimal() and len(sent) <= _MOST_DIGITS else None


def _pages(count: int) -> int:
    return -(-count // ON_PAGE)


def _tasks(album: Album, state: _State) -> list[Task]:
    """The drawings for what is open; the large pictures come first."""
    large = [] if state.opened is None else album.large(state.opened)
    page = state.indices[state.page * ON_PAGE : (state.page + 1) * ON_PAGE].tolist()
    small = [album.small(index) for index in page]
    return [
        *(Task(picture.key, _LARGE_MS, picture.request, Refused) for picture in large),
        *(Task(request, _SMALL_MS, request, Refused) for request in small),
    ]


def board(
    album: Album,
    indices: Indices,
    page: int,
    opened: int | None,
    caption: Callable[[int], Caption],
    drawn: Callable[[object], Drawn],
    label: str,
    aspect: float = 1.0,
) -> Board:
    """Return what the grid shows of the images that have been drawn so far; the arguments are those of `show`.

    Args:
        album: The images.
        indices: Their places, in the order in which they are shown.
        page: The page, from 0.
        opened: The place of the image that is shown large, or None.
        caption: The words about an image.
        drawn: Returns a drawing by the key of its task; None if it has not come yet.
        label: A description of the grid.
        aspect: The width of a small picture divided by its height.
    """
    first = page * ON_PAGE
    places = indices[first : first + ON_PAGE].tolist()
    cells = [_cell(album, index, caption(index), drawn(album.small(index))) for index in places]
    count = _pages(len(indices))
    text = T.PAGE.format(first=first + 1, last=first + len(places), count=len(indices))
    pages = Pages(page, count, text, T.PAGE_BACK, T.PAGE_ON, T.PAGE_KEYS) if count > 1 else None
    words = Words(label, T.HINT, T.WAITING, T.BACK, T.PREVIOUS, T.FOLLOWING)
    large = None if opened is None else _large(album, indices, opened, caption(opened), drawn)
    return Board(
        [Group(cells)], words, width=_WIDTH * aspect, aspect=aspect, large=large, pages=pages, poll=POLL_MS,
        height=_LARGE_HEIGHT,
    )  # fmt: skip


def _cell(album: Album, index: int, caption: Caption, drawn: Drawn) -> Cell:
    name = album.name(index)
    short = T.BOTH.join(PurePath(one).name for one in name.split(T.BOTH))
    return Cell(
        id=str(index),
        title=caption.title,
        alt=T.ALT.format(title=caption.title, id=name),
        picture=drawn.picture if isinstance(drawn, Card) else None,
        note=caption.note,
        name="" if short == caption.title else short,
        message=drawn.message if isinstance(drawn, Refused) else "",
        mark=caption.mark,
        search=name,
    )


def _large(album: Album, indices: Indices, opened: int, caption: Caption, drawn: Callable[[object], Drawn]) -> Large:
    place = int(np.flatnonzero(indices == opened)[0])
    around = tuple(str(indices[at]) if 0 <= at < len(indices) else "" for at in (place - 1, place + 1))
    found = [(picture, drawn(picture.key)) for picture in album.large(opened)]
    notes = [one.note for _, one in found if isinstance(one, Card)]
    figures = [_figure(picture, one) for picture, one in found]
    return Large(
        title=caption.title,
        cell=figures[0],
        beside=tuple(figures[1:]),
        text="\n".join(filter(None, [caption.text, album.name(opened), *notes])),
        neighbors=(around[0], around[1]),
    )


def _figure(picture: Picture, drawn: Drawn) -> Cell:
    size = T.SIZE.format(width=drawn.size[1], height=drawn.size[0]) if isinstance(drawn, Card) else ""
    return Cell(
        id=picture.name,
        title=picture.title,
        alt=picture.title,
        picture=drawn.picture if isinstance(drawn, Card) else None,
        note=picture.note(size) if size else "",
        message=drawn.message if isinstance(drawn, Refused) else "",
        exact=picture.exact,
    )
