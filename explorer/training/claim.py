"""The claim of a trainer to its run: the run's folder, its lock, its launch record and a slot of a device.

People may delete any of them while it trains. If the folder is gone, the process ends and does not make it again. If
anything else is missing, it is made again.
"""

import contextlib
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import NoReturn

from explorer.base import locks
from explorer.base.processes import Moment, boot_id, descendants, every, start_ticks
from explorer.runs.launchers import table
from explorer.runs.queue import queue
from explorer.runs.record.launch_record import Launch, is_gone, latest_launch, read_launch, write_launch
from explorer.runs.record.paths import RunPaths

LOOK_EVERY_S = 0.5
_watching: "Claim | None" = None  # the claim of this process, which loader workers inherit


@dataclass(frozen=True, eq=False)
class _Kept:
    """Something that is made again by `renew` when it is missing. inside: it is in the run's folder."""

    missing: Callable[[], bool]
    renew: Callable[[], object]
    inside: bool


class Claim:
    """The folder of a run, held open by its trainer, so that its inode is not reused by another folder.

    Raises:
        OSError: The folder does not exist.
    """

    def __init__(self, paths: RunPaths) -> None:
        self.paths = paths
        self._owner = os.getpid()
        self._open = os.open(paths.root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        found = os.fstat(self._open)
        self._folder = found.st_dev, found.st_ino
        self._kept: list[_Kept] = []
        self._missed: list[_Kept] = []  # what was missing at the last look
        self.before_end: Callable[[], None] | None = None  # gives back what the trainer holds outside the folder

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """Hold the lock of the run until the block ends, and record this process as its trainer.

        Raises:
            LockHeld: Another process trains the run.
            QueueError, OSError: The lock or the record cannot be written.
        """
        paths = self.paths
        with contextlib.ExitStack() as stack:
            # Housekeeping of finished runs holds the guard; a run with a ticket is not finished.
            with queue.guard() if queue.find(paths.id) is None else contextlib.nullcontext():
                lock = stack.enter_context(locks.hold(paths.lock))
                self._note()
            self.keep(lambda: lock.missing, lock.keep)
            try:
                yield
            finally:
                self._kept.clear()

    def _note(self) -> None:
        try:
            launch, attempt = _noted(self.paths), self.paths.latest_attempt
        except OSError:
            return  # the disk is full: the launcher has recorded this process, or there is no record
        if launch is None:
            raise locks.LockHeld(f"{self.paths.root} is being trained by another process. Stop that one first.")
        record = self.paths.launch(attempt)
        self.keep(lambda: not record.exists(), lambda: write_launch(self.paths, attempt, launch))

    def keep(self, missing: Callable[[], bool], renew: Callable[[], object], *, inside: bool = True) -> None:
        """Make something again whenever it is missing; both functions may raise OSError.

        Args:
            missing: Whether it is missing.
            renew: Makes it again.
            inside: Whether it is in the run's folder.
        """
        self._kept.append(_Kept(missing, renew, inside))

    @property
    def lost(self) -> bool:
        """Whether the folder was deleted, emptied, moved, or replaced by another of its name."""
        return is_gone(self.paths, self._folder) or self._is_emptied()

    def _is_emptied(self) -> bool:
        # A folder that is being deleted may remain because the trainer writes files into it meanwhile.
        return not self.paths.config.exists()

    def renew(self) -> None:
        """Make again what is missing.

        What is in the run's folder is made again only if it was missing at the last look too: the whole folder may
        be being deleted at this moment.
        """
        missing = [kept for kept in self._kept if _try(kept.missing)]
        for kept in missing:
            if kept in self._missed or not kept.inside:
                _try(kept.renew)
        self._missed = missing

    def end_if_lost(self) -> None:
        """End this process and its children if the folder is gone; a look takes microseconds."""
        if self.lost:
            self.end()

    def watch(self) -> None:
        """Look twice a second in a thread; loader workers that are forked from this process do so as well."""
        global _watching
        _watching = self
        threading.Thread(target=self._look, name="claim", daemon=True).start()

    def _look(self) -> None:
        while True:
            self.end_if_lost()
            if os.getpid() == self._owner:
                self.renew()
            time.sleep(LOOK_EVERY_S)

    def end(self) -> NoReturn:
        """Kill the trainer, its children and this process: there is nothing left to save."""
        if self.before_end is not None and os.getpid() == self._owner:
            self.before_end()
        with contextlib.suppress(OSError):
            os.write(sys.stdout.fileno(), f"The folder of this run is no longer {self.paths.root}: it ends.\n".encode())
        if os.getpgrp() == self._owner:
            os.killpg(self._owner, signal.SIGKILL)
        end_children(self._owner)
        if os.getppid() == self._owner:  # this is a loader worker
            os.kill(self._owner, signal.SIGKILL)
        os.kill(os.getpid(), signal.SIGKILL)
        raise AssertionError("SIGKILL cannot be ignored")


def _noted(paths: RunPaths) -> Launch | None:
    """Record the calling process as the trainer of its attempt unless its launcher has done so.

    So a trainer that is started by hand can be stopped and counted like any other.

    Returns:
        The record; None if, by its record, another trainer of this run is alive.

    Raises:
        OSError: The record cannot be written.
    """
    attempt = paths.begin_attempt()
    found = read_launch(paths, attempt) or Launch.prepared(Moment.now(), paths)
    latest = latest_launch(paths)
    if latest is not None and _lives(latest, paths) and latest.pid != os.getpid():
        return None
    if found.launcher != "local" or (found.pid == os.getpid() and _lives(found, paths)):
        return found
    if found.boot != boot_id() or not found.is_of(paths):
        found = Launch.prepared(Moment.now(), paths, found.tries)
    found = replace(found, pid=os.getpid(), ticks=start_ticks(os.getpid()))
    write_launch(paths, attempt, found)
    return found


def _lives(launch: Launch, paths: RunPaths) -> bool:
    return launch.is_of(paths) and table.alive(launch)


def _try(call: Callable[[], object]) -> bool:
    try:
        return bool(call())
    except OSError:  # the next look tries again
        return False


def watch_from_worker() -> None:
    """Watch the run's folder from a loader worker too: a paused trainer cannot."""
    if _watching is not None:
        _watching.watch()


def end_children(pid: int) -> None:
    """Kill the descendants of a process that are in its process group."""
    table = every()
    own = table.get(pid)
    for child in descendants([pid], table) - {os.getpid()}:
        if own is not None and table[child].group == own.group:
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
