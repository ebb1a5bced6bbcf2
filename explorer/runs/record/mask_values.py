"""The mask value of each class of a run that learns masks, as its data set has them."""

from explorer.runs.record.paths import RunPaths
from explorer.runs.record.resume_point import started

KEY = "mask_values"  # of a "start" event
_LARGEST = 255


def of_run(paths: RunPaths, classes: int) -> tuple[int, ...] | None:
    """Return the values that the latest attempt that began has recorded; None for older runs, which have not."""
    starts = (started(paths, attempt) for attempt in reversed(paths.attempts()))
    start = next(filter(None, starts), None)
    found = None if start is None else start.values.get(KEY)
    if not isinstance(found, list) or len(set(map(repr, found))) != classes or len(found) != classes:
        return None
    return tuple(found) if all(type(value) is int and 0 <= value <= _LARGEST for value in found) else None
