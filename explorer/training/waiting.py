"""Waiting in the queue, before anything heavy is imported, so that a waiting run takes little memory."""

import contextlib
import os
import time
from collections.abc import Callable
from pathlib import Path

from explorer.base.atomic import read_json_object
from explorer.runs.queue import holders, queue
from explorer.runs.queue.queue import Slot
from explorer.runs.record.paths import TICKET_VARIABLE, RunPaths, runs_root
from explorer.training.claim import LOOK_EVERY_S, Claim
from explorer.training.stopping import StopRequest

_LOOK_EVERY_S = 0.2
_SLOWEST_S = 1.0


def wait_for_turn(paths: RunPaths, stop: StopRequest, begin: Callable[[], None]) -> Slot | None:
    """Wait until it is this run's turn and a slot of its device is free.

    Args:
        paths: Of the run.
        stop: Whether the run is asked to stop.
        begin: Called when the turn has come.

    Returns:
        The slot; None, at once, for a trainer that was started by hand and has no ticket.

    Raises:
        StopRun: The run was asked to stop.
        OSError: The queue cannot be read or written.
    """
    place = queue.find(paths.id)
    slot = None if place is None else _wait(paths, place, stop, begin)
    if slot is None:
        begin()
    if stop.claim is not None:
        if slot is not None:
            stop.claim.keep(lambda: slot.missing, slot.keep, inside=False)
        stop.claim.watch()
    return slot


def _wait(paths: RunPaths, place: queue.Waiting, stop: StopRequest, begin: Callable[[], None]) -> Slot:
    _note_ticket(place)
    if stop.claim is not None:
        stop.claim.before_end = lambda: _give_up_ticket(paths)
    try:
        while True:
            _look_after(stop.claim)
            stop.check("stopped_waiting")
            pause = _LOOK_EVERY_S
            try:
                slot = queue.try_begin(paths.id, begin)
                if slot is not None:
                    _choose_gpu(paths, slot)
                    return slot
                place = queue.find(paths.id) or _again(paths, place)
                pause *= 1 + queue.ahead_of(place) // 4
            except FileNotFoundError:
                # The queue is being deleted at this moment; if the run itself is gone, there is nothing to wait for.
                if not paths.root.exists():
                    raise
            time.sleep(min(_SLOWEST_S, pause))
    finally:
        if stop.claim is not None:
            stop.claim.before_end = None
        _give_up_ticket(paths)


def _look_after(claim: Claim | None) -> None:
    """Do what the claim's thread does later: a waiting run has no thread."""
    if claim is not None:
        claim.end_if_lost()
        claim.renew()


def _note_ticket(place: queue.Waiting) -> None:
    """Record this process in its ticket: a paused one is passed over, even if its run's folder is gone."""
    number = os.environ.get(TICKET_VARIABLE, "")
    with contextlib.suppress(OSError):
        # Only if it is the ticket: the variable may have been set by something else.
        if number.isdigit() and os.path.samestat(os.fstat(int(number)), place.ticket.stat()):
            holders.note(int(number), RunPaths(runs_root() / place.id))


def _again(paths: RunPaths, place: queue.Waiting) -> queue.Waiting:
    """Line up again after the ticket or the whole queue was deleted."""
    time.sleep(4 * LOOK_EVERY_S)  # by then the runs that train have made their slots again
    with contextlib.suppress(queue.QueueError), queue.guard():
        # Under the guard no ticket moves, so that a ticket that is not found is gone.
        if queue.find(paths.id) is None:
            holders.note(queue.take(paths.id, place.lane).descriptor, paths)  # held until this process ends
    return queue.find(paths.id) or place


def _give_up_ticket(paths: RunPaths) -> None:
    if not paths.root.parent.is_dir():
        return  # all runs are gone, perhaps with the home, which looking for the ticket would make again
    with contextlib.suppress(queue.QueueError, OSError), queue.guard():
        queue.drop(paths.id)
    number = os.environ.pop(TICKET_VARIABLE, "")
    if number.isdigit():
        with contextlib.suppress(OSError):
            os.close(int(number))


def _choose_gpu(paths: RunPaths, slot: Slot) -> None:
    """Give simultaneous runs different GPUs of a machine, unless they have chosen one."""
    # Read as plain JSON: a RunConfig has a pipeline, whose imports take seconds.
    asked = read_json_object(paths.config) or {}
    if slot.lane == "gpu" and not asked.get("gpus") and "CUDA_VISIBLE_DEVICES" not in os.environ:
        # The driver's own list: asking torch would load it.
        with contextlib.suppress(OSError):
            count = len(list(Path("/proc/driver/nvidia/gpus").iterdir()))
            if count > 1:
                os.environ["CUDA_VISIBLE_DEVICES"] = str(slot.number % count)
