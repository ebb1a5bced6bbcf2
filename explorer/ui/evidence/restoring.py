"""Looks up the validation images of a run of an earlier version, which has recorded only a hash of their list."""

import math
import threading
import time
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

import numpy as np

from explorer.data.dataset import DatasetError
from explorer.draw.drawing import DrawingError
from explorer.draw.listing import ListValidation
from explorer.runs.overview.evidence import Evidence
from explorer.runs.record.validation import ValidationImages
from explorer.texts import Evidence as T
from explorer.ui.background import asking

_AGAIN_SECONDS = 60.0  # a worker that was ended, or a folder that is not there, may be a passing trouble


@dataclass
class _Tried:
    """What looking up the images of a run has found, for all browser tabs."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    reason: str | None = None
    until: float = 0.0  # on the monotonic clock; then another try may find them


_TRIED: WeakKeyDictionary[Evidence, _Tried] = WeakKeyDictionary()


def restore(evidence: Evidence) -> str:
    """Make `evidence.images` known if it is not; returns why it cannot be, or "".

    The data set is opened in a worker process, which takes a while for a large folder. That is tried again after a
    minute if it could not be opened.
    """
    if evidence.images is not None:
        return ""
    tried = _TRIED.setdefault(evidence, _Tried())
    with tried.lock:
        if tried.reason is None or time.monotonic() >= tried.until:
            tried.reason, seconds = _looked_up(evidence)
            tried.until = time.monotonic() + seconds
    missing = evidence.why_no_images()
    return "" if missing is None else " ".join((T.WHY_NO_IMAGES[missing], T.NOT_RESTORED.format(reason=tried.reason)))


def _looked_up(evidence: Evidence) -> tuple[str, float]:
    """Look the images up; returns why they are not known, or "", and for how many seconds that holds."""
    lost = evidence.lost_images()
    if lost is None:
        return T.NO_LISTING, math.inf
    try:
        found = asking.wait_for(ListValidation(lost.spec, lost.image_size), asked=True)
    except DatasetError as error:
        return str(error), _AGAIN_SECONDS
    except DrawingError as error:
        return asking.listing_words(error), _AGAIN_SECONDS
    labels = np.array(found.labels, np.int64)
    images = ValidationImages(found.ids, labels, ("",) * len(labels), found.reading)
    return "" if evidence.restore(images, found.listing) else T.OTHER_LISTING, math.inf
