"""How much of the disk a run takes, and removing what is not needed."""

import os
import stat
from dataclasses import dataclass
from pathlib import Path

from explorer.runs.record.paths import RunPaths
from explorer.runs.state.resting import resting

_BLOCK = 512  # bytes; the unit of st_blocks on every file system


class NoBestCheckpoint(RuntimeError):
    """The run has no best checkpoint, so that nothing was removed."""


@dataclass(frozen=True)
class Sizes:
    """Bytes of allocated blocks. A file with two names in the run counts once."""

    total: int
    checkpoints: int
    epochs: int
    log: int


def disk_use(paths: RunPaths) -> Sizes:
    """Measure a run at this moment. Files that vanish meanwhile, or a whole run, count nothing."""
    seen: set[tuple[int, int]] = set()
    parts = [_taken(str(path), seen) for path in (paths.checkpoints, paths.epoch(1, 0).parent, paths.log)]
    return Sizes(sum(parts) + _taken(str(paths.root), seen), *parts)


def _taken(path: str, seen: set[tuple[int, int]]) -> int:
    """Return the bytes of a file, or of a folder and all that is below it, that were not `seen`; follows no links."""
    try:
        found = os.lstat(path)
        if (key := (found.st_dev, found.st_ino)) in seen:
            return 0
        seen.add(key)
        inside: list[str] = []
        if stat.S_ISDIR(found.st_mode):
            with os.scandir(path) as entries:
                inside = [entry.path for entry in entries]
    except OSError:
        return 0
    return found.st_blocks * _BLOCK + sum(_taken(each, seen) for each in inside)


def keep_best_only(paths: RunPaths) -> int:
    """Remove last.ckpt and first.ckpt of a run that is over, so that it can be resumed from its best epoch only.

    Returns:
        The bytes that were freed. A checkpoint that another run shares by a hard link frees nothing.

    Raises:
        NoBestCheckpoint: There is no best checkpoint to keep.
        RunAlive, RunGone, QueueError, OSError: See `resting`.
    """
    with resting(paths):
        if not (paths.best.is_file() and paths.best.stat().st_size):
            raise NoBestCheckpoint(f"{paths.id} has no best checkpoint to keep, so nothing was removed.")
        freed = sum(map(_remove, (paths.last, paths.first)))
        os.utime(paths.root)  # by the time of the folder, the list of runs sees that the run has changed
        return freed


def _remove(file: Path) -> int:
    try:
        found = file.lstat()
        file.unlink()
    except FileNotFoundError:
        return 0
    return found.st_blocks * _BLOCK if found.st_nlink == 1 else 0
