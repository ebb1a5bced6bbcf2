"""Where the classes of a run stand among the colors of classes: a class of masks has the color of its mask value."""

from explorer.base.task_names import TaskName
from explorer.data.mask_classes import MaskClasses
from explorer.runs.record.events import Event
from explorer.runs.record.paths import RunPaths
from explorer.runs.record.resume_point import started

KEY = "color_places"  # of a "start" event

Places = tuple[int | None, ...]


def color_places(task: TaskName, names: tuple[str, ...], start: Event | None) -> Places:
    """Return the place of each class among the colors; None for a background, which has none.

    Args:
        task: What the run learns.
        names: The names of its classes.
        start: Its "start" event. Where it names no places, as in older runs, all values of masks are taken for classes.
    """
    if task != "segmentation":
        return tuple(range(len(names)))
    return stored(None if start is None else start.values.get(KEY), names)


def of_run(paths: RunPaths, task: TaskName, names: tuple[str, ...]) -> Places:
    """Return the places that the latest attempt that began has recorded."""
    starts = (started(paths, attempt) for attempt in reversed(paths.attempts()))
    return color_places(task, names, next(filter(None, starts), None))


def stored(found: object, names: tuple[str, ...]) -> Places:
    """Return the places that were stored of classes of masks; those of values without gaps where none were."""
    if isinstance(found, list) and len(found) == len(names) and all(one is None or _is_place(one) for one in found):
        return tuple(found)
    return MaskClasses(names).color_places if names else ()


def _is_place(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0
