"""thresholds.json: the thresholds that people keep for predictions with a run, one for a class."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from explorer.base import locks
from explorer.base.atomic import read_json_object, write_json_atomic
from explorer.base.records import RecordError, read_as
from explorer.runs.record.paths import RunPaths


class ThresholdsError(ValueError):
    """The thresholds cannot be read. The message says why."""


@dataclass(frozen=True)
class Threshold:
    """A threshold of one class against the rest, as it was chosen on the validation images.

    Attributes:
        class_name: The name of the class.
        class_index: Its index.
        probability: An image counts as the class if its probability is at least this, 0 to 1.
        log_odds: The same threshold as log odds, which tells apart probabilities that round to 0 or 1.
        epoch: The epoch whose scores it was chosen on, from 0.
        chosen: How: "run" (that of the run), "half", "best_f1", "youden", "recall", "precision", or "" where it was set
            by hand.
        wanted: The wanted recall or precision, 0 to 1; None where it was chosen in another way.
        images: The validation images that it was chosen on.
    """

    class_name: str
    class_index: int
    probability: float
    log_odds: float
    epoch: int
    chosen: str = ""
    wanted: float | None = None
    images: int = 0


def read(paths: RunPaths) -> tuple[Threshold, ...]:
    """Return the thresholds that are kept, by class. Entries that are damaged are left out.

    Raises:
        ThresholdsError: The file is damaged. It is not written over.
        OSError: It cannot be read.
    """
    found = (_from(entry) for entry in _stored(paths).values())
    return tuple(sorted((one for one in found if one is not None), key=lambda one: one.class_index))


def keep(paths: RunPaths, threshold: Threshold) -> None:
    """Keep a threshold instead of the one of the same class.

    Raises:
        ThresholdsError: The file is damaged. It is not written over.
        TimeoutError: Another window is changing the file.
        OSError: The run is gone or cannot be written.
    """
    _change(paths, str(threshold.class_index), asdict(threshold))


def remove(paths: RunPaths, class_index: int) -> None:
    """Keep no threshold for a class. Raises as `keep`."""
    _change(paths, str(class_index), None)


def _change(paths: RunPaths, key: str, entry: dict[str, Any] | None) -> None:
    with locks.changing(paths.thresholds, f"the thresholds of {paths.id}"):
        stored = _stored(paths)
        stored.pop(key, None)
        if entry is not None:
            stored[key] = entry
        write_json_atomic(paths.thresholds, {"version": 1, "classes": stored})


def _stored(paths: RunPaths) -> dict[str, Any]:
    stored = read_json_object(paths.thresholds)
    if stored is None and not paths.thresholds.exists():
        return {}
    classes = stored.get("classes") if stored is not None else None
    if not isinstance(classes, dict):
        raise ThresholdsError(f"{paths.thresholds} is damaged. Rename or mend the file to keep thresholds again.")
    return dict(classes)


def _from(entry: Any) -> Threshold | None:
    if not isinstance(entry, Mapping):
        return None
    try:
        threshold = read_as(Threshold, entry)
    except RecordError:
        return None
    return threshold if math.isfinite(threshold.log_odds) and 0 <= threshold.probability <= 1 else None
