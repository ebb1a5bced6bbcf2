"""The lock that only a living trainer can hold: the kernel drops it when the process dies."""

import contextlib
import errno
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock, Timeout


class LockHeld(RuntimeError):
    """Another process trains this run."""


@contextlib.contextmanager
def hold(path: Path, timeout: float = 5.0) -> Iterator[None]:
    """Hold the lock until the block ends or the process dies.

    A reader that probes holds a shared lock for some microseconds, hence the short wait. Forked loader
    workers do not inherit the lock: filelock drops it at fork.
    Raises LockHeld, or OSError where the file system has no locks.
    """
    # thread_local=False: the lock belongs to the process, whichever thread lets it go.
    lock = FileLock(path, thread_local=False, poll_interval=0.01, fallback_to_soft=False)
    try:
        lock.acquire(timeout=timeout)
    except Timeout:
        raise LockHeld(f"{path.parent} is being trained by another process. Stop that one first.") from None
    try:
        yield
    finally:
        lock.release()


def is_held(path: Path) -> bool:
    """Whether a living process holds the lock. Changes nothing; readers never disturb each other.

    Raises OSError where the file may not be read or the file system has no locks: then nobody can tell.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError):
        return False
    try:
        # Shared: two readers at once both get it, while the trainer's exclusive lock refuses them.
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in (errno.EWOULDBLOCK, errno.EAGAIN, errno.EACCES):
            return True
        raise
    finally:
        os.close(descriptor)
    return False
