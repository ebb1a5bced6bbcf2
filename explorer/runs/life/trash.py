"""Deleted runs: each is a folder that one rename moves into the trash, and another one back."""

import contextlib
import functools
import re
import secrets
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from explorer.base.atomic import read_json_object
from explorer.runs.overview.sizes import disk_use
from explorer.runs.queue import queue
from explorer.runs.record import meta
from explorer.runs.record.paths import RunPaths, runs_root, trash_folder, trash_root
from explorer.runs.state.resting import RunGone, resting

KEPT_S = 7 * 24 * 3600.0
_TIME = "%Y%m%dT%H%M%S.%fZ"
_ENTRY = re.compile(r"(\d{8}T\d{6}\.\d{6}Z)_([A-Za-z0-9][A-Za-z0-9._-]{0,99})")
_MOST_KNOWN = 50_000  # cached entries of the trash, of half a kilobyte each
_GOING = ".going-"  # the beginning of the name while a run is being removed


class TrashError(RuntimeError):
    """A run cannot be deleted or restored. The message says why."""


@dataclass(frozen=True)
class Deleted:
    """A run in the trash: the name of its entry there, its id, its shown name, and when it was deleted, since 1970."""

    entry: str
    id: str
    name: str
    time: float
    bytes: int


def delete(paths: RunPaths) -> str:
    """Move a run that is over into the trash, and return the name of its entry there.

    Raises:
        TrashError: The run is gone or cannot be moved.
        RunAlive, QueueError, OSError: See `resting`.
    """
    from explorer.runs.record import ledger  # numpy, which most commands do without

    try:
        with resting(paths):
            with contextlib.suppress(OSError):  # the run's looks are then lost with it, but it can be deleted
                ledger.note_run(paths)  # its trainer has not where it was killed
            entry = f"{datetime.now(UTC).strftime(_TIME)}_{paths.id}"
            _rename(paths.root, trash_root() / entry, paths.id)
            queue.drop(paths.id)  # a ticket that its death has left behind
    except RunGone as gone:
        raise TrashError(str(gone)) from None
    return entry


def restore(entry: str) -> RunPaths:
    """Put a deleted run back. Raises TrashError if it is gone or its id exists again, QueueError, OSError."""
    found = _ENTRY.fullmatch(entry)
    if found is None:
        raise TrashError(f"{entry!r} is not the name of a deleted run.")
    paths = RunPaths(runs_root() / found[2])
    with queue.guard():
        if paths.root.exists():
            raise TrashError(f"A run {paths.id} exists again, so the deleted one stays in the trash.")
        _rename(trash_root() / entry, paths.root, paths.id)
    return paths


def _rename(source: Path, target: Path, run_id: str) -> None:
    try:
        source.rename(target)
    except FileNotFoundError:
        raise TrashError(f"{run_id} is not there any more: another window was faster.") from None
    except OSError as error:
        raise TrashError(f"{run_id} could not be moved: {error.strerror}.") from error


def deleted() -> tuple[Deleted, ...]:
    """Return all deleted runs, the last deleted first. Raises OSError."""
    found = (_read(folder, time) for folder, time in _entries())
    return tuple(sorted(found, key=lambda one: one.entry, reverse=True))


def _entries() -> Iterator[tuple[Path, datetime]]:
    try:
        folders = list(trash_folder().iterdir())
    except FileNotFoundError:
        return  # nothing was deleted yet
    for folder in folders:
        time = _time_of(folder.name)
        if time is not None:
            yield folder, time


@functools.lru_cache(maxsize=_MOST_KNOWN)
def _time_of(name: str) -> datetime | None:
    found = _ENTRY.fullmatch(name)
    try:
        return datetime.strptime(found[1], _TIME).replace(tzinfo=UTC) if found else None
    except ValueError:  # a 13th month: another program made it
        return None


@functools.lru_cache(maxsize=_MOST_KNOWN)
def _read(folder: Path, time: datetime) -> Deleted:
    # Cached, since nothing changes in the trash and the list is drawn often.
    run = RunPaths(folder)
    asked = (read_json_object(run.config) or {}).get("name")
    run_id = folder.name.partition("_")[2]
    name = meta.read(run).name or str(asked or run_id)
    return Deleted(folder.name, run_id, name, time.timestamp(), disk_use(run).total)


def purge(older_than_s: float = KEPT_S) -> int:
    """Remove runs that were deleted so long ago permanently, and return how many these were. Raises OSError."""
    before = datetime.now(UTC) - timedelta(seconds=older_than_s)
    return remove([folder.name for folder, time in _entries() if time <= before])


def remove(entries: Iterable[str]) -> int:
    """Remove deleted runs permanently, and return how many of them still existed. Raises OSError."""
    root = trash_folder()
    count = sum(_claim(root / entry) for entry in entries if _ENTRY.fullmatch(entry))
    for folder in root.glob(f"{_GOING}*"):  # also those that a killed process has left
        _remove(folder)
    return count


def _claim(folder: Path) -> bool:
    # Renamed first: then no half-removed run is listed, and two processes do not count the same one.
    try:
        folder.rename(folder.with_name(f"{_GOING}{secrets.token_hex(6)}"))
    except FileNotFoundError:
        return False
    return True


def _remove(folder: Path) -> None:
    try:
        shutil.rmtree(folder)
    except FileNotFoundError:  # another process removes the same run
        if folder.exists():
            _remove(folder)
