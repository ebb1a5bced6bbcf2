"""A grid of a run's images with captions and pages, and one of them large beside what the network saw of it.

The images are drawn by worker processes, appear as they come, and are kept. The browser asks again while some are
still drawn, so that this also works on a page that does not run by itself.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.draw.recorded import Card
from explorer.metrics.cells import top_classes
from explorer.texts import RecordedImages as T
from explorer.ui.components import grid
from explorer.ui.components.grid import Board, Cell, Group, Large, Pages, Words
from explorer.ui.evidence.sources import Source, of_validation
from explorer.ui.lab.fills import Drawings, Fill, Task, token
from explorer.ui.session.keys import widget_key

__all__ = ["ON_PAGE", "Caption", "Source", "close", "of_validation", "percent", "scores_text", "show"]

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


@dataclass(eq=False)
class _State:
    """The page that is open, the image that is shown large, and what is drawn for both."""

    indices: Indices
    epoch: int | None = None
    page: int = 0
    opened: int | None = None
    fill: Fill = field(default_factory=lambda: Fill(()))


def show(
    source: Source, indices: Sequence[int] | Indices, caption: Callable[[int], Caption], key: str, label: str
) -> int | None:
    """Draw a page of images, or one of them large.

    Args:
        source: The images of a split.
        indices: Places in that split, each once, in the order in which they are shown.
        caption: Called with the place of each image that is shown.
        key: The key of the component, see `widget_key`.
        label: A description of the grid for screen readers.

    Returns:
        The place of the image that is shown large; None while all are small.
    """
    state = _state(key, np.asarray(indices, np.int64), source.epoch)
    if not len(state.indices):
        st.caption(T.NONE)
        return None
    tasks = _tasks(source, state)
    patience = 0.0
    if state.fill.token != token(tasks):
        state.fill.cancel()
        sent = state.fill.sent
        state.fill, patience = Fill(tasks, _known), PATIENCE
        state.fill.sent = sent
    state.fill.wait(patience)
    shown = board(source, state.indices, state.page, state.opened, caption, state.fill.get, label)
    grid.show(
        grid.frame(shown, state.fill.sent),
        key,
        on_choose=lambda name: _choose(state, name),
        on_missing=lambda _: state.fill.sent.clear(),
        on_page=lambda number: _turn(state, number),
    )
    return state.opened


def close(key: str) -> None:
    """Forget which page and which image were open in the grid of this key."""
    st.session_state.pop(widget_key("opened", key), None)


def scores_text(classes: Sequence[str], logits: NDArray[np.float32], count: int = 3) -> str:
    """Return the most likely classes of (C,) logits with their probabilities in words."""
    parts = (T.SCORE.format(name=classes[place], share=percent(share)) for place, share in top_classes(logits, count))
    return " · ".join(parts)


def percent(share: float) -> str:
    """Return a probability in percent; one that is rounded to 100% without being 1 keeps its nines."""
    return f"{share:.1%}" if share < 0.9995 else ">99.9%"


def _state(key: str, indices: Indices, epoch: int | None) -> _State:
    name = widget_key("opened", key)
    state = st.session_state.get(name)
    if not isinstance(state, _State):
        state = st.session_state[name] = _State(indices, epoch)
    if not np.array_equal(state.indices, indices):
        state.indices, state.page = indices, 0
        if state.opened is not None and state.opened not in indices:
            state.opened = None
    return state


def _choose(state: _State, name: str) -> None:
    if not name:
        state.opened = None
    elif (index := _number(name)) is not None and index in state.indices:
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


def _tasks(source: Source, state: _State) -> list[Task]:
    """The drawings for what is open; the large pictures come first."""
    run = str(source.paths.root)
    tasks = []
    if (opened := state.opened) is not None:
        seen = (run, source.part, "seen", opened, source.epoch)
        tasks += [
            Task(source.large(opened), _LARGE_MS, source.large(opened), Refused),
            Task(seen, _LARGE_MS, source.network_input(opened), Refused),
        ]
    page = state.indices[state.page * ON_PAGE : (state.page + 1) * ON_PAGE].tolist()
    return [*tasks, *(Task(source.small(index), _SMALL_MS, source.small(index), Refused) for index in page)]


def board(
    source: Source,
    indices: Indices,
    page: int,
    opened: int | None,
    caption: Callable[[int], Caption],
    drawn: Callable[[object], Drawn],
    label: str,
) -> Board:
    """Return what the grid shows of the images that have been drawn so far; the arguments are those of `show`.

    Args:
        source: The images of a split.
        indices: Places in that split.
        page: The page, from 0.
        opened: The place of the image that is shown large, or None.
        caption: The words about an image.
        drawn: Returns a drawing by the key of its task; None if it has not come yet.
        label: A description of the grid.
    """
    first = page * ON_PAGE
    places = indices[first : first + ON_PAGE].tolist()
    cells = [_cell(source, index, caption(index), drawn(source.small(index))) for index in places]
    count = _pages(len(indices))
    text = T.PAGE.format(first=first + 1, last=first + len(places), count=len(indices))
    pages = Pages(page, count, text, T.PAGE_BACK, T.PAGE_ON, T.PAGE_KEYS) if count > 1 else None
    words = Words(label, T.HINT, T.WAITING, T.BACK, T.PREVIOUS, T.FOLLOWING)
    large = None if opened is None else _large(source, indices, opened, caption(opened), drawn)
    return Board([Group(cells)], words, width=_WIDTH, large=large, pages=pages, poll=POLL_MS, height=_LARGE_HEIGHT)


def _cell(source: Source, index: int, caption: Caption, drawn: Drawn) -> Cell:
    name = source.name(index)
    return Cell(
        id=str(index),
        title=caption.title,
        alt=T.ALT.format(title=caption.title, id=name),
        picture=drawn.picture if isinstance(drawn, Card) else None,
        note=caption.note,
        name=PurePath(name).name,
        message=drawn.message if isinstance(drawn, Refused) else "",
        mark=caption.mark,
        search=name,
    )


def _large(source: Source, indices: Indices, opened: int, caption: Caption, drawn: Callable[[object], Drawn]) -> Large:
    place = int(np.flatnonzero(indices == opened)[0])
    around = tuple(str(indices[at]) if 0 <= at < len(indices) else "" for at in (place - 1, place + 1))
    original = drawn(source.large(opened))
    seen = drawn((str(source.paths.root), source.part, "seen", opened, source.epoch))
    notes = [original.note if isinstance(original, Card) else "", seen.note if isinstance(seen, Card) else ""]
    return Large(
        title=caption.title,
        cell=_figure("original", T.ORIGINAL, original, _size(original)),
        beside=_figure("seen", T.AS_SEEN, seen, _as_seen(source, seen), exact=True),
        text="\n".join(filter(None, [caption.text, source.name(opened), *notes])),
        neighbors=(around[0], around[1]),
    )


def _figure(name: str, title: str, drawn: Drawn, note: str, *, exact: bool = False) -> Cell:
    picture = drawn.picture if isinstance(drawn, Card) else None
    message = drawn.message if isinstance(drawn, Refused) else ""
    return Cell(id=name, title=title, alt=title, picture=picture, note=note, message=message, exact=exact)


def _size(drawn: Drawn) -> str:
    return T.SIZE.format(width=drawn.size[1], height=drawn.size[0]) if isinstance(drawn, Card) else ""


def _as_seen(source: Source, drawn: Drawn) -> str:
    if not isinstance(drawn, Card):
        return ""
    if source.epoch is None:
        return T.AS_SEEN_VALIDATION.format(size=_size(drawn))
    return T.AS_SEEN_TRAINING.format(size=_size(drawn), epoch=source.epoch + 1)
