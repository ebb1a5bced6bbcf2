"""Locks that only a living process can hold, because the kernel drops them when it dies."""

import contextlib
import errno
import fcntl
import os
import secrets
import subprocess
import sys
import time
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import Self

from explorer.base.processes import is_paused, start_ticks

_BUSY = (errno.EWOULDBLOCK, errno.EAGAIN, errno.EACCES)
_POLL_S = 0.01
_PROBE_S = 20.0
# What a second process does in the probe. It ends with 0 if the lock of the first one keeps it out.
_SECOND = """
import fcntl, os, sys
descriptor = os.open(sys.argv[1], os.O_RDWR)
try:
    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
except BlockingIOError:
    sys.exit(0)
sys.exit(3)
"""


class LockHeld(RuntimeError):
    """Another process trains the run."""


class Held:
    """A lock that this process holds until it is released, at the end of a `with` block, or until the process dies.

    Forked loader workers do not inherit it: their copy of the open file is closed when they begin.
    """

    def __init__(self, path: Path, descriptor: int) -> None:
        self.path = path
        self.descriptor = descriptor
        _held.add(self)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.release()

    @property
    def missing(self) -> bool:
        """Whether its file was deleted or replaced, so that other processes no longer see the lock."""
        return self.descriptor >= 0 and not _leads_to(self.path, self.descriptor)

    def keep(self) -> bool:
        """Take the lock again if its file is missing; False if that cannot be done now.

        Raises OSError, for example if its folder is gone.
        """
        if not self.missing:
            return True
        fresh = _take(self.path)
        if fresh is None:
            return False
        os.close(self.descriptor)
        self.descriptor = fresh
        return True

    def release(self) -> None:
        """Release the lock."""
        if self.descriptor >= 0:
            os.close(self.descriptor)
            self.descriptor = -1


_held: "weakref.WeakSet[Held]" = weakref.WeakSet()


def _let_go_in_child() -> None:
    for held in tuple(_held):
        held.release()


os.register_at_fork(after_in_child=_let_go_in_child)


def take(path: Path, timeout: float = 0.0) -> Held | None:
    """Lock a file, which is made if it is missing, unlike its folder.

    A file with a second name, as in a copy made of hard links, is replaced: a lock on it would also be a lock on the
    copy. A reader that calls `is_held` holds a lock for some microseconds, which a short timeout outlasts.

    Returns:
        The lock; None if another process still holds it after `timeout` seconds.

    Raises:
        OSError: The file cannot be made, or the file system has no locks.
    """
    deadline = time.monotonic() + timeout
    while (descriptor := _take(path)) is None:
        if time.monotonic() >= deadline:
            return None
        time.sleep(_POLL_S)
    return Held(path, descriptor)


@contextlib.contextmanager
def changing(path: Path, what: str, timeout: float = 5.0) -> Iterator[None]:
    """Keep other processes from changing a file meanwhile.

    The lock is on a file beside it, because each change replaces the file itself.

    Args:
        path: The file.
        what: What it holds, for the message.
        timeout: Seconds for which another process is waited for.

    Raises:
        TimeoutError: Another process still holds the lock.
        OSError: The lock cannot be made.
    """
    held = take(path.with_suffix(".lock"), timeout)
    if held is None:
        raise TimeoutError(f"Another window has been changing {what} for over {timeout:.0f} s")
    with held:
        yield


def _take(path: Path) -> int | None:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC, 0o666)
    try:
        if lock(descriptor) and _leads_to(path, descriptor):
            if os.fstat(descriptor).st_nlink == 1:
                descriptor, kept = -1, descriptor
                return kept
            path.unlink()  # no other process holds it; the next try makes another
        return None
    finally:
        if descriptor >= 0:
            os.close(descriptor)


def lock(descriptor: int, *, shared: bool = False) -> bool:
    """Lock an open file until it is closed. Returns False at once if another process holds it. Raises OSError."""
    try:
        fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in _BUSY:
            return False
        raise
    return True


def _leads_to(path: Path, descriptor: int) -> bool:
    try:
        return os.path.samestat(path.stat(follow_symlinks=False), os.fstat(descriptor))
    except FileNotFoundError:
        return False


def hold(path: Path, timeout: float = 5.0) -> Held:
    """Take the lock of a run. Raises LockHeld, or OSError if the run's folder is gone or has no locks."""
    held = take(path, timeout)
    if held is None:
        raise LockHeld(f"{path.parent} is being trained by another process. Stop that one first.")
    return held


def unshare(path: Path) -> None:
    """Remove a lock file that a copy made of hard links shares with its original. No process may hold it."""
    with contextlib.suppress(FileNotFoundError):
        if path.lstat().st_nlink > 1:
            path.unlink()


def is_held(path: Path) -> bool:
    """Whether a living process holds a lock. This changes nothing, and readers do not disturb each other.

    Raises OSError if the file may not be read or the file system has no locks.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError):
        return False
    try:
        # Shared: two readers both get it at once, while the trainer's exclusive lock refuses them.
        return not lock(descriptor, shared=True)
    finally:
        os.close(descriptor)


def note(descriptor: int, text: str) -> None:
    """Write something about its holder into the file of a lock. A full disk does not matter."""
    with contextlib.suppress(OSError):
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, text.encode(), 0)


def note_holder(descriptor: int) -> None:
    """Write the pid of this process into the file of a lock, for `who_holds`."""
    note(descriptor, str(os.getpid()))


def who_holds(path: Path) -> str:
    """Return "process 4711", "process 4711, which is paused", or "another process" if the file names none."""
    try:
        pid = int(path.read_text())
    except (OSError, ValueError):
        return "another process"
    return f"process {pid}, which is paused" if is_paused(pid, start_ticks(pid)) else f"process {pid}"


def probe(folder: Path) -> str:
    """Return why locks in `folder` are not reliable; "" where they work. It takes about 30 ms.

    Some network file systems refuse locks, and others grant the same lock to all processes, so that a second process
    tries. It is also "" if no process can be made: then no run can begin either, and its start says why.

    Raises:
        OSError: Nothing can be written into the folder.
    """
    path = folder / f".probe-{secrets.token_hex(4)}.lock"
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            return f"its file system has no locks ({error.strerror})"
        command = [sys.executable, "-I", "-S", "-c", _SECOND, str(path)]
        try:
            second = subprocess.run(command, capture_output=True, text=True, timeout=_PROBE_S, check=False)
        except subprocess.TimeoutExpired:
            return f"a lock could not be tried within {_PROBE_S:.0f} s"
        except OSError:
            return ""
        if second.returncode == 0:
            return ""
        return (
            "its file system gives the same lock to two processes"
            if second.returncode == 3
            else f"a lock could not be tried ({second.stderr.strip()[-200:]})"
        )
    finally:
        os.close(descriptor)
        path.unlink(missing_ok=True)
