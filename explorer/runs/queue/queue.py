"""Runs that wait for a device, first come, first served, without a server: each process locks its own ticket.

A ticket is a file `<number>.<lane>.<run id>`. The process that launches a run makes it, locks it and passes the open
file to the child, so that the ticket is held at every moment from the click on. The kernel drops the lock when the
process dies. A ticket that no process holds is passed over; housekeeping starts its run again or removes it.
"""

import contextlib
import functools
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from explorer.base import locks
from explorer.base.atomic import read_json_object, write_json_atomic
from explorer.base.locks import Held, is_held
from explorer.runs.launchers import table
from explorer.runs.queue import holders
from explorer.runs.queue.holders import Holder
from explorer.runs.record.launch_record import latest_launch
from explorer.runs.record.paths import RunPaths, queue_folder, queue_root, runs_root
from explorer.runs.spec.devices import DEVICES

MOST_AT_ONCE = 16
_GUARD_S = 10.0
_NEW = ".new-"


class QueueError(RuntimeError):
    """The queue cannot be changed now, or does not hold what was asked for."""


@dataclass(frozen=True, order=True)
class Waiting:
    """A run in the queue. Lower numbers come first, within a lane and over all lanes."""

    number: int
    lane: str
    id: str

    @property
    def ticket(self) -> Path:
        """The file of its ticket."""
        return _tickets() / f"{self.number:08d}.{self.lane}.{self.id}"

    @functools.cached_property
    def alive(self) -> bool:
        """Whether a living process held the ticket when this was first asked. The ticket may be renamed afterwards."""
        return is_held(self.ticket)


class _Guards(threading.local):
    """The guards that each thread holds."""

    def __init__(self) -> None:
        self.held: set[Path] = set()


_guards = _Guards()


@contextlib.contextmanager
def guard(timeout: float = _GUARD_S) -> Iterator[None]:
    """Let one process at a time change the queue. Raises QueueError if another holds it for `timeout` seconds, OSError.

    A function that holds the guard may call another one that takes it.
    """
    path = queue_root() / "guard.lock"
    if path in _guards.held:
        yield
        return
    # Not filelock: it makes missing folders, and a home that was moved must not be created again.
    held = locks.take(path, timeout)
    if held is None:
        raise QueueError(f"The queue is being changed by {locks.who_holds(path)}, for longer than {timeout:.0f} s.")
    with held:
        locks.note_holder(held.descriptor)
        _guards.held.add(path)
        try:
            yield
        finally:
            _guards.held.discard(path)


def _tickets() -> Path:
    return queue_folder() / "tickets"


def waiting(lane: str | None = None) -> list[Waiting]:
    """Return the runs in the queue, or in one lane of it, in order; also those whose process has died."""
    try:
        names = [path.name.split(".", 2) for path in _tickets().iterdir()]
    except FileNotFoundError:
        return []
    found = (
        Waiting(int(parts[0]), *parts[1:]) for parts in names if len(parts) == 3 and parts[0].isdigit() and parts[2]
    )
    return sorted(place for place in found if lane in (None, place.lane))


def find(run_id: str) -> Waiting | None:
    """Return the place of a run in the queue; None where it does not wait."""
    found = None
    for _ in range(2):  # `move` may rename its ticket during the first look
        found = next((place for place in waiting() if place.id == run_id), None)
        if found is not None and found.alive:
            break
    return found


def ahead_of(place: Waiting) -> int:
    """Count the living runs of its lane that come before it."""
    return sum(other.alive for other in _before(place))


def _before(place: Waiting) -> list[Waiting]:
    return [other for other in waiting(place.lane) if other.number < place.number]


def take(run_id: str, lane: str) -> Held:
    """Draw the next ticket of a lane and return it locked. A child that inherits the open file holds it, too.

    Raises:
        QueueError: There is no such lane, or another process changes the queue.
        OSError: The ticket cannot be made.
    """
    if lane not in DEVICES:
        raise QueueError(f"There is no queue for the device {lane!r}; there is one for {', '.join(DEVICES)}.")
    with guard():
        _tickets().mkdir(exist_ok=True)
        number = max((place.number for place in waiting()), default=0) + 1
        # Locked under another name first: a ticket that is visible and not locked would be taken for a dead one.
        part = _tickets() / f"{_NEW}{run_id}"
        held = locks.take(part)
        if held is None:
            raise QueueError(f"The ticket of {run_id} is being made by another process.")
        try:
            part.rename(Waiting(number, lane, run_id).ticket)
        except BaseException:
            held.release()
            part.unlink(missing_ok=True)
            raise
        return held


def drop(run_id: str) -> None:
    """Take a run out of the queue. The caller holds the guard."""
    for place in waiting():
        if place.id == run_id:
            place.ticket.unlink(missing_ok=True)


def move(run_id: str, to: int) -> None:
    """Put a waiting run at the place `to` of its lane, 0 being the first. Raises QueueError where it does not wait."""
    with guard():
        mine = next((place for place in waiting() if place.id == run_id), None)
        if mine is None:
            raise QueueError(f"{run_id} does not wait any more.")
        lane = waiting(mine.lane)
        order = [place for place in lane if place != mine]
        order.insert(max(0, to), mine)
        for place, run in zip(lane, order, strict=True):
            if place != run:  # the name changes, the file and its lock stay
                run.ticket.rename(Waiting(place.number, run.lane, run.id).ticket)


def slots() -> dict[str, int]:
    """Return how many runs may train at once, by lane."""
    stored = (read_json_object(queue_folder() / "settings.json") or {}).get("slots")
    found = stored if isinstance(stored, dict) else {}
    return {lane: found[lane] if _is_count(found.get(lane)) else 1 for lane in DEVICES}


def _is_count(value: object) -> bool:
    return type(value) is int and 1 <= value <= MOST_AT_ONCE  # a bool is none


def set_slots(lane: str, count: int) -> None:
    """Let `count` runs of a lane train at once. Runs that train already continue. Raises ValueError, QueueError."""
    if lane not in DEVICES:
        raise ValueError(f"There is no device {lane!r}. Choose one of {', '.join(DEVICES)}.")
    if not _is_count(count):
        raise ValueError(f"Runs at once must be a whole number from 1 to {MOST_AT_ONCE}; got {count}.")
    with guard():
        write_json_atomic(queue_folder() / "settings.json", {"slots": slots() | {lane: count}})


class Slot:
    """The right to use a device until the process dies. `number` is that of the slot in its lane, from 0."""

    def __init__(self, lane: str, number: int, held: Held, paths: RunPaths) -> None:
        self.lane = lane
        self.number = number
        self._held = held
        self._paths = paths
        holders.note(held.descriptor, paths)

    @property
    def missing(self) -> bool:
        """Whether its file was deleted, so that another run may take the slot."""
        return self._held.missing

    def keep(self) -> None:
        """Take the slot again where its file or the whole queue was deleted. Raises OSError."""
        before, folder = self._held.descriptor, self._held.path.parent
        for missing in (folder.parent, folder):  # never the home: one that was moved must not be created again
            missing.mkdir(exist_ok=True)
        if self._held.keep() and self._held.descriptor != before:
            holders.note(self._held.descriptor, self._paths)

    def release(self) -> None:
        """Give the slot back."""
        self._held.release()


def try_begin(run_id: str, begin: Callable[[], None]) -> Slot | None:
    """Take a slot and give up the ticket, if it is this run's turn and a slot is free.

    Args:
        run_id: A run with a ticket.
        begin: Called before the ticket is given up, so that a reader finds the run either waiting or begun.

    Returns:
        None if it is not the run's turn yet, or if another process changes the queue.

    Raises:
        OSError: The slot cannot be locked. What `begin` raises is passed on.
    """
    place = find(run_id)
    if place is None or not _is_first(place):
        return None
    try:
        with guard(timeout=1.0):
            place = find(run_id)
            slot = _free_slot(place) if place is not None and _is_first(place) else None
            if slot is not None:
                begin()
                drop(run_id)
            return slot
    except QueueError:
        return None


def _is_first(place: Waiting) -> bool:
    return not any(other.alive and not _is_paused(other) for other in _before(place))


def _is_paused(place: Waiting) -> bool:
    # A process that is stopped by SIGSTOP keeps its place and must not hold up all others. The launch record may be
    # gone with its folder, and the ticket may not name its holder yet.
    launch, holder = latest_launch(RunPaths(runs_root() / place.id)), holders.read(place.ticket)
    return table.paused(launch) or (holder is not None and holder.paused)


def _slot_files(lane: str = "*") -> list[Path]:
    return list((queue_folder() / "slots").glob(f"{lane}-*.lock"))


def in_use(lane: str) -> int:
    """Count the runs of a lane that train now."""
    # Over all slots that exist: after the number was lowered, higher ones may still be in use.
    return sum(map(is_held, _slot_files(lane)))


def holding(lane: str) -> list[Holder]:
    """Return the trainers that hold a device, as their slots name them, the slots in order."""
    found = (holders.read(file) for file in sorted(_slot_files(lane)) if is_held(file))
    return [holder for holder in found if holder is not None]


def orphans() -> list[Holder]:
    """Return the processes that hold a place or a device while their run's folder is gone, such as paused ones."""
    files = [*_slot_files(), *(place.ticket for place in waiting())]
    found = (holders.read(file) for file in files if is_held(file))
    return [holder for holder in found if holder is not None and holder.is_orphan(runs_root())]


def _free_slot(place: Waiting) -> Slot | None:
    if in_use(place.lane) >= slots()[place.lane]:
        return None
    folder = queue_folder() / "slots"
    folder.mkdir(exist_ok=True)
    for number in range(MOST_AT_ONCE):
        held = locks.take(folder / f"{place.lane}-{number}.lock")
        if held is not None:
            return Slot(place.lane, number, held, RunPaths(runs_root() / place.id))
    return None
