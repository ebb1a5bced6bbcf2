"""The trainer that holds a place in the queue or a device, written into the locked file itself.

That file is outside the run's folder. So the process can still be found when the folder, and with it the launch
record, was deleted.
"""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from explorer.base import locks
from explorer.base.atomic import read_json_object
from explorer.base.processes import boot_id, is_paused, pid_alive, start_ticks
from explorer.base.records import RecordError, read_as
from explorer.runs.record.launch_record import identity, is_gone
from explorer.runs.record.paths import RunPaths


@dataclass(frozen=True)
class Holder:
    """A trainer and its run.

    Attributes:
        run: The id of the run.
        pid, ticks, boot: The process, when it began, and in which boot.
        folder: Device and inode of the run's folder.
    """

    run: str
    pid: int
    ticks: int
    boot: str
    folder: tuple[int, int]

    @property
    def alive(self) -> bool:
        """Whether the trainer lives on this computer."""
        return self.boot == boot_id() and pid_alive(self.pid, self.ticks)

    @property
    def paused(self) -> bool:
        """Whether the trainer is stopped by SIGSTOP."""
        return self.boot == boot_id() and is_paused(self.pid, self.ticks)

    def is_orphan(self, root: Path) -> bool:
        """Whether the trainer lives while its run's folder is no longer among the runs in `root`."""
        return self.alive and is_gone(RunPaths(root / self.run), self.folder)


def note(descriptor: int, paths: RunPaths) -> None:
    """Write the calling process into a file that it has locked."""
    folder, ticks = identity(paths), start_ticks(os.getpid())
    if folder is None or ticks is None:
        return
    locks.note(descriptor, json.dumps(asdict(Holder(paths.id, os.getpid(), ticks, boot_id(), folder))))


def read(path: Path) -> Holder | None:
    """Read the holder from a locked file; None where it names none that can be understood."""
    try:
        return read_as(Holder, read_json_object(path) or {})
    except (RecordError, OSError):
        return None
