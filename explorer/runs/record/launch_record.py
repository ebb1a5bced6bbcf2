"""launch-<attempt>.json: who started an attempt, as which process; ended-<attempt>.json: how it ended."""

import signal
from dataclasses import asdict, dataclass
from typing import Self

from explorer.base.atomic import read_json_object, write_json_atomic
from explorer.base.processes import Moment, boot_id, host, out_of_memory_kills
from explorer.base.records import RecordError, read_as
from explorer.runs.record.paths import RunPaths
from explorer.runs.record.reasons import Why, from_json, reason


@dataclass(frozen=True)
class Launch:
    """One start of a trainer.

    Attributes:
        launcher: Its name in runs/launchers/table.py.
        host: The name of the computer.
        time, mono, boot: When it was started, see `Moment`.
        pid, ticks: The process and when it began; None until it has begun, and where that is not known.
        folder: Device and inode of the run's folder, which a copy of it does not share; None where unknown.
        tries: How often this attempt was started within one boot.
        oom: How many processes the system had killed for lack of memory before.
    """

    launcher: str
    host: str
    time: float
    mono: float
    boot: str
    pid: int | None = None
    ticks: int | None = None
    folder: tuple[int, int] | None = None
    tries: int = 1
    oom: int | None = None

    @property
    def moment(self) -> Moment:
        """When it was started."""
        return Moment(self.time, self.mono, self.boot)

    @classmethod
    def prepared(cls, now: Moment, paths: RunPaths | None = None, tries: int = 1, launcher: str = "local") -> Self:
        """Make the record of a launch from this computer whose process has not begun."""
        folder = identity(paths) if paths else None
        return cls(
            launcher, host(), now.wall, now.mono, now.boot, folder=folder, tries=tries, oom=out_of_memory_kills()
        )

    def is_of(self, paths: RunPaths) -> bool:
        """Whether it describes this very folder, and not one that this folder is a copy of."""
        return self.folder is None or self.folder == identity(paths)


def identity(paths: RunPaths) -> tuple[int, int] | None:
    """Return device and inode of a run's folder, which a rename keeps and a copy does not; None where it is gone."""
    try:
        found = paths.root.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def is_gone(paths: RunPaths, folder: tuple[int, int]) -> bool:
    """Whether a run's folder, given by device and inode, was deleted, moved or replaced by another of its name.

    It is False if the system cannot tell, as on a network disk that does not answer: that is no reason to end a run.
    """
    try:
        found = paths.root.stat()
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False
    return (found.st_dev, found.st_ino) != folder


def write_launch(paths: RunPaths, attempt: int, launch: Launch) -> None:
    """Write launch-<attempt>.json in one step. Raises OSError."""
    write_json_atomic(paths.launch(attempt), asdict(launch))


def latest_launch(paths: RunPaths) -> Launch | None:
    """Read the record of the latest attempt; None where it is missing or damaged."""
    return read_launch(paths, paths.latest_attempt)


def read_launch(paths: RunPaths, attempt: int) -> Launch | None:
    """Read the record of an attempt; None where it is missing or damaged."""
    try:
        return read_as(Launch, read_json_object(paths.launch(attempt)) or {})
    except RecordError:
        return None


def write_ended(paths: RunPaths, attempt: int, code: int) -> None:
    """Write the exit code of an attempt's process, which is negative for a signal that killed it. Raises OSError."""
    write_json_atomic(paths.ended(attempt), {"code": code, "time": Moment.now().wall})


def how_it_ended(paths: RunPaths, attempt: int) -> Why:
    """Return a clause such as "killed by SIGKILL" or "exit code 1"; "" where no process saw the end."""
    code = (read_json_object(paths.ended(attempt)) or {}).get("code")
    if not isinstance(code, int):
        return ""
    if code >= 0:
        return reason("exit_code", number=code)
    step = _step(paths, attempt)
    if code != -signal.SIGKILL:
        known = -code in {number.value for number in signal.Signals}
        return reason("killed_by", signal=signal.Signals(-code).name if known else f"signal {-code}", transform=step)
    launch, kills = read_launch(paths, attempt), out_of_memory_kills()
    if launch is None or launch.oom is None or kills is None or launch.boot != boot_id():
        return reason("sigkill", transform=step)
    return reason("sigkill_for_memory" if kills > launch.oom else "sigkill_by_others", transform=step)


def _step(paths: RunPaths, attempt: int) -> str:
    """Return the transform that the trainer was in; "" for none."""
    try:
        name = paths.step(attempt).read_text("utf-8", errors="replace").strip()
    except OSError:
        return ""
    return name if name.isidentifier() else ""


def why_killed(paths: RunPaths, attempt: int) -> Why:
    """Return why the app ended the attempt with SIGKILL; "" where it did not."""
    return from_json((read_json_object(paths.killed(attempt)) or {}).get("reason"))
