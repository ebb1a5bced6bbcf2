"""Facts about processes and clocks that hold across restarts of programs and of the computer."""

import functools
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

_PROC = Path("/proc")


@functools.cache
def boot_id() -> str:
    """Return 12 characters that identify this boot of the computer. They change with each restart."""
    if sys.platform == "darwin":
        command = ["/usr/sbin/sysctl", "-n", "kern.bootsessionuuid"]
        text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    else:
        text = (_PROC / "sys/kernel/random/boot_id").read_text()
    return text.strip().replace("-", "").lower()[:12]


@functools.cache
def host() -> str:
    """Return the name of this computer, for messages."""
    return socket.gethostname()


@dataclass(frozen=True)
class Moment:
    """One moment on both clocks.

    Attributes:
        wall: Seconds since 1970. This clock jumps when it is set.
        mono: Monotonic seconds, comparable only within one boot. This clock does not run while a laptop sleeps, so
            that sleep breaks no promise.
        boot: See `boot_id`.
    """

    wall: float
    mono: float
    boot: str

    @classmethod
    def now(cls) -> Self:
        """Read both clocks."""
        return cls(time.time(), time.monotonic(), boot_id())

    def since(self, earlier: "Moment") -> float:
        """Return the seconds from an earlier moment to this one, by the monotonic clock if both are of one boot."""
        return self.mono - earlier.mono if earlier.boot == self.boot else self.wall - earlier.wall


@dataclass(frozen=True, slots=True)
class Process:
    """A row of the process table. `state` is a letter as in ps; `ticks` says when it began, in units of the system."""

    pid: int
    state: str
    parent: int
    group: int
    ticks: int

    @property
    def dead(self) -> bool:
        """Whether it has ended. A zombie has; it only waits for its parent to collect it."""
        return self.state in "ZX"

    @property
    def paused(self) -> bool:
        """Whether it is stopped by SIGSTOP, Ctrl-Z or a debugger."""
        return self.state in "Tt"


def _linux_process(pid: int) -> Process | None:
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:  # noqa: PTH123 - a Path takes as long as the rest, for each process
            content = file.read()
    except OSError:
        return None
    # The command's name, in brackets, may itself hold blanks and brackets.
    fields = content.rpartition(b")")[2].split()
    return Process(pid, fields[0].decode(), int(fields[1]), int(fields[2]), int(fields[19]))


def _other_process(pid: int) -> Process | None:
    import psutil  # imported only without /proc: a waiting run must stay small

    try:
        process = psutil.Process(pid)
        states = {psutil.STATUS_ZOMBIE: "Z", psutil.STATUS_STOPPED: "T", psutil.STATUS_DEAD: "X"}
        state, ticks = states.get(process.status(), "R"), round(process.create_time() * 100)
        return Process(pid, state, process.ppid(), os.getpgid(pid), ticks)
    except (psutil.Error, OSError):
        return None


def find(pid: int) -> Process | None:
    """Return the process with this number; None where there is none."""
    if pid <= 0:
        return None
    return _linux_process(pid) if sys.platform == "linux" else _other_process(pid)


def every() -> dict[int, Process]:
    """Return the whole process table by pid. It takes milliseconds."""
    if sys.platform == "linux":
        pids = [int(name) for name in os.listdir(_PROC) if name.isdigit()]  # noqa: PTH208 - as above
    else:
        import psutil

        pids = psutil.pids()
    return {pid: process for pid in pids if (process := find(pid)) is not None}


def descendants(pids: Iterable[int], table: Mapping[int, Process]) -> set[int]:
    """Return the pids of all children of some processes, of their children and so on. `table` is that of `every`."""
    children: dict[int, set[int]] = {}
    for process in table.values():
        children.setdefault(process.parent, set()).add(process.pid)
    found, waiting = set[int](), list(pids)
    while waiting:
        new = children.get(waiting.pop(), set()) - found
        found |= new
        waiting.extend(new)
    return found


def start_ticks(pid: int) -> int | None:
    """Return when a process began, which distinguishes it from a later owner of its pid; None if there is none."""
    found = find(pid)
    return found.ticks if found else None


def pid_alive(pid: int, ticks: int | None) -> bool:
    """Whether the process that began at `ticks` is alive. A zombie is not."""
    found = find(pid)
    return found is not None and not found.dead and ticks is not None and found.ticks == ticks


def is_paused(pid: int, ticks: int | None) -> bool:
    """Whether the process that began at `ticks` is stopped by SIGSTOP, Ctrl-Z or a debugger."""
    found = find(pid)
    return found is not None and found.paused and found.ticks == ticks


def out_of_memory_kills() -> int | None:
    """Return how many processes the system has killed for lack of memory since it booted; None where unknown."""
    try:
        text = (_PROC / "vmstat").read_text()
    except OSError:
        return None
    found = [line.partition(" ")[2] for line in text.splitlines() if line.startswith("oom_kill ")]
    return int(found[0]) if found else None
