"""Removes a draft and its uploads, unless a session has it open."""

import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from explorer.ui.keeping import limits
from explorer.ui.session import browsers, opened
from explorer.ui.session.uploads import draft_file, draft_files, draft_lock


def drop(draft_id: str, files: Sequence[Path], before: float) -> int:
    """Remove a draft's files, unless a session holds it or one of them was written since `before`.

    Returns:
        The bytes that were freed, 0 if the draft stays.

    Raises:
        OSError: A file could not be removed.
    """
    with draft_lock(draft_id), opened.unless_held(draft_id) as may:
        if not may or any(_written(file) >= before for file in files):
            return 0
        # The draft itself goes last, so that after a kill in between the other files are still found.
        return sum(removed(sorted(files, key=lambda file: file == draft_file(draft_id))))


def drop_fallen(fallen: Iterable[str]) -> None:
    """Remove drafts that no longer fit into a browser's list, unless they were used within a day."""
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
    """Remove files and yield the size of each one that existed. Raises OSError."""
    for file in files:
        with suppress(FileNotFoundError):
            size = file.stat().st_size
            file.unlink()
            yield size
