"""Limits that a process sets for itself before it runs native code with unbounded values."""

import ctypes
import os
import resource
import signal
import sys

import psutil

_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of Linux


def end_with(parent: int) -> None:
    """End this process together with the process `parent` that has started it, or now if that is gone."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_DEATH_SIGNAL, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(0)


def limit_memory(more: int) -> None:
    """Allow only so many bytes of address space more than now, and no core file after a crash.

    Only Linux has such a limit of memory; elsewhere limits of time remain.
    """
    if sys.platform == "linux":
        limit = psutil.Process().memory_info().vms + more
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
