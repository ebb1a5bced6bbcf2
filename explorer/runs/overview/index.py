"""A cache of what was read from runs that are over: in memory, and in a file that can be thrown away at any time.

An entry counts only while the files that it was read from look as they did then. A run that is resumed gets a new
launch record, which changes its folder's time; so it is read again, and its status is never taken from here.

All that the app writes into a run that is over changes the time of its folder, so each look asks for the folders, and
only now and then for every file: somebody may have edited one by hand, in its place.
"""

import contextlib
import functools
import json
import math
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, TypeVar

from explorer.base.atomic import read_json_object, write_bytes_atomic
from explorer.base.home import made_home
from explorer.runs.record.paths import RunPaths, is_run, list_ids, runs_root

T = TypeVar("T")
Times = tuple[int, ...]
Signature = tuple[Times, ...]  # of numbers alone: the garbage collector passes tuples of these over

WRITE_EVERY_S = 5.0
EVERY_FILE_S = 10.0
_FORMAT = 2
# What changed so lately is read again next time: a second change within one tick of the file system's clock, which
# may be 2 s on a stick, would leave no trace in its times.
SETTLED_S = 2.5


@dataclass(frozen=True)
class _Entry(Generic[T]):
    """stamp: what else the value holds under; empty where it holds for ever."""

    attempt: int
    signature: Signature
    value: T
    stamp: str


@dataclass
class _Known(Generic[T]):
    """What is known of one home. looked: at every file of a run, and written: the file, in monotonic seconds."""

    root: Path
    entries: dict[str, _Entry[T]] = field(default_factory=dict)
    looked: dict[str, float] = field(default_factory=dict)
    written: float = -math.inf


class Index(Generic[T]):
    """Values of runs by their id. Threads may share it: at worst two of them read the same run.

    read: one run, at this moment. keep: whether a value may be kept. stamp: what else a value may depend on, such as
    the day; it is read again where that has changed, if it ages. encode, decode: to JSON and back; decode may raise
    KeyError, TypeError, ValueError or AttributeError for what it does not understand.
    """

    def __init__(
        self,
        name: str,
        read: Callable[[RunPaths], T],
        keep: Callable[[T], bool],
        ages: Callable[[T], bool],
        stamp: Callable[[], str],
        encode: Callable[[T], dict[str, Any]],
        decode: Callable[[RunPaths, Mapping[str, Any]], T],
    ) -> None:
        self._name, self._read, self._keep, self._ages, self._stamp = name, read, keep, ages, stamp
        self._encode, self._decode = encode, decode
        self._homes: dict[Path, _Known[T]] = {}

    def all(self) -> tuple[T, ...]:
        """The value of each run, newest first: the same objects as before for those that have not changed."""
        known, stamp = self._of_home(), self._stamp()
        found: list[T] = []
        kept: dict[str, _Entry[T]] = {}
        for run_id in list_ids(known.entries):
            entry = self._kept(run_id, known, stamp)
            good = entry is not None
            if entry is None:
                paths = RunPaths(known.root / run_id)
                if not is_run(paths):
                    continue
                entry, good = self._anew(paths, stamp)
            found.append(entry.value)
            if good:
                kept[run_id] = entry
        if kept != known.entries:
            known.entries = kept
            self._store(known)
        return tuple(found)

    def _of_home(self) -> _Known[T]:
        root = runs_root()
        if root not in self._homes:
            self._homes[root] = _Known(root, self._load(root))
        return self._homes[root]

    def _kept(self, run_id: str, known: _Known[T], stamp: str) -> _Entry[T] | None:
        """The entry of a run, where it holds at this moment."""
        entry = known.entries.get(run_id)
        if entry is None or entry.stamp not in ("", stamp):
            return None
        folder, now = f"{known.root}/{run_id}", time.monotonic()
        if now - known.looked.get(run_id, -math.inf) < EVERY_FILE_S:
            return entry if entry.signature[:1] == (_times(folder),) else None
        if entry.signature != _signature(folder, entry.attempt):
            return None
        known.looked[run_id] = now
        return entry

    def _anew(self, paths: RunPaths, stamp: str) -> tuple[_Entry[T], bool]:
        """An entry that holds at this moment, and whether it may be kept for the next."""
        attempt = paths.latest_attempt
        signature = _signature(str(paths.root), attempt)  # before reading: what changes meanwhile shows next time
        value = self._read(paths)
        latest = max((times[0] for times in signature if times), default=0) / 1e9
        entry = _Entry(attempt, signature, value, stamp if self._ages(value) else "")
        return entry, self._keep(value) and time.time() - latest > SETTLED_S

    def _load(self, root: Path) -> dict[str, _Entry[T]]:
        stored = read_json_object(_file(self._name)) or {}
        entries = stored.get("runs")
        if stored.get("format") != _FORMAT or not isinstance(entries, dict):
            return {}
        found: dict[str, _Entry[T]] = {}
        for run_id, entry in entries.items():
            with contextlib.suppress(KeyError, TypeError, ValueError, AttributeError):  # damaged: it is read again
                value = self._decode(RunPaths(root / run_id), entry["value"])
                signature = tuple(map(tuple, entry["signature"]))
                found[run_id] = _Entry(int(entry["attempt"]), signature, value, str(entry["stamp"]))
        return found

    def _store(self, known: _Known[T]) -> None:
        now = time.monotonic()
        if now - known.written < WRITE_EVERY_S:
            return
        known.written = now
        entries = {
            run_id: vars(entry) | {"value": self._encode(entry.value)} for run_id, entry in known.entries.items()
        }
        text = json.dumps({"format": _FORMAT, "runs": entries}, ensure_ascii=False)
        # It may be missing: a full disk must not keep anybody from their list.
        with contextlib.suppress(OSError, UnicodeEncodeError):
            file = _file(self._name)
            file.parent.mkdir(exist_ok=True)
            write_bytes_atomic(file, text.encode())


def _file(name: str) -> Path:
    return made_home() / "cache" / f"{name}.json"


def _signature(folder: str, attempt: int) -> Signature:
    """Change time (ns), content time (ns) and size of each file that a value is read from; empty for a missing one."""
    return tuple([_times(folder + name) for name in _watched(attempt)])


@functools.cache
def _watched(attempt: int) -> tuple[str, ...]:
    """What follows the folder's own path in the paths of the files that matter."""
    run = RunPaths(Path("/"))
    # Not the epochs: only a trainer writes there, and what lets a trainer live changes the folder itself.
    return ("", *map(str, (run.config, run.outcome, run.meta, run.events(attempt), run.checkpoints)))


def _times(path: str) -> Times:
    try:
        found = os.stat(path)  # noqa: PTH116 - to make a Path of each takes longer than to ask the kernel
    except OSError:
        return ()
    return found.st_ctime_ns, found.st_mtime_ns, found.st_size
