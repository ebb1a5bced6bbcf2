"""What makes a trainer the one of its run: the folder that it was started in, its lock, its record and its device.

Somebody may delete any of them under it. Where the folder is gone there is nothing to train for: the process ends, and
makes no folder again. What else is missing is taken again.
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
_watching: "Claim | None" = None  # that of this process, which its loader workers inherit


@dataclass(frozen=True, eq=False)
class _Kept:
    missing: Callable[[], bool]
    renew: Callable[[], object]
    inside: bool


class Claim:
    """The folder of a run, held open by its trainer, so that its inode cannot come to another one meanwhile.

    Raises OSError where it is not there.
    """

    def __init__(self, paths: RunPaths) -> None:
        self.paths = paths
        self._owner = os.getpid()
        self._open = os.open(paths.root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        found = os.fstat(self._open)
        self._folder = found.st_dev, found.st_ino
        self._kept: list[_Kept] = []
        self._missed: list[_Kept] = []  # at the last look

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """Hold the lock of the run until the block ends, and note this process as its trainer.

        Raises LockHeld where another process trains it, QueueError, OSError.
        """
        paths = self.paths
        with contextlib.ExitStack() as stack:
            # Housekeeping of a run that is over holds the guard. One that has a ticket is not over.
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
            return  # a full disk: its launcher has noted it, or it does without
        if launch is None:
            raise locks.LockHeld(f"{self.paths.root} is being trained by another process. Stop that one first.")
        record = self.paths.launch(attempt)
        self.keep(lambda: not record.exists(), lambda: write_launch(self.paths, attempt, launch))

    def keep(self, missing: Callable[[], bool], renew: Callable[[], object], *, inside: bool = True) -> None:
        """Take something again where it is missing. Both may raise OSError. inside: it lies in the run's folder."""
        self._kept.append(_Kept(missing, renew, inside))

    @property
    def lost(self) -> bool:
        """Whether the folder was deleted, emptied, moved, or replaced by another of its name."""
        return is_gone(self.paths, self._folder) or self._is_emptied()

    def _is_emptied(self) -> bool:
        # Files that a trainer makes while somebody deletes its folder may keep that from going as a whole.
        return not self.paths.config.exists()

    def renew(self) -> None:
        """Take again what is missing; of the folder's own what was missing at the last look, too.

        It may be that all of the folder is being deleted at this moment.
        """
        missing = [kept for kept in self._kept if _try(kept.missing)]
        for kept in missing:
            if kept in self._missed or not kept.inside:
                _try(kept.renew)
        self._missed = missing

    def end_if_lost(self) -> None:
        """End this process, and all that it has started, where the folder is gone. Microseconds where it is not."""
        if self.lost:
            self.end()

    def watch(self) -> None:
        """Look twice a second from a thread, in this process and in loader workers that it forks."""
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
        """SIGKILL to the trainer, all that it has started, and this process: there is nothing left to save."""
        with contextlib.suppress(OSError):
            os.write(sys.stdout.fileno(), f"The folder of this run is no longer {self.paths.root}: it ends.\n".encode())
        if os.getpgrp() == self._owner:
            os.killpg(self._owner, signal.SIGKILL)
        end_children(self._owner)
        if os.getppid() == self._owner:  # from a worker
            os.kill(self._owner, signal.SIGKILL)
        os.kill(os.getpid(), signal.SIGKILL)
        raise AssertionError("SIGKILL cannot be ignored")


def _noted(paths: RunPaths) -> Launch | None:
    """Note the calling trainer in the record of its attempt, where its launcher has not done so; returns that record.

    So a trainer that somebody starts by hand has one, too: it can be stopped and counted as any other.
    None where another trainer of this run lives, by its record. Raises OSError.
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
    except OSError:  # tried again at the next look
        return False


def watch_from_worker() -> None:
    """In a loader worker: look after the run's folder, too. A trainer that is paused cannot."""
    if _watching is not None:
        _watching.watch()


def end_children(pid: int) -> None:
    """SIGKILL to what a process has started and that is still of its group."""
    table = every()
    own = table.get(pid)
    for child in descendants([pid], table) - {os.getpid()}:
        if own is not None and table[child].group == own.group:
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
