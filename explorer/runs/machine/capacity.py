"""What memory and disk there are for runs: a container's limit counts where it is lower than the machine's."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

from explorer.base.words import size

CGROUP = Path("/sys/fs/cgroup")
OWN_GROUP = Path("/proc/self/cgroup")
# Limit, use, and the line of memory.stat with the file cache that the kernel drops when somebody asks for memory.
_VERSION_2 = ("memory.max", "memory.current", "inactive_file")
_VERSION_1 = ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file")


@dataclass(frozen=True)
class Memory:
    """Bytes. available: what new work can have without anything being swapped out."""

    total: int
    available: int

    @property
    def used(self) -> int:
        """What is taken."""
        return self.total - self.available


@dataclass(frozen=True)
class Disk:
    """Bytes of the file system that a folder is on. free: what this user may still write."""

    total: int
    free: int


def memory(cgroup: Path = CGROUP, own_group: Path = OWN_GROUP) -> Memory:
    """The machine's memory, or a control group's where that leaves less."""
    machine = psutil.virtual_memory()
    total, available = int(machine.total), int(machine.available)
    for limit, used in _limits(cgroup, own_group):
        total = min(total, limit)
        available = min(available, max(limit - used, 0))
    return Memory(total, available)


def disk(folder: Path) -> Disk:
    """The file system of an existing folder. Raises OSError."""
    found = shutil.disk_usage(folder)
    return Disk(found.total, found.free)


def _limits(cgroup: Path, own_group: Path) -> Iterator[tuple[int, int]]:
    """(limit, used) in bytes of every control group that this process is in and that can be read."""
    for folder in _groups(cgroup, own_group):
        yield from _limit(folder, _VERSION_2)
    yield from _limit(cgroup / "memory", _VERSION_1)


def _groups(cgroup: Path, own_group: Path) -> Iterator[Path]:
    # A service has its limit in a folder of its own; a container sees its own folder as the root.
    yield cgroup
    try:
        lines = own_group.read_text().splitlines()
    except OSError:
        return
    name = next((line[3:].strip("/") for line in lines if line.startswith("0::")), "")
    folder = cgroup / name
    while name and folder != cgroup and cgroup in folder.parents:
        yield folder
        folder = folder.parent


def _limit(folder: Path, names: tuple[str, str, str]) -> Iterator[tuple[int, int]]:
    limit_file, used_file, dropped = names
    try:
        limit = (folder / limit_file).read_text().strip()
        if not limit.isdigit():
            return  # "max": there is no limit
        used = int((folder / used_file).read_text())
        lines = (folder / "memory.stat").read_text().splitlines()
    except (OSError, ValueError):
        return
    cache = next((int(line.split()[1]) for line in lines if line.startswith(f"{dropped} ")), 0)
    yield int(limit), max(used - cache, 0)


in_words = size  # of the bytes that this module counts
