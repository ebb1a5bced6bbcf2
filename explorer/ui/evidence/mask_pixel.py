"""The probability of each class at the pixel that was clicked, which a child process computes from a checkpoint."""

import sys
import tempfile
import threading
from pathlib import Path
from typing import Literal

import streamlit as st

from explorer.base.child import ChildError
from explorer.runs.overview.best import best_point
from explorer.runs.record.probabilities import PixelProbabilities, ProbabilitiesError
from explorer.texts import Masks as T
from explorer.ui.background.children import Child
from explorer.ui.background.jobs import Jobs
from explorer.ui.components import working
from explorer.ui.components.masks import Pixel
from explorer.ui.evidence.mask_images import MaskImages
from explorer.ui.evidence.mask_looking import Looking
from explorer.ui.session.keys import widget_key
from explorer.ui.session.uploads import stamp

_LINE = 40  # px, the height of the line that says what is computed


class Asking(Child):
    """Computes the probabilities at all pixels of an image.

    They can take hundreds of megabytes, so that they stay in a file, of which a click reads what belongs to its pixel.
    It is removed together with this object.
    """

    def __init__(self, root: Path, index: int, which: str) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="explorer-probabilities-", ignore_cleanup_errors=True)
        self._file = Path(self._folder.name) / "found.npz"
        self._found: PixelProbabilities | None = None
        self._reading = threading.Lock()
        module = (sys.executable, "-P", "-m", "explorer.training.probabilities")
        super().__init__([*module, str(root), str(self._file), "--image", str(index), "--which", which])

    def found(self) -> PixelProbabilities:
        """Return what was found, once it has ended. Raises ChildError, ProbabilitiesError."""
        self.result()
        with self._reading:  # two tabs may show it at the same time
            if self._found is None:
                try:
                    self._found = PixelProbabilities.load(self._file).on_disk(self._file.with_suffix(".npy"))
                    self._file.unlink()
                except OSError as error:
                    raise ProbabilitiesError(T.NOT_KEPT.format(reason=error.strerror or error)) from error
            return self._found


JOBS: Jobs[Asking] = Jobs(most=2, kept=4)


def known(images: MaskImages, looking: Looking) -> Pixel | None:
    """Return what is known of the pixel that was clicked, or None where none was.

    The first click on an image starts a child process; further pixels of it are known at once.
    """
    place = looking.place
    if place is None:
        return None
    job = _job(images, looking)
    if job is None:
        return Pixel(place, message=T.NO_CHECKPOINT)
    asking = JOBS.get(job)
    if asking is None:
        return Pixel(place, message=T.BUSY)
    if asking.canceled:
        return Pixel(place, message=T.CANCELED)
    if asking.running:
        return Pixel(place)
    try:
        found = asking.found()
    except (ChildError, ProbabilitiesError) as error:
        return Pixel(place, message=T.FAILED.format(reason=error))
    if max(place.x, place.y) >= found.shares.shape[1] or len(found.shares) != len(images.names):
        return Pixel(place, message=T.OTHER_SIZE)
    return Pixel(place, [float(share) for share in found.shares[:, place.y, place.x]], found.epoch)


def progress(looking: Looking) -> None:
    """Draw how long the probabilities have been computed, with a button that cancels it.

    Its place stays while there is nothing to say, so that what is below never moves.
    """
    place, job = st.container(height=_LINE, border=False), looking.job
    asking = None if looking.place is None or job is None else JOBS.get(job)
    if asking is not None and job is not None and asking.running:
        key = widget_key("mask_pixel", job, "working")
        with place:
            working.show(T.WORKING, asking.seconds, key, lambda: JOBS.cancel(job))


def _job(images: MaskImages, looking: Looking) -> str | None:
    """The name of the computation that belongs to the click, which is started with it; None without a checkpoint.

    While the run trains, its checkpoint is replaced: what a click has asked for stays until the next one.
    """
    assert looking.place is not None
    paths, which = images.view.paths, _which(images, looking.place.epoch)
    if looking.job is not None and JOBS.get(looking.job) is not None:
        return looking.job
    checkpoint = stamp(paths.best if which == "best" else paths.last)
    if checkpoint is None:
        return None
    index = looking.place.image
    looking.job = f"{paths.root}:{index}:{which}:{checkpoint}"
    before = JOBS.get(looking.job)
    if before is None or before.canceled or before.failed:
        JOBS.start(looking.job, lambda: Asking(paths.root, index, which))
    return looking.job


def _which(images: MaskImages, epoch: int) -> Literal["best", "last"]:
    """The checkpoint to ask: that of the epoch if it is kept, else the best one."""
    snapshot, paths = images.snapshot, images.view.paths
    best = best_point(paths, snapshot.config, snapshot.epochs)
    latest = epoch == snapshot.latest_epoch and paths.last.exists()
    return "last" if latest and (best is None or best.epoch != epoch) else "best"
