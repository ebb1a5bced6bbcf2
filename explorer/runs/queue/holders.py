"""Who holds a place in the queue or a device, noted in the locked file itself: it lies outside of the run's folder.

So a process can still be found when somebody has deleted the folder of its run, and with it the launch record.
"""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from explorer.base import locks
from explorer.base.atomic import read_json_object
from explorer.base.processes import boot_id, is_paused, pid_alive, start_ticks
from explorer.runs.record.launch_record import identity, is_gone
from explorer.runs.record.paths import RunPaths


@dataclass(frozen=True)
class Holder:
    """A trainer and its run. ticks, boot: when the process began. folder: device and inode of the run's folder."""

    run: str
    pid: int
    ticks: int
    boot: str
    folder: tuple[int, int]

    @property
    def alive(self) -> bool:
        """Whether it lives, on this computer."""
        return self.boot == boot_id() and pid_alive(self.pid, self.ticks)

    @property
    def paused(self) -> bool:
        """Whether it is stopped by SIGSTOP."""
        return self.boot == boot_id() and is_paused(self.pid, self.ticks)

    def is_orphan(self, root: Path) -> bool:
        """Whether it lives on and its run's folder is no longer among the runs in `root`."""
        return self.alive and is_gone(RunPaths(root / self.run), self.folder)


def note(descriptor: int, paths: RunPaths) -> None:
    """Write the calling process into a file that it has locked."""
    folder, ticks = identity(paths), start_ticks(os.getpid())
    if folder is None or ticks is None:
        return
    locks.note(descriptor, json.dumps(asdict(Holder(paths.id, os.getpid(), ticks, boot_id(), folder))))


def read(path: Path) -> Holder | None:
    """Who noted itself in a file; None where nobody did, or where it cannot be understood."""
    try:
        found = read_json_object(path) or {}
        folder = found["folder"]
        return Holder(
            str(found["run"]),
            int(found["pid"]),
            int(found["ticks"]),
            str(found["boot"]),
            (int(folder[0]), int(folder[1])),
        )
    except (KeyError, TypeError, ValueError, IndexError, OSError):
        return None
