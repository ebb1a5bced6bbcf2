"""Asking a run to stop, and ending one that does not answer."""

from dataclasses import asdict

from explorer.base.atomic import write_json_atomic
from explorer.base.processes import Moment
from explorer.runs.record.paths import RunPaths
from explorer.runs.record.reasons import reason
from explorer.runs.state.escalation import kill
from explorer.runs.state.facts import stop_requested
from explorer.runs.state.status import derive


def request_stop(paths: RunPaths) -> bool:
    """Ask a run to save and stop, or to leave the queue. Asking twice does no harm.

    Returns:
        False if the run is over already.

    Raises:
        OSError: The request cannot be written.
    """
    if derive(paths).over:
        return False
    paths.stop.parent.mkdir(exist_ok=True)
    if not paths.stop.exists():  # the first request counts: its time is shown
        write_json_atomic(paths.stop, asdict(Moment.now()))
    return True


def end_now(paths: RunPaths) -> bool:
    """End a run at once, without saving, so that what it did since its last checkpoint is lost.

    Returns:
        False if the run is over already.

    Raises:
        Unreachable: Its process cannot be ended from here.
        OSError: The request cannot be written.
    """
    if not request_stop(paths):
        return False
    kill(paths, reason("ended_on_request"))
    return True


def stop_age(paths: RunPaths, now: Moment) -> float | None:
    """Return the seconds since a stop was requested; None if it was not."""
    asked = stop_requested(paths)
    return None if asked is None else now.since(asked)
