"""A run's time in the queue, before anything heavy is imported: so long it costs little memory."""

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

    begin: called at that moment. Returns None at once for a trainer that somebody starts by hand, without a ticket.
    Raises StopRun, OSError.
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
                # Somebody deletes the queue at this moment. Where it is the run that is gone, there is no more to do.
                if not paths.root.exists():
                    raise
            time.sleep(min(_SLOWEST_S, pause))
    finally:
        _give_up_ticket(paths)


def _look_after(claim: Claim | None) -> None:
    """What the claim's own thread does later: a run that waits does without one."""
    if claim is None:
        return
    if claim.lost:
        _give_up_ticket(claim.paths)
        claim.end()
    claim.renew()


def _note_ticket(place: queue.Waiting) -> None:
    """Note this process in its ticket: one that is paused is passed over, also where its run's folder is gone."""
    number = os.environ.get(TICKET_VARIABLE, "")
    with contextlib.suppress(OSError):
        # Only into what is a ticket: the variable may have come from elsewhere.
        if number.isdigit() and os.path.samestat(os.fstat(int(number)), place.ticket.stat()):
            holders.note(int(number), RunPaths(runs_root() / place.id))


def _again(paths: RunPaths, place: queue.Waiting) -> queue.Waiting:
    """Somebody has deleted the ticket, or all of the queue: line up again."""
    time.sleep(4 * LOOK_EVERY_S)  # by then those that train have taken their slots again
    with contextlib.suppress(queue.QueueError), queue.guard():
        # Under the guard nobody moves tickets, so that one which cannot be seen is gone.
        if queue.find(paths.id) is None:
            holders.note(queue.take(paths.id, place.lane).descriptor, paths)  # held until this process ends
    return queue.find(paths.id) or place


def _give_up_ticket(paths: RunPaths) -> None:
    if not paths.root.parent.is_dir():
        return  # all runs are gone, and perhaps the home: to look for the ticket would make that again
    with contextlib.suppress(queue.QueueError, OSError), queue.guard():
        queue.drop(paths.id)
    number = os.environ.pop(TICKET_VARIABLE, "")
    if number.isdigit():
        with contextlib.suppress(OSError):
            os.close(int(number))


def _choose_gpu(paths: RunPaths, slot: Slot) -> None:
    """On a machine with several GPUs the runs of one moment go to different ones, where they have not chosen."""
    if _chosen(paths) or "CUDA_VISIBLE_DEVICES" in os.environ:
        return
    if slot.lane == "gpu" and (count := _gpus()) > 1:
        os.environ["CUDA_VISIBLE_DEVICES"] = str(slot.number % count)


def _chosen(paths: RunPaths) -> bool:
    # As plain JSON: a config holds a pipeline, and with it come seconds of imports that a waiting run does not need.
    asked = read_json_object(paths.config)
    return bool(asked and asked.get("gpus"))


def _gpus() -> int:
    # The driver's own list: asking torch would load it.
    try:
        return sum(1 for _ in Path("/proc/driver/nvidia/gpus").iterdir())
    except OSError:
        return 0
