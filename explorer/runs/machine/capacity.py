"""The memory that there is for runs, and sizes in words. The limit of a container counts if it is lower."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

from explorer.base.words import size

CGROUP = Path("/sys/fs/cgroup")
OWN_GROUP = Path("/proc/self/cgroup")
# Limit, use, and the line of memory.stat with the file cache, which the kernel drops when memory is needed.
_VERSION_2 = ("memory.max", "memory.current", "inactive_file")
_VERSION_1 = ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file")


@dataclass(frozen=True)
class Memory:
    """Bytes. New work can have `available` without anything being swapped out."""

    total: int
    available: int

    @property
    def used(self) -> int:
        """Bytes in use."""
        return self.total - self.available


def memory(cgroup: Path = CGROUP, own_group: Path = OWN_GROUP) -> Memory:
    """Return the memory of the machine, or of a control group where that leaves less."""
    machine = psutil.virtual_memory()
    total, available = int(machine.total), int(machine.available)
    for limit, used in _limits(cgroup, own_group):
        total = min(total, limit)
        available = min(available, max(limit - used, 0))
    return Memory(total, available)


def _limits(cgroup: Path, own_group: Path) -> Iterator[tuple[int, int]]:
    """Yield limit and use in bytes of each control group of this process that can be read."""
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
