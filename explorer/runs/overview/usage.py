"""What living runs use of this computer, and how busy it is in all."""

import os
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import psutil

from explorer.base.processes import pid_alive
from explorer.runs.machine.capacity import disk, memory
from explorer.runs.machine.gpus import Gpus, GpuUse
from explorer.runs.overview.sizes import disk_use
from explorer.runs.record.paths import RunPaths

__all__ = ["GpuUse", "MachineUse", "Meter", "Use"]

AGAIN_S = 0.4  # a look that comes sooner gets the last answer: several tabs must not shorten each other's interval
SLOW_S = 5.0  # what takes milliseconds is looked up this often
_TABLE_S = 0.2  # one look into the process table serves all runs of a page
_PROC = Path("/proc")


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
class _Process:
    """A row of the process table. cpu_s: also of its children that have ended. rss: bytes."""

    pid: int
    parent: int
    group: int
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
        self._table: tuple[float, dict[int, _Process]] = (-_TABLE_S, {})
        self._shares: dict[int, tuple[float, int, int]] = {}  # pid -> when, pss, rss then
        self._disks: dict[Path, tuple[float, int]] = {}
        # The kernel takes 5 ms to tell what is shared of 300 MB, and more the larger and busier a process is.
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

    def _sample(self, family: list[_Process], folder: Path, before: _Sample | None, now: float) -> _Sample:
        cpu_s = sum(process.cpu_s for process in family)
        # A worker that ends takes its time along until its parent has asked for it: never below nothing.
        cores = max(cpu_s - before.cpu_s, 0.0) / (now - before.time) if before else None
        on_gpus = self._gpus.latest().processes
        named = [on_gpus[process.pid] for process in family if process.pid in on_gpus]
        use = Use(
            cores=cores,
            memory=sum(self._memory(process, now) for process in family),
            gpu_memory=sum(named) if named else None,
            disk=self._disk(folder, now),
            processes=len(family),
        )
        return _Sample(now, cpu_s, use)

    def _family(self, pid: int, now: float) -> list[_Process]:
        """A process, its descendants, and its group where it leads one: a worker may outlive what forked it."""
        if now - self._table[0] >= _TABLE_S:
            self._table = (now, _processes())
        table = self._table[1]
        members = {pid}
        children: dict[int, list[int]] = {}
        for process in table.values():
            children.setdefault(process.parent, []).append(process.pid)
            if process.group == pid:
                members.add(process.pid)
        waiting = list(members)
        while waiting:
            new = set(children.get(waiting.pop(), ())) - members
            members |= new
            waiting.extend(new)
        return [table[member] for member in members if member in table] if pid in table else []

    def _memory(self, process: _Process, now: float) -> int:
        # Its share is looked at once in a while; in between counts what came and went.
        kept = self._shares.get(process.pid)
        if kept is None:
            kept = self._shares[process.pid] = _share(process, now)
        elif now - kept[0] >= SLOW_S:
            self._shares[process.pid] = (now, *kept[1:])  # so that nobody asks a second time meanwhile
            self._slow.submit(self._look_at_memory, process, now)
        return max(kept[1] + process.rss - kept[2], 0)

    def _disk(self, folder: Path, now: float) -> int:
        kept = self._disks.get(folder)
        if kept is None:
            kept = self._disks[folder] = (now, disk_use(RunPaths(folder)).total)
        elif now - kept[0] >= SLOW_S:
            self._disks[folder] = (now, kept[1])
            self._slow.submit(self._look_at_disk, folder, now)
        return kept[1]

    def _look_at_memory(self, process: _Process, now: float) -> None:
        share = _share(process, now)
        with self._lock:
            self._shares[process.pid] = share

    def _look_at_disk(self, folder: Path, now: float) -> None:
        found = (now, disk_use(RunPaths(folder)).total)
        with self._lock:
            self._disks[folder] = found

    def _forget(self, now: float) -> None:
        """Drop what nobody has asked for in a while: runs end, and pids are used again."""
        old = now - 12 * SLOW_S
        self._samples = {key: sample for key, sample in self._samples.items() if sample.time > old}
        self._shares = {pid: kept for pid, kept in self._shares.items() if kept[0] > old and pid in self._table[1]}
        self._disks = {folder: kept for folder, kept in self._disks.items() if kept[0] > old}

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


def _processes() -> dict[int, _Process]:
    return _linux_processes() if sys.platform == "linux" else _other_processes()


def _linux_processes() -> dict[int, _Process]:
    # psutil reads several files and makes an object for each process: ten times as slow.
    tick, page = os.sysconf("SC_CLK_TCK"), os.sysconf("SC_PAGE_SIZE")
    found = {}
    for name in os.listdir(_PROC):  # noqa: PTH208 - a Path for each of its entries takes as long as the rest
        if not name.isdigit():
            continue
        try:
            with open(f"/proc/{name}/stat", "rb") as file:  # noqa: PTH123 - as above
                fields = file.read().rpartition(b")")[2].split()
        except OSError:
            continue
        if fields[0] not in (b"Z", b"X"):
            cpu_s = sum(map(int, fields[11:15])) / tick
            pid = int(name)
            found[pid] = _Process(pid, int(fields[1]), int(fields[2]), cpu_s, int(fields[21]) * page)
    return found


def _other_processes() -> dict[int, _Process]:
    found = {}
    for process in psutil.process_iter():
        try:
            times = process.cpu_times()
            cpu_s = times.user + times.system + getattr(times, "children_user", 0.0)
            row = _Process(process.pid, process.ppid(), os.getpgid(process.pid), cpu_s, process.memory_info().rss)
        except (psutil.Error, OSError):
            continue  # gone, or somebody else's: ours are never
        found[process.pid] = row
    return found


def _share(process: _Process, now: float) -> tuple[float, int, int]:
    """When, and bytes with its part of what it shares and with all of it; the same twice where that is not told."""
    try:
        lines = (_PROC / str(process.pid) / "smaps_rollup").read_text().splitlines()
        told = {line.split(":")[0]: int(line.split()[1]) * 1024 for line in lines if line.startswith(("Rss:", "Pss:"))}
        return now, told["Pss"], told["Rss"]
    except (OSError, KeyError, ValueError):
        return now, process.rss, process.rss
