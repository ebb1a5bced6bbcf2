"""launch-<attempt>.json: who started an attempt, as which process; ended-<attempt>.json: how it ended."""

import signal
from dataclasses import asdict, dataclass

from explorer.runs.atomic import read_json_object, write_json_atomic
from explorer.runs.paths import RunPaths
from explorer.runs.processes import Moment, host, pid_alive


@dataclass(frozen=True)
class Launch:
    """One start of a trainer.

    host: the computer's name. time, mono, boot: when, see Moment. pid, ticks: the process and when it began;
    None until it has begun, and where it could not be told.
    """

    launcher: str
    host: str
    time: float
    mono: float
    boot: str
    pid: int | None = None
    ticks: int | None = None

    @classmethod
    def prepared(cls, now: Moment) -> "Launch":
        """A launch on this computer whose process has not begun."""
        return cls("local", host(), now.wall, now.mono, now.boot)

    def alive(self, boot: str) -> bool:
        """Whether its process lives, on a computer whose present boot is `boot`."""
        return self.pid is not None and self.boot == boot and pid_alive(self.pid, self.ticks)


def write_launch(paths: RunPaths, attempt: int, launch: Launch) -> None:
    """Write the record in one step. Raises OSError."""
    write_json_atomic(paths.launch(attempt), asdict(launch))


def read_launch(paths: RunPaths, attempt: int) -> Launch | None:
    """The record, or None where there is none that can be understood."""
    value = read_json_object(paths.launch(attempt))
    if value is None:
        return None
    try:
        pid, ticks = value.get("pid"), value.get("ticks")
        return Launch(
            launcher=str(value["launcher"]),
            host=str(value["host"]),
            time=float(value["time"]),
            mono=float(value["mono"]),
            boot=str(value["boot"]),
            pid=None if pid is None else int(pid),
            ticks=None if ticks is None else int(ticks),
        )
    except (KeyError, TypeError, ValueError):
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
        return "killed by SIGKILL, which the system also sends when memory runs out"
    if code < 0:
        known = -code in {number.value for number in signal.Signals}
        return f"killed by {signal.Signals(-code).name if known else f'signal {-code}'}"
    return f"exit code {code}"
