"""Limits that a process sets for itself, before it runs native code with unbounded values or works for a stranger."""

import ctypes
import os
import resource
import signal
import sys

import psutil

PAGE_PID = "EXPLORER_PAGE_PID"  # the variable with the process id of the server that has started this one for a page
_PAGE_MEMORY = 4 << 30  # bytes more than after the imports
_PAGE_NICENESS = 10
_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of Linux


def end_with(parent: int) -> None:
    """End this process together with the process `parent` that has started it, or now if that is gone."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_DEATH_SIGNAL, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(0)


def limit_if_for_page(*, memory: bool = True) -> None:
    """Let a process that a page has started end with its server, leave the pages their cores, and take little memory.

    One that a person has started on the command line has no limits.

    Args:
        memory: Whether its memory is limited too. One that only starts another process leaves that to it, since a
            process cannot have more than the one that has started it.
    """
    parent = os.environ.get(PAGE_PID, "")
    if parent.isdecimal():
        end_with(int(parent))
        os.nice(_PAGE_NICENESS)
        if memory:
            limit_memory(_PAGE_MEMORY)


def limit_memory(more: int) -> None:
    """Allow only so many bytes of address space more than now, and no core file after a crash.

    Only Linux has such a limit of memory; elsewhere limits of time remain.
    """
    if sys.platform == "linux":
        limit = psutil.Process().memory_info().vms + more
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
