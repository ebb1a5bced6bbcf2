"""Locks that only a living process can hold: the kernel drops them when it dies."""

import contextlib
import errno
import fcntl
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock, Timeout

from explorer.runs.processes import is_paused, start_ticks

_PROBE_S = 20.0
# What a second process does in the probe: 0 where the lock of the first keeps it out, as it should.
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


def note_holder(descriptor: int) -> None:
    """Write who holds a lock into its file, for words only."""
    with contextlib.suppress(OSError):  # a full disk must not keep anybody from a lock
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, str(os.getpid()).encode(), 0)


def who_holds(path: Path) -> str:
    """ "process 4711", with "which is paused" where it is; "another process" where its file does not say."""
    try:
        pid = int(path.read_text())
    except (OSError, ValueError):
        return "another process"
    return f"process {pid}, which is paused" if is_paused(pid, start_ticks(pid)) else f"process {pid}"


def probe(folder: Path) -> str:
    """Why locks in `folder` cannot be relied on, in a sentence; empty where they work. Takes some 30 ms.

    Some network file systems refuse locks, others grant the same lock to everybody: a second process tries. Empty too
    where no process can be made: then no run can begin either, and its start says why.
    Raises OSError where nothing can be written into the folder.
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
