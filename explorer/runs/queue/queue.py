"""Runs that wait for a device, first come, first served, with nobody in charge: a ticket each, locked by its process.

A ticket is a file `<number>.<lane>.<run id>`. The process that launches a run makes it, locks it and hands the open
file to the child: from the click on there is no moment in which the ticket is not held. The kernel drops the lock when
the process dies. A ticket that nobody holds is passed over; housekeeping starts its run again or removes it.
"""

import contextlib
import os
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from explorer.base.atomic import read_json_object, write_json_atomic
from explorer.base.locks import Held, is_held, lock, note_holder, who_holds
from explorer.base.locks import take as take_lock
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


@dataclass(frozen=True)
class Waiting:
    """A run in the queue. number: lower ones come first. alive: a living process holds the ticket."""

    number: int
    lane: str
    id: str
    alive: bool

    @property
    def ticket(self) -> Path:
        """The file of its ticket."""
        return _ticket(self.number, self.lane, self.id)


class _Guards(threading.local):
    """The guards that each thread holds."""

    def __init__(self) -> None:
        self.held: set[Path] = set()


_guards = _Guards()


@contextlib.contextmanager
def guard(timeout: float = _GUARD_S) -> Iterator[None]:
    """Let one process at a time change the queue. Raises QueueError where another holds it for too long, OSError."""
    path = queue_root() / "guard.lock"
    if path in _guards.held:  # a function that holds the guard may call another that takes it
        yield
        return
    # Not filelock: it makes missing folders, and a home that somebody has moved must not come back.
    held = take_lock(path, timeout)
    if held is None:
        raise QueueError(f"The queue is being changed by {who_holds(path)}, for longer than {timeout:.0f} s.")
    note_holder(held.descriptor)
    _guards.held.add(path)
    try:
        yield
    finally:
        _guards.held.discard(path)
        held.release()


def _tickets() -> Path:
    return queue_folder() / "tickets"


def _ticket(number: int, lane: str, run_id: str) -> Path:
    return _tickets() / f"{number:08d}.{lane}.{run_id}"


def _parse(name: str) -> tuple[int, str, str] | None:
    number, dot, rest = name.partition(".")
    lane, second, run_id = rest.partition(".")
    return (int(number), lane, run_id) if dot and second and number.isdigit() and run_id else None


def _listed() -> list[tuple[int, str, str]]:
    try:
        names = [path.name for path in _tickets().iterdir()]
    except FileNotFoundError:
        return []
    return sorted(filter(None, map(_parse, names)))


def _seen(number: int, lane: str, run_id: str) -> Waiting:
    return Waiting(number, lane, run_id, is_held(_ticket(number, lane, run_id)))


def waiting() -> tuple[Waiting, ...]:
    """Every run in the queue, in order."""
    return tuple(_seen(*found) for found in _listed())


def find(run_id: str) -> Waiting | None:
    """The place of a run in the queue; None where it does not wait."""
    seen = None
    for _ in range(2):  # a ticket that `move` renames at that moment may be missed, or looked for by its old name
        found = next((ticket for ticket in _listed() if ticket[2] == run_id), None)
        seen = None if found is None else _seen(*found)
        if seen is not None and seen.alive:
            break
    return seen


def ahead_of(place: Waiting) -> int:
    """How many living runs of its lane come before it."""
    return sum(_seen(*found).alive for found in _listed() if found[0] < place.number and found[1] == place.lane)


class Ticket:
    """An open ticket file, locked until it is closed here and in the child."""

    def __init__(self, run_id: str, descriptor: int) -> None:
        self.run_id = run_id
        self.descriptor = descriptor

    def close(self) -> None:
        """Let go of it in this process."""
        if self.descriptor >= 0:
            os.close(self.descriptor)
            self.descriptor = -1


def take(run_id: str, lane: str) -> Ticket:
    """Draw the next ticket of a lane, locked. Raises QueueError, OSError."""
    if lane not in DEVICES:
        raise QueueError(f"There is no queue for the device {lane!r}; there is one for {', '.join(DEVICES)}.")
    with guard():
        _tickets().mkdir(exist_ok=True)
        number = max((found[0] for found in _listed()), default=0) + 1
        # Locked under another name first: a ticket that can be seen and is not locked would be taken for a dead one.
        part = _tickets() / f"{_NEW}{run_id}"
        descriptor = os.open(part, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
        try:
            lock(descriptor)  # nobody else knows of it yet
            part.rename(_ticket(number, lane, run_id))
        except BaseException:
            os.close(descriptor)
            part.unlink(missing_ok=True)
            raise
        return Ticket(run_id, descriptor)


def take_over(place: Waiting) -> Ticket | None:
    """Lock the ticket of a dead process, for its successor; None where somebody else has it. Under `guard`."""
    descriptor = os.open(place.ticket, os.O_RDWR | os.O_CLOEXEC)
    with contextlib.suppress(OSError):
        if lock(descriptor):
            return Ticket(place.id, descriptor)
    os.close(descriptor)
    return None


def drop(run_id: str) -> None:
    """Take a run out of the queue. Under `guard`."""
    for found in _listed():
        if found[2] == run_id:
            _ticket(*found).unlink(missing_ok=True)


def move(run_id: str, place: int) -> None:
    """Put a waiting run at `place` among those of its lane, 0 first. Raises QueueError where it does not wait."""
    with guard():
        mine = next((found for found in _listed() if found[2] == run_id), None)
        if mine is None:
            raise QueueError(f"{run_id} does not wait any more.")
        lane = [found for found in _listed() if found[1] == mine[1]]
        order = [found for found in lane if found != mine]
        order.insert(max(0, min(place, len(order))), mine)
        for (number, _, _), old in zip(lane, order, strict=True):
            if number != old[0]:
                # The name changes, the file and its lock stay.
                _ticket(*old).rename(_ticket(number, old[1], old[2]))


def slots() -> dict[str, int]:
    """How many runs may train at once, by lane."""
    stored = (read_json_object(queue_folder() / "settings.json") or {}).get("slots")
    found: Mapping[str, object] = stored if isinstance(stored, dict) else {}
    return {lane: _whole(found.get(lane)) for lane in DEVICES}


def _whole(value: object) -> int:
    good = isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= MOST_AT_ONCE
    return value if good and isinstance(value, int) else 1


def set_slots(lane: str, count: int) -> None:
    """Let `count` runs of a lane train at once; those that train now go on. Raises ValueError, QueueError."""
    if lane not in DEVICES:
        raise ValueError(f"There is no device {lane!r}. Choose one of {', '.join(DEVICES)}.")
    if isinstance(count, bool) or not isinstance(count, int) or not 1 <= count <= MOST_AT_ONCE:
        raise ValueError(f"Runs at once must be a whole number from 1 to {MOST_AT_ONCE}; got {count}.")
    with guard():
        write_json_atomic(queue_folder() / "settings.json", {"slots": slots() | {lane: count}})


class Slot:
    """The right to use a device, held for life. number: which of the lane's slots, from 0."""

    def __init__(self, lane: str, number: int, held: Held, paths: RunPaths) -> None:
        self.lane = lane
        self.number = number
        self._held = held
        self._paths = paths
        holders.note(held.descriptor, paths)

    @property
    def missing(self) -> bool:
        """Whether somebody has deleted its file, so that another run may take it."""
        return self._held.missing

    def keep(self) -> None:
        """Take it again where somebody has deleted its file or all of the queue. Raises OSError."""
        before = self._held.descriptor
        folder = self._held.path.parent
        for missing in (folder.parent, folder):  # never the home's: one that somebody has moved must not come back
            missing.mkdir(exist_ok=True)
        if self._held.keep() and self._held.descriptor != before:
            holders.note(self._held.descriptor, self._paths)

    def release(self) -> None:
        """Give it back."""
        self._held.release()


def try_begin(run_id: str, begin: Callable[[], None]) -> Slot | None:
    """A slot, if it is this run's turn and one is free; its ticket is gone then. None: ask again later.

    begin: called before the ticket goes, so that a reader finds the run either waiting or begun.
    Raises OSError, and what `begin` raises.
    """
    place = find(run_id)
    if place is None or not _is_first(place):
        return None
    try:
        with guard(timeout=1.0):
            place = find(run_id)
            if place is None or not _is_first(place):
                return None
            slot = _free_slot(place)
            if slot is None:
                return None
            begin()
            drop(run_id)
            return slot
    except QueueError:
        return None


def _is_first(place: Waiting) -> bool:
    before = (found for found in _listed() if found[0] < place.number and found[1] == place.lane)
    return not any(_seen(*found).alive and not _is_paused(*found) for found in before)


def _is_paused(number: int, lane: str, run_id: str) -> bool:
    # A process that somebody has stopped with SIGSTOP must not hold up all others; it keeps its place. The launch
    # record may be gone with its folder; the ticket may not be noted yet.
    launch, holder = latest_launch(RunPaths(runs_root() / run_id)), holders.read(_ticket(number, lane, run_id))
    return table.paused(launch) or (holder is not None and holder.paused)


def _slot_files(lanes: str = "*") -> list[Path]:
    return list((queue_folder() / "slots").glob(f"{lanes}-*.lock"))


def in_use(lane: str) -> int:
    """How many runs of a lane train now."""
    # Counted over all that exist: after the number was lowered, higher ones may still be in use.
    return sum(map(is_held, _slot_files(lane)))


def orphans() -> list[Holder]:
    """The processes that hold a place or a device and whose run's folder is gone: a paused one cannot end by itself."""
    files = [*_slot_files(), *(_ticket(*found) for found in _listed())]
    found = (holders.read(file) for file in files if is_held(file))
    return [holder for holder in found if holder is not None and holder.is_orphan(runs_root())]


def _free_slot(place: Waiting) -> Slot | None:
    if in_use(place.lane) >= slots()[place.lane]:
        return None
    folder = queue_folder() / "slots"
    folder.mkdir(exist_ok=True)
    for number in range(MOST_AT_ONCE):
        held = take_lock(folder / f"{place.lane}-{number}.lock")
        if held is not None:
            return Slot(place.lane, number, held, RunPaths(runs_root() / place.id))
    return None
