"""What others ask of a run: to stop, and, where it does not answer, to be ended."""

from dataclasses import asdict

from explorer.base.atomic import read_json_object, write_json_atomic
from explorer.base.processes import Moment
from explorer.runs.record.paths import RunPaths
from explorer.runs.record.reasons import reason
from explorer.runs.state.escalation import kill
from explorer.runs.state.status import derive

__all__ = ["end_now", "request_stop", "stop_age"]


def request_stop(paths: RunPaths) -> bool:
    """Ask a run to save and stop, or to leave the queue; asking twice does no harm. False where it is over already.

    Raises OSError where the request cannot be written.
    """
    if derive(paths).over:
        return False
    paths.stop.parent.mkdir(exist_ok=True)
    if not paths.stop.exists():  # the first request counts: its time is shown
        write_json_atomic(paths.stop, asdict(Moment.now()))
    return True


def end_now(paths: RunPaths) -> bool:
    """End a run at once, without saving: what it did since its last checkpoint is lost. False where it is over.

    Raises Unreachable where its process cannot be reached.
    """
    if not request_stop(paths):
        return False
    kill(paths, reason("ended_on_request"))
    return True


def stop_age(paths: RunPaths, now: Moment) -> float | None:
    """Seconds since a stop was asked for; None if it was not."""
    try:
        changed = paths.stop.stat().st_mtime
    except (FileNotFoundError, NotADirectoryError):
        return None
    asked = read_json_object(paths.stop) or {}
    try:
        return now.since(float(asked["wall"]), float(asked["mono"]), str(asked["boot"]))
    except (KeyError, TypeError, ValueError):
        return now.wall - changed
