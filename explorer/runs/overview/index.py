"""All runs of a home in short, with a cache of those that are over: in memory, and in a file that can be deleted.

A cached run counts only while the files that it was read from have their times and sizes of then. A resumed run gets a
new launch record, which changes the time of its folder, so that it is read again: a status is never out of date.

All that the app writes into a run that is over changes the time of its folder. So each look asks for the folders, and
only now and then for every file, which may have been edited by hand.
"""

import contextlib
import functools
import json
import math
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from explorer.base.atomic import read_json_object, write_bytes_atomic
from explorer.base.home import made_home
from explorer.base.processes import boot_id
from explorer.base.records import RecordError, read_as
from explorer.runs.overview.summary import RunSummary, summarize
from explorer.runs.record import reasons
from explorer.runs.record.paths import RunPaths, is_run, list_ids, runs_root
from explorer.runs.state.status import RunStatus, State

Times = tuple[int, ...]
Signature = tuple[Times, ...]  # numbers only: the garbage collector skips such tuples

WRITE_EVERY_S = 5.0
EVERY_FILE_S = 10.0
_FORMAT = 4
# A run that changed within this time is read again at the next look: a second change within one tick of the file
# system's clock, which may be 2 s on a USB stick, would leave no trace in its times.
SETTLED_S = 2.5


@dataclass(frozen=True)
class _Entry:
    """A run that was read. `boot` is that of the computer if the run's status depends on it, else empty."""

    attempt: int
    signature: Signature
    boot: str
    run: RunSummary


class _Cache:
    """The runs of one home. Threads may share it: at worst two of them read the same run."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.entries = _stored(root)
        self.looked: dict[str, float] = {}  # when every file of a run was last asked for, in monotonic seconds
        self.written = -math.inf

    def read(self) -> tuple[RunSummary, ...]:
        """Return each run, newest first; the same objects as before for runs that have not changed."""
        found: list[RunSummary] = []
        kept: dict[str, _Entry] = {}
        for run_id in list_ids(self.entries):
            entry = self._kept(run_id)
            good = entry is not None
            if entry is None:
                paths = RunPaths(self.root / run_id)
                if not is_run(paths):
                    continue
                entry, good = _read(paths)
            found.append(entry.run)
            if good:
                kept[run_id] = entry
        if kept != self.entries:
            self.entries = kept
            self._store()
        return tuple(found)

    def _kept(self, run_id: str) -> _Entry | None:
        """Return the entry of a run if it is still true."""
        entry = self.entries.get(run_id)
        if entry is None or entry.boot not in ("", boot_id()):
            return None
        folder, now = f"{self.root}/{run_id}", time.monotonic()
        if now - self.looked.get(run_id, -math.inf) < EVERY_FILE_S:
            return entry if entry.signature[:1] == (_times(folder),) else None
        if entry.signature != _signature(folder, entry.attempt):
            return None
        self.looked[run_id] = now
        return entry

    def _store(self) -> None:
        now = time.monotonic()
        if now - self.written < WRITE_EVERY_S:
            return
        self.written = now
        entries = {
            run_id: vars(entry) | {"run": {name: value for name, value in vars(entry.run).items() if name != "paths"}}
            for run_id, entry in self.entries.items()
        }
        # A list without a cache is better than none on a full disk. `vars`: of dataclasses inside.
        with contextlib.suppress(OSError, UnicodeEncodeError):
            _file().parent.mkdir(exist_ok=True)
            text = json.dumps({"format": _FORMAT, "runs": entries}, ensure_ascii=False, default=vars)
            write_bytes_atomic(_file(), text.encode())


_caches: dict[Path, _Cache] = {}


def summaries() -> tuple[RunSummary, ...]:
    """Return all runs, newest first. Those that are over are read once, others each time."""
    root = runs_root()
    return (_caches.get(root) or _caches.setdefault(root, _Cache(root))).read()


def _read(paths: RunPaths) -> tuple[_Entry, bool]:
    """Read a run, and return whether the entry may be kept."""
    attempt = paths.latest_attempt
    signature = _signature(str(paths.root), attempt)  # before reading, so that later changes show at the next look
    run = summarize(paths)
    latest = max((times[0] for times in signature if times), default=0) / 1e9
    entry = _Entry(attempt, signature, boot_id() if run.status.state is State.LOST else "", run)
    return entry, run.status.over and not run.status.processes and time.time() - latest > SETTLED_S


def _stored(root: Path) -> dict[str, _Entry]:
    stored = read_json_object(_file()) or {}
    entries = stored.get("runs")
    found: dict[str, _Entry] = {}
    if stored.get("format") == _FORMAT and isinstance(entries, dict):
        for run_id, entry in entries.items():
            with contextlib.suppress(RecordError, KeyError, TypeError):  # damaged: the run is read again
                found[run_id] = read_as(_Entry, entry, run=_run(RunPaths(root / run_id), entry["run"]))
    return found


def _run(paths: RunPaths, stored: dict[str, Any]) -> RunSummary:
    why = reasons.from_json(stored["status"]["why"])
    return read_as(RunSummary, stored, paths=paths, status=read_as(RunStatus, stored["status"], why=why))


def _file() -> Path:
    return made_home() / "cache" / "runs.json"


def _signature(folder: str, attempt: int) -> Signature:
    """Return change time (ns), content time (ns) and size of each file that is read; empty for a missing file."""
    return tuple([_times(folder + name) for name in _watched(attempt)])


@functools.cache
def _watched(attempt: int) -> tuple[str, ...]:
    """Return what follows the path of a run's folder in the paths of the files that matter."""
    run = RunPaths(Path("/"))
    # Not the epochs: only a trainer writes these, and what lets a trainer live changes the folder itself.
    return ("", *map(str, (run.config, run.outcome, run.meta, run.events(attempt), run.checkpoints)))


def _times(path: str) -> Times:
    try:
        found = os.stat(path)  # noqa: PTH116 - making a Path takes longer than the system call
    except OSError:
        return ()
    return found.st_ctime_ns, found.st_mtime_ns, found.st_size
