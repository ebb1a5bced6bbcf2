"""Measures a data set in a child process for the pages: what is known, how far it is, and starting and ending it."""

from dataclasses import dataclass

from explorer.base.child import ChildError
from explorer.data.contents import Contents
from explorer.data.formats.spec import FileSpec
from explorer.data.overview import saved
from explorer.data.overview.measured import Measured
from explorer.data.overview.near import Duplicates
from explorer.data.overview.run import command
from explorer.data.overview.sampling import USUAL, Sampling
from explorer.data.overview.saved import Progress, Saved
from explorer.ui.background.children import Child
from explorer.ui.background.jobs import Jobs

JOBS: Jobs[Child] = Jobs(most=1)  # two at once would slow each other down
_LIMIT_S = 24 * 3600.0


@dataclass(frozen=True)
class Failed:
    """A measurement that has ended without an answer. reason: why, in words."""

    reason: str


def state(spec: FileSpec, sampling: Sampling = USUAL) -> Measured | Progress | Failed | None:
    """What is known of a data set: its measurements, how far they are, why they failed, or None if not begun.

    While it is measured again it is the progress; `latest` has the measurements of before.

    Args:
        spec: as a page may open it, see `Spec.for_page`.
        sampling: which images are measured.
    """
    child = JOBS.get(saved.key(spec, sampling))
    if child is not None and child.running:
        return progress(spec, sampling)
    if child is not None and child.failed and not child.canceled:
        try:
            child.result()
        except ChildError as error:
            return Failed(str(error))
    found = latest(spec, sampling)
    return None if found is None else found.measured


def latest(spec: FileSpec, sampling: Sampling = USUAL) -> Saved | None:
    """The latest measurements with the time they were made; the files may have changed since then."""
    return saved.read(saved.place(spec, sampling))


def progress(spec: FileSpec, sampling: Sampling = USUAL) -> Progress:
    """How far the measurement under way is."""
    return saved.read_progress(saved.place(spec, sampling))


def running(spec: FileSpec, sampling: Sampling = USUAL) -> bool:
    """Whether it is being measured, for `jobs.watch`."""
    return JOBS.at_work(saved.key(spec, sampling)) is not None


def start(spec: FileSpec, sampling: Sampling = USUAL) -> None:
    """Begin to measure, or measure again what has changed since the last time. Nothing happens while one runs."""
    begin = command(spec, sampling)
    saved.place(spec, sampling).with_suffix(".progress").unlink(missing_ok=True)
    JOBS.start(saved.key(spec, sampling), lambda: Child(begin, _LIMIT_S))


def cancel(spec: FileSpec, sampling: Sampling = USUAL) -> None:
    """End it; what was measured until now is kept, and the next start goes on there."""
    JOBS.cancel(saved.key(spec, sampling))


def duplicates(spec: FileSpec, contents: Contents, sampling: Sampling = USUAL) -> Duplicates | None:
    """The exact and near duplicates among the measured images; None where nothing is measured yet.

    Args:
        spec: as for `state`.
        contents: the data set as it is listed now, whose places and parts the answer names.
        sampling: as for `state`.
    """
    found = latest(spec, sampling)
    return None if found is None else found.duplicates(contents.ids, contents.part)
