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
    """Names the time since this computer was last switched on; another one after a restart. 12 characters."""
    if sys.platform == "darwin":
        command = ["/usr/sbin/sysctl", "-n", "kern.bootsessionuuid"]
        text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    else:
        text = (_PROC / "sys/kernel/random/boot_id").read_text()
    return text.strip().replace("-", "").lower()[:12]


@functools.cache
def host() -> str:
    """The name of this computer, for words."""
    return socket.gethostname()


@dataclass(frozen=True)
class Moment:
    """One moment on both clocks.

    wall: seconds since 1970; it may jump when the clock is set.
    mono: monotonic seconds, comparable only within one `boot`; it stands still while a laptop sleeps, so
    that a nap breaks no promise.
    """

    wall: float
    mono: float
    boot: str

    @classmethod
    def now(cls) -> Self:
        """This moment."""
        return cls(time.time(), time.monotonic(), boot_id())

    def since(self, wall: float, mono: float, boot: str) -> float:
        """Seconds from that moment to this one, monotonic where both are of the same boot."""
        return self.mono - mono if boot == self.boot else self.wall - wall


@dataclass(frozen=True, slots=True)
class Process:
    """A row of the process table. state: its letter, as in ps. ticks: when it began, in units of the system."""

    pid: int
    state: str
    parent: int
    group: int
    ticks: int

    @property
    def dead(self) -> bool:
        """Whether it has ended; a zombie only waits to be collected."""
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
    import psutil  # where there is no /proc; a waiting run does without its megabytes

    try:
        process = psutil.Process(pid)
        states = {psutil.STATUS_ZOMBIE: "Z", psutil.STATUS_STOPPED: "T", psutil.STATUS_DEAD: "X"}
        state, ticks = states.get(process.status(), "R"), round(process.create_time() * 100)
        return Process(pid, state, process.ppid(), os.getpgid(pid), ticks)
    except (psutil.Error, OSError):
        return None


def find(pid: int) -> Process | None:
    """The process of this number; None where there is none."""
    if pid <= 0:
        return None
    return _linux_process(pid) if sys.platform == "linux" else _other_process(pid)


def every() -> dict[int, Process]:
    """The whole process table, by pid. Takes milliseconds."""
    if sys.platform == "linux":
        pids = [int(name) for name in os.listdir(_PROC) if name.isdigit()]  # noqa: PTH208 - as above
    else:
        import psutil

        pids = psutil.pids()
    return {pid: process for pid in pids if (process := find(pid)) is not None}


def descendants(pids: Iterable[int], table: Mapping[int, Process]) -> set[int]:
    """The pids of all that some processes have started, and of what those have started, as far as each parent lives."""
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
    """When the process began, which tells it from a later owner of its pid; None if there is none."""
    found = find(pid)
    return found.ticks if found else None


def pid_alive(pid: int, ticks: int | None) -> bool:
    """Whether the process that began at `ticks` is alive. A zombie, dead but not yet collected, is not."""
    found = find(pid)
    return found is not None and not found.dead and ticks is not None and found.ticks == ticks


def is_paused(pid: int, ticks: int | None) -> bool:
    """Whether that process is stopped by SIGSTOP, Ctrl-Z or a debugger."""
    found = find(pid)
    return found is not None and found.paused and found.ticks == ticks


def out_of_memory_kills() -> int | None:
    """How many processes this computer has killed for lack of memory since it was switched on; None: unknown."""
    try:
        text = (_PROC / "vmstat").read_text()
    except OSError:
        return None
    found = [line.partition(" ")[2] for line in text.splitlines() if line.startswith("oom_kill ")]
    return int(found[0]) if found else None
