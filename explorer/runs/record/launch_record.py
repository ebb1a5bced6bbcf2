"""launch-<attempt>.json: who started an attempt, as which process; ended-<attempt>.json: how it ended."""

import signal
from dataclasses import asdict, dataclass
from typing import Self

from explorer.base.atomic import read_json_object, write_json_atomic
from explorer.base.processes import Moment, boot_id, host, out_of_memory_kills
from explorer.runs.record.paths import RunPaths
from explorer.runs.record.reasons import from_json, in_words


@dataclass(frozen=True)
class Launch:
    """One start of a trainer.

    launcher: its name in runs/launchers/table.py. host: the computer's name. time, mono, boot: when, see Moment.
    pid, ticks: the process and when it began; None until it has begun, and where that is not known.
    folder: device and inode of the run's folder, which a copy of it does not have; None where unknown.
    tries: how often this attempt was started within one boot.
    oom: how many processes the system had killed for lack of memory.
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

    @classmethod
    def prepared(cls, now: Moment, paths: RunPaths | None = None, tries: int = 1, launcher: str = "local") -> Self:
        """A launch from this computer whose process has not begun."""
        folder = identity(paths) if paths else None
        return cls(
            launcher, host(), now.wall, now.mono, now.boot, folder=folder, tries=tries, oom=out_of_memory_kills()
        )

    def is_of(self, paths: RunPaths) -> bool:
        """Whether it speaks of this very folder, and not of one that this is a copy of."""
        return self.folder is None or self.folder == identity(paths)


def identity(paths: RunPaths) -> tuple[int, int] | None:
    """Device and inode of a run's folder: the same after a rename, another for a copy; None where it is gone."""
    try:
        found = paths.root.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def is_gone(paths: RunPaths, folder: tuple[int, int]) -> bool:
    """Whether a run's folder was deleted, moved or replaced by another of its name. folder: its device and inode.

    False where nobody can tell, as on a network disk that does not answer: that is no reason to end a run.
    """
    try:
        found = paths.root.stat()
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False
    return (found.st_dev, found.st_ino) != folder


def write_launch(paths: RunPaths, attempt: int, launch: Launch) -> None:
    """Write the record in one step. Raises OSError."""
    write_json_atomic(paths.launch(attempt), asdict(launch))


def latest_launch(paths: RunPaths) -> Launch | None:
    """The record of the latest attempt, or None where there is none that can be understood."""
    return read_launch(paths, paths.latest_attempt)


def read_launch(paths: RunPaths, attempt: int) -> Launch | None:
    """The record, or None where there is none that can be understood."""
    value = read_json_object(paths.launch(attempt))
    if value is None:
        return None
    try:
        pid, ticks, folder = value.get("pid"), value.get("ticks"), value.get("folder")
        oom = value.get("oom")
        return Launch(
            launcher=str(value["launcher"]),
            host=str(value["host"]),
            time=float(value["time"]),
            mono=float(value["mono"]),
            boot=str(value["boot"]),
            pid=None if pid is None else int(pid),
            ticks=None if ticks is None else int(ticks),
            folder=None if folder is None else (int(folder[0]), int(folder[1])),
            tries=int(value.get("tries", 1)),
            oom=None if oom is None else int(oom),
        )
    except (KeyError, TypeError, ValueError, IndexError):
        return None


def write_ended(paths: RunPaths, attempt: int, code: int) -> None:
    """Note the exit code of an attempt's process; negative for the signal that killed it. Raises OSError."""
    write_json_atomic(paths.ended(attempt), {"code": code, "time": Moment.now().wall})


def how_it_ended(paths: RunPaths, attempt: int) -> str:
    """A clause such as "killed by SIGKILL" or "exit code 1"; empty where nobody saw it."""
    value = read_json_object(paths.ended(attempt)) or {}
    code = value.get("code")
    if not isinstance(code, int):
        return ""
    if code == -signal.SIGKILL:
        return f"killed by SIGKILL{_in_step(paths, attempt)}, {_memory_ran_out(paths, attempt)}"
    if code < 0:
        known = -code in {number.value for number in signal.Signals}
        name = signal.Signals(-code).name if known else f"signal {-code}"
        return f"killed by {name}{_in_step(paths, attempt)}"
    return f"exit code {code}"


def _in_step(paths: RunPaths, attempt: int) -> str:
    """Which step of the pipeline the trainer was in, such as " in the step Morphological"; empty where in none."""
    try:
        name = paths.step(attempt).read_text("utf-8", errors="replace").strip()
    except OSError:
        return ""
    return f" in the step {name}" if name.isidentifier() else ""


def _memory_ran_out(paths: RunPaths, attempt: int) -> str:
    launch, kills = read_launch(paths, attempt), out_of_memory_kills()
    if launch is None or launch.oom is None or kills is None or launch.boot != boot_id():
        return "which the system also sends when memory runs out"
    if kills > launch.oom:
        return "and the system has ended processes for lack of memory since it began: memory ran out"
    return "though not by the system for lack of memory"


def who_killed(paths: RunPaths, attempt: int) -> str:
    """Why somebody ended the attempt with SIGKILL, in a sentence; empty where nobody is known to have."""
    return in_words(from_json((read_json_object(paths.killed(attempt)) or {}).get("reason")))
