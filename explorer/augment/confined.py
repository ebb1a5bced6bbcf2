"""What a process does to itself before it runs native code with values that nobody bounds."""

import ctypes
import os
import resource
import signal
import sys

import psutil

_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of Linux


def end_with(parent: int) -> None:
    """Do not outlive the process that has started this one.

    Args:
        parent: Its process id: where it is gone already, this process ends here.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_DEATH_SIGNAL, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(0)


def limit_memory(more: int) -> None:
    """Take at most so many bytes of address space more than now, and leave no core file after a crash.

    Linux alone holds such a limit; elsewhere limits of time and the system itself still do.
    """
    if sys.platform == "linux":
        limit = psutil.Process().memory_info().vms + more
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
