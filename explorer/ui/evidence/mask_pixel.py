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
from explorer.ui.components.markdown import escape
from explorer.ui.components.masks import Pixel
from explorer.ui.evidence.mask_images import MaskImages
from explorer.ui.evidence.mask_looking import Looking
from explorer.ui.session.keys import widget_key
from explorer.ui.session.uploads import stamp


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
        self.which = which
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
    """Return the probabilities at the pixel that was clicked; None while they are computed, or where they cannot be.

    The first click on an image starts a child process; further pixels of it are known at once.
    """
    place = looking.place
    if place is None:
        return None
    job = _job(images, looking)
    asking = None if job is None else JOBS.get(job)
    if asking is None or asking.running or asking.canceled:
        return None
    try:
        found = asking.found()
    except (ChildError, ProbabilitiesError):
        return None  # `progress` says why
    if max(place.x, place.y) >= found.shares.shape[1] or len(found.shares) != len(images.names):
        return None
    which = T.WHICH_BEST if asking.which == "best" else T.WHICH_LAST
    title = T.PROBABILITIES.format(epoch=found.epoch + 1, which=which)
    if looking.epoch is not None and looking.epoch != found.epoch:
        title = f"{title} {T.OTHER_EPOCH.format(shown=looking.epoch + 1)}"
    return Pixel(place.image, place.x, place.y, title, [float(share) for share in found.shares[:, place.y, place.x]])


def progress(images: MaskImages, looking: Looking) -> None:
    """Draw that the probabilities are computed, or why they cannot be."""
    if looking.place is None:
        return
    job = _job(images, looking)
    if job is None:
        st.caption(T.NO_CHECKPOINT)
        return
    asking = JOBS.get(job)
    if asking is None:
        st.caption(T.BUSY)
    elif asking.running:
        key = widget_key("mask_pixel", job, "working")
        working.show(T.WORKING, asking.seconds, key, lambda: JOBS.cancel(job))
    elif asking.canceled:
        st.caption(T.CANCELED)
    else:
        try:
            asking.found()
        except (ChildError, ProbabilitiesError) as error:
            st.error(escape(T.FAILED.format(reason=error)))


def _job(images: MaskImages, looking: Looking) -> str | None:
    """The name of the computation that belongs to the click, which is started with it; None without a checkpoint.

    While the run trains, its checkpoint is replaced: what a click has asked for stays until the next one.
    """
    assert looking.place is not None
    paths, which = images.view.paths, _which(images, looking.epoch)
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


def _which(images: MaskImages, epoch: int | None) -> Literal["best", "last"]:
    """The checkpoint to ask: that of the epoch if it is kept, else the best one."""
    snapshot, paths = images.snapshot, images.view.paths
    best = best_point(paths, snapshot.config, snapshot.epochs)
    latest = epoch == snapshot.latest_epoch and paths.last.exists()
    return "last" if latest and (best is None or best.epoch != epoch) else "best"
