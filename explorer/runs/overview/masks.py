"""The predicted masks of a run, as its validations have left them, for pages that show them."""

from explorer.base.kept import Kept
from explorer.runs.overview.view import RunView, version_of
from explorer.runs.record.masks import Directory, MasksError, directory

_MOST_BYTES = 200_000_000  # of masks of all runs in memory
_DIRECTORIES: Kept[Directory | None] = Kept(
    _MOST_BYTES // 4, lambda found: 100 + (0 if found is None else found.nbytes)
)
_MASKS: Kept[bytes | None] = Kept(_MOST_BYTES, lambda found: 100 + len(found or b""))


def places(view: RunView, epoch: int) -> frozenset[int] | None:
    """Return the places of the images whose masks an epoch, from 0, has kept; None where its file cannot be read."""
    found = _directory(view, epoch)
    return None if found is None else frozenset(found[1].places)


def mask(view: RunView, epoch: int, place: int, side: int) -> bytes | None:
    """Return the mask of an image as a PNG of (side, side) classes; None where it was not kept or cannot be read."""
    found = _directory(view, epoch)
    if found is None or found[1].side != side:
        return None
    version, stored = found

    def read() -> bytes | None:
        try:
            return stored.read(place)
        except MasksError:
            return None

    return _MASKS.get((*version, place), read)


def _directory(view: RunView, epoch: int) -> tuple[tuple[object, ...], Directory] | None:
    """The version of an epoch's file and where the masks in it are, which is read once for each version."""
    attempt = view.attempt_of(epoch)
    if attempt is None:
        return None
    path = view.paths.masks(attempt, epoch)

    def read() -> Directory | None:
        try:
            return directory(path)
        except MasksError:
            return None

    version = version_of(path)
    found = _DIRECTORIES.get(version, read)
    return None if found is None else (version, found)
