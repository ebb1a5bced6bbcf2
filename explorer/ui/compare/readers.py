"""Looks at the runs that are compared. A run that is over is read again only where its folder has changed."""

import contextlib
import time
from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import streamlit as st

from explorer.runs.overview.comparison import best_of
from explorer.runs.overview.view import EpochPoint, RunSnapshot, RunView
from explorer.runs.record import meta
from explorer.runs.record.paths import RunPaths
from explorer.ui.run.readers import view_of

PATIENCE_S = 0.7  # that one drawing of the page reads runs which were not read before


@dataclass(frozen=True, eq=False)
class Compared:
    """A run at one moment.

    Attributes:
        place: In the selection, from 0; it decides the color.
        name: Another one than those of the other runs: Streamlit knows an option by its title.
        best: Its best epoch so far, or None.
    """

    place: int
    name: str
    view: RunView
    snapshot: RunSnapshot
    best: EpochPoint | None

    @property
    def id(self) -> str:
        """The id of the run."""
        return self.snapshot.id

    @property
    def stamp(self) -> Hashable:
        """Another one after each new record, or another name."""
        return self.id, self.place, self.name, self.snapshot.revision

    @property
    def best_stamp(self) -> Hashable:
        """Another one where the best epoch is another one, or was trained again by a later attempt."""
        best = self.best
        return self.id, self.name, best and (best.epoch, best.step, best.seconds, tuple(sorted(best.noted.items())))


class _Reader:
    def __init__(self, root: str) -> None:
        self.view = view_of(root)
        self._last: tuple[int, str, RunSnapshot, EpochPoint | None] | None = None

    @property
    def has_read(self) -> bool:
        return self._last is not None

    def look(self, place: int) -> Compared:
        paths = self.view.paths
        changed = paths.root.stat().st_mtime_ns
        if self._last is None or self._last[0] != changed or not self._last[2].status.over:
            snapshot = self.view.refresh()
            asked = snapshot.config.name if snapshot.config else ""
            name = meta.read(paths).name or asked or paths.id
            self._last = (changed, name, snapshot, best_of(self.view, snapshot))
        _, name, snapshot, best = self._last
        return Compared(place, name, self.view, snapshot, best)


@st.cache_resource(max_entries=128, show_spinner=False)
def _reader_of(root: str) -> _Reader:
    return _Reader(root)


def look(found: Sequence[tuple[int, RunPaths]]) -> tuple[list[Compared], int]:
    """Read runs, given with their places, and return how many are still to be read.

    Reading a long run for the first time takes a while, so that only some are read at once. Runs whose folder is gone
    are left out.
    """
    runs: list[Compared] = []
    unread, end = 0, time.monotonic() + PATIENCE_S
    for place, paths in found:
        reader = _reader_of(str(Path(paths.root)))
        if not reader.has_read and runs and time.monotonic() > end:
            unread += 1
            continue
        with contextlib.suppress(FileNotFoundError):
            runs.append(reader.look(place))
    return distinct(runs), unread


def distinct(runs: Sequence[Compared]) -> list[Compared]:
    """Return runs with names that differ: a name of several runs is followed by the end of the id, or by all of it."""
    short = _marked(runs, lambda run: run.id.rsplit("-", 1)[-1])
    return short if len({run.name for run in short}) == len(short) else _marked(runs, lambda run: run.id)


def _marked(runs: Sequence[Compared], mark: Callable[[Compared], str]) -> list[Compared]:
    """Return runs with a mark after each name that several of them have."""
    count = Counter(run.name for run in runs)
    return [replace(run, name=f"{run.name} ({mark(run)})") if count[run.name] > 1 else run for run in runs]
