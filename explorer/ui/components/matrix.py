"""The confusion matrices of all epochs of a run, between which the browser moves by itself."""

import html
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from explorer.draw import frames
from explorer.figures import class_ticks, scripts
from explorer.figures.palette import VALIDATED
from explorer.texts import Charts
from explorer.texts import Matrix as T
from explorer.ui.components.parts import as_number, component, event

_component = component("matrix", shared=("frame", "dom"), before=scripts.shared("saving", "svg_context"))
_LABEL = 18  # characters of a class beside the matrix
_WORDS = {
    "modes": T.MODES, "mode": T.MODE, "hide_diagonal": T.HIDE_DIAGONAL, "without_diagonal": T.WITHOUT_DIAGONAL,
    "find": T.FIND, "zoom_in": T.ZOOM_IN, "zoom_out": T.ZOOM_OUT, "zoom_all": T.ZOOM_ALL, "label": T.LABEL,
    "predicted": T.PREDICTED, "truth": T.TRUE, "pairs": T.PAIRS, "pair": T.PAIR, "pair_count": T.PAIR_COUNT,
    "no_pairs": T.NO_PAIRS, "more_pairs": T.MORE_PAIRS, "missing": T.MISSING, "hint": T.CELL_HINT, "row": T.ROW_SUM,
    "column": T.COLUMN_SUM, "cell": T.CELL, "undefined_share": T.UNDEFINED_SHARE, "epoch": T.EPOCH,
    "epoch_so_far": T.EPOCH_SO_FAR,
    "slider": T.SLIDER, "play": T.PLAY, "pause": T.PAUSE, "best": T.BEST, "latest": T.LATEST, "no_best": T.NO_BEST,
    "no_latest": T.NO_LATEST, **Charts.SAVING,
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class Epoch:
    """The matrix of one epoch.

    Attributes:
        number: The epoch, from 0.
        key: Identifies this validation, also if an epoch is validated again by a resumed run.
        cells: (K, 2) uint32, the place and the count of each cell that is not empty, see `sparse`; None where they are
            not sent.
        missing: Whether they cannot be read.
    """

    number: int
    key: str
    cells: NDArray[np.uint32] | None
    missing: bool = False


@dataclass(frozen=True)
class Focus:
    """A cell that another part of the page leads to.

    Attributes:
        number: Grows with each time.
        choice: The epoch: "best" or "latest".
        epoch: The same epoch as a number, from 0.
    """

    number: int
    choice: Literal["best", "latest"]
    epoch: int
    row: int
    column: int


@dataclass(frozen=True)
class Opened:
    """A cell, a row or a column of an epoch whose images are wanted; None stands for all classes."""

    row: int | None
    column: int | None
    epoch: int


def sparse(counts: NDArray[np.int64]) -> NDArray[np.uint32]:
    """Return the cells of a (C, C) matrix that are not empty: (K, 2) places, counted row by row, and counts."""
    places = np.flatnonzero(counts)
    return np.stack([places, counts.reshape(-1)[places]], axis=1).astype("<u4")


def frame(
    key: str,
    names: Sequence[str],
    epochs: Sequence[Epoch],
    best: int | None,
    latest: int | None,
    focus: Focus | None = None,
    planned: int = 0,
    *,
    alone: bool = False,
    pixels: bool = False,
    of_label: bool = False,
) -> bytes:
    """Pack the data for the browser.

    Args:
        key: The run. What a person has chosen is kept for it while the section is closed.
        names: The names of the classes.
        epochs: All validated epochs, ascending.
        best: The epoch whose weights are kept, from 0; None where it is not known.
        latest: The latest epoch, from 0; None where there is none.
        focus: The cell that the page was led to last.
        planned: The number of epochs that the run is to have; 0 where it is not known.
        alone: Whether the one matrix is of no epoch, so that there is none to choose.
        pixels: Whether it counts pixels, and not images. Shares are shown at first then: counts say little.
        of_label: Whether its rows and columns are one label and its absence, and no classes.
    """
    header = {
        "key": key,
        "names": list(names),
        "labels": [html.unescape(label) for label in class_ticks.distinct(names, _LABEL)],
        "epochs": [
            {
                "number": epoch.number,
                "key": epoch.key,
                "cells": None if epoch.cells is None else epoch.cells.tobytes(),
                "missing": epoch.missing,
            }
            for epoch in epochs
        ],
        "best": best,
        "latest": latest,
        "choice": "latest" if best is None else "best",
        "focus": focus,
        "planned": planned,
        "alone": alone,
        "colors": {"stops": VALIDATED.stops},
        "mode": "rows" if pixels else "counts",
        "words": _WORDS | (T.OF_PIXELS if pixels else T.OF_LABEL if of_label else {}),
    }
    return frames.pack({**header, "stamp": blake2b(frames.pack(header), digest_size=8).hexdigest()})


def show(
    data: bytes,
    key: str,
    on_open: Callable[[Opened], None],
    on_follow: Callable[[Opened], None],
    on_close: Callable[[str], None],
    on_fetch: Callable[[int], None],
) -> None:
    """Mount the matrix or update it with a new frame.

    Args:
        data: The result of `frame`.
        key: The key of the component.
        on_open: Called with the cell, row or column whose images are wanted.
        on_follow: Called when another epoch is shown, with the same cell, row or column in it.
        on_close: Called when the images are no longer wanted.
        on_fetch: Called with the number of an epoch, from 0, whose cells were not sent and are wanted.
    """
    calls = event(key, "open", on_open, received) | event(key, "follow", on_follow, received)
    calls |= event(key, "close", on_close)
    _component(data=data, key=key, **calls, **event(key, "fetch", on_fetch, as_number))


def received(sent: Any) -> Opened | None:
    """Check the form of what the browser has sent. None if it is malformed."""
    if not isinstance(sent, Mapping):
        return None
    row, column, epoch = (sent.get(name) for name in ("row", "column", "epoch"))
    found = [None if place is None else as_number(place) for place in (row, column)]
    number = as_number(epoch)
    malformed = any(place is not None and at is None for place, at in zip((row, column), found, strict=True))
    return None if number is None or malformed or found == [None, None] else Opened(found[0], found[1], number)
