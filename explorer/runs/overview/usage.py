"""What living runs use of this computer, and how busy the computer is."""

import math
import os
import shutil
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import psutil

from explorer.runs.launchers import table
from explorer.runs.machine import gpus
from explorer.runs.machine.capacity import memory
from explorer.runs.machine.gpus import GpuAnswer
from explorer.runs.machine.gpus import GpuUse as GpuUse
from explorer.runs.machine.later import Later
from explorer.runs.overview.sizes import disk_use
from explorer.runs.record.launch_record import Launch
from explorer.runs.record.paths import RunPaths

AGAIN_S = 0.4  # a look that comes sooner gets the last rate: several tabs must not shorten each other's interval
SLOW_S = 5.0  # what takes milliseconds is looked up this often
OLD_S = 60.0  # a page that was opened again says nothing about the time in between


@dataclass(frozen=True)
class Use:
    """What the processes of a run use, in bytes.

    Attributes:
        cores: Processor seconds per second since the look before; None at the first look.
        memory: Pages that several of its processes share count once on Linux, and once for each elsewhere.
        gpu_memory: None where no GPU names one of its processes.
        disk: The size of its folder.
        processes: How many there are.
    """

    cores: float | None
    memory: int
    gpu_memory: int | None
    disk: int
    processes: int


@dataclass(frozen=True)
class MachineUse:
    """How busy this computer is. Sizes are bytes; `cores` are those that runs may use, `cores_used` None at first."""

    cores_used: float | None
    cores: int
    memory_used: int
    memory_total: int
    disk_free: int
    disk_total: int
    gpus: tuple[GpuUse, ...]


@dataclass
class _Rate:
    """How fast a sum grows, per second."""

    _time: float = -math.inf
    _sum: float = 0.0
    _rate: float | None = None

    def at(self, now_sum: float) -> float | None:
        """Return the rate since the look before; None at the first, and if that look is too old to speak of now.

        `now_sum` may fall when a process ends.
        """
        now = time.monotonic()
        passed = now - self._time
        if passed >= AGAIN_S:
            self._rate = max(now_sum - self._sum, 0.0) / passed if passed <= OLD_S else None
            self._time, self._sum = now, now_sum
        return self._rate


class _Slow(NamedTuple):
    """Bytes: of processes with their parts of what they share and with all of it, and of the run's folder."""

    shared: int
    whole: int
    disk: int


@dataclass
class _Watched:
    """What is remembered of a run. `slow` holds for `pids` only: a new worker counts at once."""

    cpu: _Rate = field(default_factory=_Rate)
    pids: tuple[int, ...] = ()
    slow: Later[_Slow] | None = None


class Meter:
    """Looks at runs and the machine, and remembers the look before. All threads of a server share one."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._gpus = Later(gpus.ask, gpus.EVERY_S, GpuAnswer())
        self._runs: dict[Path, _Watched] = {}
        self._cpu = _Rate()

    def of(self, paths: RunPaths, launch: Launch) -> Use | None:
        """Measure the processes of a run; None where its trainer does not live on this computer."""
        launcher = table.of(launch)
        family = launcher.processes(paths, launch) if launcher.alive(launch) else ()
        with self._lock:
            if not family:
                self._runs.pop(paths.root, None)
                return None
            return self._look(self._runs.setdefault(paths.root, _Watched()), paths, [each.pid for each in family])

    def _look(self, run: _Watched, paths: RunPaths, pids: list[int]) -> Use:
        if run.slow is None or run.pids != tuple(pids):
            run.pids = tuple(pids)
            run.slow = Later(lambda: _look_slowly(paths, pids), SLOW_S, _look_slowly(paths, pids), SLOW_S)
        slow, on_gpus = run.slow.latest(), self._gpus.latest().processes
        cpu_s, whole = _look_fast(pids)
        named = [on_gpus[pid] for pid in pids if pid in on_gpus]
        # Shares are looked up now and then; in between counts what came and went.
        memory_used = max(slow.shared + whole - slow.whole, 0)
        return Use(run.cpu.at(cpu_s), memory_used, sum(named) if named else None, slow.disk, len(pids))

    def machine(self, folder: Path) -> MachineUse:
        """Measure the machine, with the disk that `folder` is on. Raises OSError if there is no such folder."""
        room, storage = memory(), shutil.disk_usage(folder)
        busy_s, cores = _processors()
        with self._lock:
            used = self._cpu.at(busy_s)
        return MachineUse(
            cores_used=None if used is None else min(used, cores),
            cores=cores,
            memory_used=room.used,
            memory_total=room.total,
            disk_free=storage.free,
            disk_total=storage.total,
            gpus=self._gpus.latest().gpus,
        )


def _processors() -> tuple[float, int]:
    """Return the busy seconds of the processors that this process may use, and how many these are."""
    rows = psutil.cpu_times(percpu=True)
    mine = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else range(len(rows))
    # Linux counts the time of guests within that of users already.
    idle = ("idle", "iowait", "guest", "guest_nice")
    found = [sum(row) - sum(getattr(row, name, 0.0) for name in idle) for n, row in enumerate(rows) if n in mine]
    return sum(found), len(found)


def _look_fast(pids: Iterable[int]) -> tuple[float, int]:
    """Return processor seconds, with those of children that have ended, and resident bytes of some processes."""
    cpu_s, whole = 0.0, 0
    for pid in pids:
        try:
            process = psutil.Process(pid)
            with process.oneshot():
                times, resident = process.cpu_times(), process.memory_info().rss
        except (psutil.Error, OSError):
            continue  # it has ended
        cpu_s += times.user + times.system + getattr(times, "children_user", 0) + getattr(times, "children_system", 0)
        whole += resident
    return cpu_s, whole


def _look_slowly(paths: RunPaths, pids: Iterable[int]) -> _Slow:
    shared = whole = 0
    for pid in pids:
        try:
            found = psutil.Process(pid).memory_full_info()
        except (psutil.Error, OSError):
            continue  # it has ended
        shared, whole = shared + getattr(found, "pss", found.rss), whole + found.rss
    return _Slow(shared, whole, disk_use(paths).total)
