"""Removes a draft with all that belongs to it, unless somebody has it open."""

import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from explorer.ui.keeping import limits
from explorer.ui.session import browsers, opened
from explorer.ui.session.uploads import draft_file, draft_files, draft_lock


def drop(draft_id: str, files: Sequence[Path], before: float) -> int:
    """Remove a draft, unless a session holds it or it has changed since `before`.

    Args:
        draft_id: the draft.
        files: its files, and those of all that belongs to it.
        before: seconds since 1970.

    Returns:
        The bytes that were freed; 0 where it stays.

    Raises:
        OSError: something of it could not be removed.
    """
    with draft_lock(draft_id), opened.unless_held(draft_id) as may:
        if not may or any(_written(file) >= before for file in files):
            return 0
        # Last the draft itself: after a kill in between, what is left is found again.
        return sum(removed(sorted(files, key=lambda file: file == draft_file(draft_id))))


def drop_fallen(fallen: Iterable[str]) -> None:
    """Remove drafts that fell off the end of a browser's list, unless somebody used them within a day."""
    if not (ids := tuple(fallen)):
        return
    with suppress(OSError):  # they age out later
        yesterday, opened_last = time.time() - limits.DAY_S, browsers.opened_last()
        for draft_id in ids:
            if opened_last.get(draft_id, 0.0) < yesterday:
                drop(draft_id, draft_files(draft_id), yesterday)


def _written(file: Path) -> float:
    try:
        return file.stat().st_mtime
    except FileNotFoundError:
        return 0.0


def removed(files: Iterable[Path]) -> Iterator[int]:
    """Remove files, and yield the size of each that was there. Raises OSError."""
    for file in files:
        with suppress(FileNotFoundError):
            size = file.stat().st_size
            file.unlink()
            yield size
