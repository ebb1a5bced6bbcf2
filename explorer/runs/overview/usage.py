"""What living runs use of this computer, and how busy it is in all."""

import os
import threading
import time
from collections.abc import Callable, Hashable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import psutil

from explorer.base.processes import Process, descendants, every, pid_alive
from explorer.runs.machine.capacity import disk, memory
from explorer.runs.machine.gpus import Gpus, GpuUse
from explorer.runs.overview.sizes import disk_use
from explorer.runs.record.paths import RunPaths

__all__ = ["GpuUse", "MachineUse", "Meter", "Use"]

AGAIN_S = 0.4  # a look that comes sooner gets the last answer: several tabs must not shorten each other's interval
SLOW_S = 5.0  # what takes milliseconds is looked up this often
_TABLE_S = 0.2  # one look into the process table serves all runs of a page

T = TypeVar("T")


@dataclass(frozen=True)
class Use:
    """What the processes of a run use. Bytes.

    cores: processor seconds per second since the look before; None at the first. memory: pages that several of its
    processes share count once (on Linux; elsewhere once for each). gpu_memory: None where no GPU names it.
    disk: its folder.
    """

    cores: float | None
    memory: int
    gpu_memory: int | None
    disk: int
    processes: int


@dataclass(frozen=True)
class MachineUse:
    """How busy this computer is. Bytes; cores_used: None at the first look; cores: those that runs may use."""

    cores_used: float | None
    cores: int
    memory_used: int
    memory_total: int
    disk_free: int
    disk_total: int
    gpus: tuple[GpuUse, ...]


@dataclass(frozen=True)
class _Look:
    """One process. cpu_s: also of its children that have ended. rss: bytes."""

    cpu_s: float
    rss: int


@dataclass(frozen=True)
class _Sample:
    time: float
    cpu_s: float
    use: Use


class Meter:
    """Looks at runs and the machine, and remembers the look before; one for all threads of a server."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._gpus = Gpus()
        self._samples: dict[tuple[int, int], _Sample] = {}
        self._table: tuple[float, dict[int, Process]] = (-_TABLE_S, {})
        self._kept: dict[Hashable, tuple[float, Any]] = {}  # when, and what was found then
        self._slow = ThreadPoolExecutor(1, "usage")
        self._machine: tuple[float, float, float, float | None] | None = None  # when, busy s, all s, share

    def of(self, launch_pid: int | None, ticks: int | None, folder: Path) -> Use | None:
        """What a trainer and its workers use; None where it is gone or its pid belongs to another process by now."""
        if launch_pid is None or ticks is None or not pid_alive(launch_pid, ticks):
            return None
        with self._lock:
            now = time.monotonic()
            key = (launch_pid, ticks)
            before = self._samples.get(key)
            if before and now - before.time < AGAIN_S:
                return before.use
            family = self._family(launch_pid, now)
            if not family:
                return None
            self._forget(now)
            sample = self._sample(family, folder, before, now)
            self._samples[key] = sample
            return sample.use

    def machine(self, folder: Path) -> MachineUse:
        """How busy the machine is; disk: of the file system that the folder is on. Raises OSError without a folder."""
        room, storage = memory(), disk(folder)
        with self._lock:
            share, count = self._busy()
        return MachineUse(
            cores_used=None if share is None else share * count,
            cores=count,
            memory_used=room.used,
            memory_total=room.total,
            disk_free=storage.free,
            disk_total=storage.total,
            gpus=self._gpus.latest().gpus,
        )

    def _sample(self, family: list[Process], folder: Path, before: _Sample | None, now: float) -> _Sample:
        looked = {process: look for process in family if (look := _look_at(process.pid)) is not None}
        cpu_s = sum(look.cpu_s for look in looked.values())
        # A worker that ends takes its time along until its parent has asked for it: never below nothing.
        cores = max(cpu_s - before.cpu_s, 0.0) / (now - before.time) if before else None
        on_gpus = self._gpus.latest().processes
        named = [on_gpus[process.pid] for process in family if process.pid in on_gpus]
        use = Use(
            cores=cores,
            memory=sum(self._memory(process, look.rss, now) for process, look in looked.items()),
            gpu_memory=sum(named) if named else None,
            disk=self._slowly(folder, lambda: disk_use(RunPaths(folder)).total, now),
            processes=len(family),
        )
        return _Sample(now, cpu_s, use)

    def _family(self, pid: int, now: float) -> list[Process]:
        """A process, its descendants, and its group where it leads one: a worker may outlive what forked it."""
        if now - self._table[0] >= _TABLE_S:
            self._table = (now, {pid: found for pid, found in every().items() if not found.dead})
        table = self._table[1]
        if pid not in table:
            return []
        group = {process.pid for process in table.values() if process.group == pid} | {pid}
        return [table[member] for member in group | descendants(group, table)]

    def _memory(self, process: Process, rss: int, now: float) -> int:
        # Its share is looked at once in a while; in between counts what came and went.
        pss, rss_then = self._slowly((process.pid, process.ticks), lambda: _share(process.pid, rss), now)
        return max(pss + rss - rss_then, 0)

    def _slowly(self, key: Hashable, look: Callable[[], T], now: float) -> T:
        """What `look` finds, by a key. It takes milliseconds: once it is known, a thread looks again in a while."""
        kept = self._kept.get(key)
        if kept is None:
            kept = self._kept[key] = (now, look())
        elif now - kept[0] >= SLOW_S:
            self._kept[key] = (now, kept[1])  # so that nobody asks a second time meanwhile
            self._slow.submit(self._look_again, key, look, now)
        found: T = kept[1]
        return found

    def _look_again(self, key: Hashable, look: Callable[[], Any], now: float) -> None:
        found = look()
        with self._lock:
            self._kept[key] = (now, found)

    def _forget(self, now: float) -> None:
        """Drop what nobody has asked for in a while."""
        old = now - 12 * SLOW_S
        self._samples = {key: sample for key, sample in self._samples.items() if sample.time > old}
        self._kept = {key: kept for key, kept in self._kept.items() if kept[0] > old}

    def _busy(self) -> tuple[float | None, int]:
        """Share of the processors' time since the look before, 0..1, and how many of them there are."""
        times = _processor_times()
        now = time.monotonic()
        before = self._machine
        if before and now - before[0] < AGAIN_S:
            return before[3], len(times)
        busy, total = sum(part for part, _ in times), sum(whole for _, whole in times)
        share = None
        if before and total > before[2]:
            share = min(max((busy - before[1]) / (total - before[2]), 0.0), 1.0)
        self._machine = (now, busy, total, share)
        return share, len(times)


def _processor_times() -> list[tuple[float, float]]:
    """(busy, all) seconds since the start of each processor that this process may use."""
    rows = psutil.cpu_times(percpu=True)
    mine = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else set(range(len(rows)))
    found = []
    for number, row in enumerate(rows):
        if number in mine:
            # Linux counts the time of guests within that of users already.
            total = sum(row) - getattr(row, "guest", 0.0) - getattr(row, "guest_nice", 0.0)
            found.append((total - row.idle - getattr(row, "iowait", 0.0), total))
    return found


def _look_at(pid: int) -> _Look | None:
    try:
        process = psutil.Process(pid)
        with process.oneshot():
            times, rss = process.cpu_times(), process.memory_info().rss
    except (psutil.Error, OSError):
        return None  # gone, or somebody else's: ours are never
    children = getattr(times, "children_user", 0.0) + getattr(times, "children_system", 0.0)
    return _Look(times.user + times.system + children, rss)


def _share(pid: int, rss: int) -> tuple[int, int]:
    """Bytes of a process with its part of what it shares, and with all of it; equal where the system does not say."""
    try:
        found = psutil.Process(pid).memory_full_info()
    except (psutil.Error, OSError):
        return rss, rss
    return getattr(found, "pss", found.rss), found.rss
