"""What a run takes up on the disk, and how to give some of it back."""

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from explorer.runs.record.paths import RunPaths
from explorer.runs.state.resting import resting

_BLOCK = 512  # bytes; st_blocks counts in these on every system, whatever the file system's own are


class NoBestCheckpoint(RuntimeError):
    """There is nothing to keep, so nothing was removed."""


@dataclass(frozen=True)
class Sizes:
    """Bytes of the disk, by blocks that are really taken; a file with two names in the run counts once."""

    total: int
    checkpoints: int
    epochs: int
    log: int


def disk_use(paths: RunPaths) -> Sizes:
    """What the run takes up at this moment. Files that vanish meanwhile, or a whole run, count nothing."""
    seen: set[tuple[int, int]] = set()
    checkpoints = _taken(paths.checkpoints, seen)
    epochs = _taken(paths.epoch(1, 0).parent, seen)
    log = _of(paths.log, seen)
    return Sizes(checkpoints + epochs + log + _taken(paths.root, seen), checkpoints, epochs, log)


def _taken(folder: Path, seen: set[tuple[int, int]]) -> int:
    return sum(_once(found, seen) for found in _walk(str(folder)))


def _of(file: Path, seen: set[tuple[int, int]]) -> int:
    try:
        return _once(os.lstat(file), seen)
    except OSError:
        return 0


def _once(found: os.stat_result, seen: set[tuple[int, int]]) -> int:
    key = (found.st_dev, found.st_ino)
    if key in seen:
        return 0
    seen.add(key)
    return found.st_blocks * _BLOCK


def _walk(folder: str) -> Iterator[os.stat_result]:
    """A folder and all that is below it; links are not followed."""
    try:
        yield os.lstat(folder)
        with os.scandir(folder) as entries:
            inside = list(entries)
    except OSError:
        return
    for entry in inside:
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(entry.path)
        else:
            with contextlib.suppress(OSError):
                yield entry.stat(follow_symlinks=False)


def keep_best_only(paths: RunPaths) -> int:
    """Remove last.ckpt and first.ckpt of a run that is over, and return the bytes that this freed.

    The run can no longer be resumed from where it was: only its best epoch is left. A checkpoint that another run
    shares by a hard link frees nothing. Raises NoBestCheckpoint, RunAlive, RunGone, QueueError, OSError.
    """
    with resting(paths):
        if not _holds_something(paths.best):
            raise NoBestCheckpoint(f"{paths.id} has no best checkpoint to keep, so nothing was removed.")
        freed = sum(map(_remove, (paths.last, paths.first)))
        os.utime(paths.root)  # a list of runs looks at the time of the folder to tell whether anything has changed
        return freed


def _holds_something(file: Path) -> bool:
    try:
        return file.stat().st_size > 0
    except OSError:
        return False


def _remove(file: Path) -> int:
    try:
        found = file.lstat()
        file.unlink()
    except FileNotFoundError:
        return 0
    return found.st_blocks * _BLOCK if found.st_nlink == 1 else 0
