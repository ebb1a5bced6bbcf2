"""Measurements that are under way or done, shared by all sessions of the server; requests identify them."""

import threading
from collections import OrderedDict
from dataclasses import dataclass
from functools import cached_property

from explorer.augment.draws import store
from explorer.augment.draws.counts import DrawCounts
from explorer.augment.pipeline import Pipeline
from explorer.draw.measuring import Measuring
from explorer.draw.pictures import Subject
from explorer.draw.pool import pool
from explorer.ui.keeping.places import statistics_folder

KEPT = 16  # results in memory


@dataclass(frozen=True, eq=False)
class Request:
    """A pipeline, the pictures to measure it on, the first seed and the number of draws."""

    subjects: tuple[Subject, ...]
    pictures: tuple[str, ...]
    pipeline: Pipeline
    seed: int
    total: int

    @cached_property
    def key(self) -> str:
        return store.key(self.pictures, self.pipeline, self.seed, self.total)


_lock = threading.Lock()
_under_way: dict[str, Measuring] = {}
_done: OrderedDict[str, DrawCounts] = OrderedDict()
_not_kept: dict[str, str] = {}


def start(request: Request) -> None:
    """Start a measurement, unless the same one is under way already."""
    with _lock:
        _tidy()
        if request.key not in _under_way:
            _under_way[request.key] = Measuring(
                pool(), request.subjects, request.pipeline, request.seed, request.total, request.key
            )


def under_way(key: str) -> Measuring | None:
    """Return the measurement that is running, or that ended early and was not read yet."""
    with _lock:
        return _under_way.get(key)


def forget(key: str) -> None:
    """Cancel a measurement and drop it."""
    with _lock:
        measuring = _under_way.pop(key, None)
    if measuring is not None:
        measuring.cancel()


def result(key: str) -> DrawCounts | None:
    """Return the counts if all draws were measured."""
    with _lock:
        _tidy()
        found = _done.get(key)
    if found is None and (found := store.load(statistics_folder(), key)) is not None:
        with _lock:
            _remember(key, found)
    return found


def not_kept(key: str) -> str:
    """Return why a result is in memory only; "" if it was saved."""
    return _not_kept.get(key, "")


def _tidy() -> None:
    """Keep the results of complete measurements."""
    for key, measuring in list(_under_way.items()):
        if measuring.complete and not measuring.running:
            del _under_way[key]
            _remember(key, measuring.tally)
            try:
                store.keep(statistics_folder(), key, measuring.tally)
            except OSError as error:
                _not_kept[key] = error.strerror or str(error)


def _remember(key: str, tally: DrawCounts) -> None:
    _done[key] = tally
    _done.move_to_end(key)
    while len(_done) > KEPT:
        _done.popitem(last=False)
