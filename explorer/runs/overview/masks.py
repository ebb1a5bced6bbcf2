"""The predicted masks of a run, as its validations have left them, for pages that show them."""

from collections.abc import Callable
from typing import TypeVar

from explorer.base.kept import Kept
from explorer.runs.overview.view import RunView, version_of
from explorer.runs.record.masks import MasksError, PredictedMasks, stored_places

_MOST_BYTES = 200_000_000  # of masks of all runs in memory
_Found = TypeVar("_Found")
_PLACES: Kept[frozenset[int] | None] = Kept(_MOST_BYTES // 4, lambda found: 100 + 64 * len(found or ()))
_MASKS: Kept[bytes | None] = Kept(_MOST_BYTES, lambda found: 100 + len(found or b""))


def places(view: RunView, epoch: int) -> frozenset[int] | None:
    """Return the places of the images whose masks an epoch, from 0, has kept; None where its file cannot be read."""
    attempt = view.attempt_of(epoch)
    if attempt is None:
        return None
    path = view.paths.masks(attempt, epoch)
    return _PLACES.get(version_of(path), lambda: _or_none(lambda: frozenset(stored_places(path))))


def mask(view: RunView, epoch: int, place: int, side: int) -> bytes | None:
    """Return the mask of an image as a PNG of (side, side) classes; None where it was not kept or cannot be read."""
    attempt = view.attempt_of(epoch)
    if attempt is None:
        return None
    path = view.paths.masks(attempt, epoch)

    def read() -> bytes | None:
        found = _or_none(lambda: PredictedMasks.load(path, frozenset([place])))
        return None if found is None or found.side != side else found.pictures.get(place)

    return _MASKS.get((*version_of(path), place, side), read)


def _or_none(read: Callable[[], _Found]) -> _Found | None:
    try:
        return read()
    except MasksError:
        return None
