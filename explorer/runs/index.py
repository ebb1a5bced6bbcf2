"""A cache of what was read from runs that are over: in memory, and in a file that can be thrown away at any time.

An entry counts only while the files that it was read from look as they did then. A run that is resumed gets a new
launch record, which changes its folder's time; so it is read anew, and its status is never taken from here.
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

from explorer.runs.atomic import read_json_object, write_bytes_atomic
from explorer.runs.paths import RunPaths, home, list_runs, runs_root

T = TypeVar("T")
Signature = list[list[int]]

WRITE_EVERY_S = 5.0
# What changed so lately is read again next time: a second change within one tick of the file system's clock, which
# may be 2 s on a stick, would leave no trace in its times.
SETTLED_S = 2.5


@dataclass(frozen=True)
class _Entry(Generic[T]):
    attempt: int
    signature: Signature
    value: T


@dataclass
class _Known(Generic[T]):
    """What is known of one home. stamp: what else it holds under. written: when, in monotonic seconds."""

    stamp: str
    entries: dict[str, _Entry[T]] = field(default_factory=dict)
    written: float = -math.inf


class Index(Generic[T]):
    """Values of runs by their id. Threads may share it: at worst two of them read the same run.

    read: one run, at this moment. keep: whether a value may be kept. stamp: what else values depend on, such as the
    day; all are read anew where it has changed. encode, decode: to JSON and back; decode may raise KeyError, TypeError,
    ValueError or AttributeError for what it does not understand.
    """

    def __init__(
        self,
        name: str,
        read: Callable[[RunPaths], T],
        keep: Callable[[T], bool],
        stamp: Callable[[], str],
        encode: Callable[[T], dict[str, Any]],
        decode: Callable[[RunPaths, Mapping[str, Any]], T],
    ) -> None:
        self._name, self._read, self._keep, self._stamp = name, read, keep, stamp
        self._encode, self._decode = encode, decode
        self._homes: dict[Path, _Known[T]] = {}

    def all(self) -> tuple[T, ...]:
        """The value of each run, newest first."""
        known = self._of_home()
        runs = list_runs()
        found = {paths.id: self._entry(paths, known) for paths in runs}
        kept = {run_id: entry for run_id, (entry, good) in found.items() if good}
        if kept != known.entries:
            known.entries = kept
            self._store(known)
        return tuple(entry.value for entry, _ in found.values())

    def _of_home(self) -> _Known[T]:
        root, stamp = runs_root(), self._stamp()
        known = self._homes.get(root)
        if known is None or known.stamp != stamp:
            known = self._homes[root] = _Known(stamp, self._load(root, stamp))
        return known

    def _entry(self, paths: RunPaths, known: _Known[T]) -> tuple[_Entry[T], bool]:
        """An entry that holds at this moment, and whether it may be kept for the next."""
        entry = known.entries.get(paths.id)
        if entry is not None and entry.signature == _signature(paths, entry.attempt):
            return entry, True
        attempt = paths.latest_attempt
        signature = _signature(paths, attempt)  # before reading: what changes meanwhile shows next time
        value = self._read(paths)
        latest = max((times[0] for times in signature if times), default=0) / 1e9
        return _Entry(attempt, signature, value), self._keep(value) and time.time() - latest > SETTLED_S

    def _load(self, root: Path, stamp: str) -> dict[str, _Entry[T]]:
        stored = read_json_object(_file(self._name)) or {}
        entries = stored.get("runs")
        if stored.get("stamp") != stamp or not isinstance(entries, dict):
            return {}
        found: dict[str, _Entry[T]] = {}
        for run_id, entry in entries.items():
            with contextlib.suppress(KeyError, TypeError, ValueError, AttributeError):  # damaged: it is read anew
                value = self._decode(RunPaths(root / run_id), entry["value"])
                found[run_id] = _Entry(int(entry["attempt"]), entry["signature"], value)
        return found

    def _store(self, known: _Known[T]) -> None:
        now = time.monotonic()
        if now - known.written < WRITE_EVERY_S:
            return
        known.written = now
        entries = {
            run_id: {"attempt": entry.attempt, "signature": entry.signature, "value": self._encode(entry.value)}
            for run_id, entry in known.entries.items()
        }
        text = json.dumps({"stamp": known.stamp, "runs": entries}, ensure_ascii=False)
        # It may be missing: a full disk must not keep anybody from their list.
        with contextlib.suppress(OSError, UnicodeEncodeError):
            file = _file(self._name)
            file.parent.mkdir(exist_ok=True)
            write_bytes_atomic(file, text.encode())


def _file(name: str) -> Path:
    return home() / "cache" / f"{name}.json"


def _signature(paths: RunPaths, attempt: int) -> Signature:
    """Change time (ns), content time (ns) and size of each file that a value is read from; empty for a missing one."""
    root = str(paths.root)
    return [_times(root + name) for name in _watched(attempt)]


@functools.cache
def _watched(attempt: int) -> tuple[str, ...]:
    """What follows the folder's own path in the paths of the files that matter."""
    run = RunPaths(Path("/"))
    # Not the epochs: only a trainer writes there, and what lets a trainer live changes the folder itself.
    return ("", *map(str, (run.config, run.outcome, run.meta, run.events(attempt), run.checkpoints)))


def _times(path: str) -> list[int]:
    try:
        found = os.stat(path)  # noqa: PTH116 - to make a Path of each takes longer than to ask the kernel
    except OSError:
        return []
    return [found.st_ctime_ns, found.st_mtime_ns, found.st_size]
