"""Measurements that are under way or done, shared by all sessions of the server and found by what they are of."""

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
    """What is to be measured."""

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
    """Begin to measure; where somebody has begun with the same, nothing."""
    with _lock:
        _tidy()
        if request.key not in _under_way:
            _under_way[request.key] = Measuring(
                pool(), request.subjects, request.pipeline, request.seed, request.total, request.key
            )


def under_way(key: str) -> Measuring | None:
    """The measurement that works on this, or that has ended early and was not looked at yet."""
    with _lock:
        return _under_way.get(key)


def forget(key: str) -> None:
    """Drop a measurement, at work or not."""
    with _lock:
        measuring = _under_way.pop(key, None)
    if measuring is not None:
        measuring.cancel()


def result(key: str) -> DrawCounts | None:
    """The whole tally, where all draws were counted."""
    with _lock:
        _tidy()
        found = _done.get(key)
    if found is None and (found := store.load(statistics_folder(), key)) is not None:
        with _lock:
            _remember(key, found)
    return found


def not_kept(key: str) -> str:
    """Why a result is in memory only, "" where it is kept."""
    return _not_kept.get(key, "")


def _tidy() -> None:
    """Take over what is complete."""
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
