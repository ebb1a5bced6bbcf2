"""A reader that polls the state of runs every 50 ms and holds each against what the kernel says of the process."""

import os
import threading
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from explorer.runs.queue import queue
from explorer.runs.record import outcome
from explorer.runs.record.launch_record import read_launch, why_killed
from explorer.runs.record.paths import RunPaths
from explorer.runs.state.status import RunStatus, State, derive

EVERY_S = 0.05
_ENDED = {State.FINISHED, State.FAILED, State.STOPPED}


@dataclass(frozen=True)
class Seen:
    """What the kernel and the folder say of the latest attempt.

    process: "lives", "frozen", "dead" or "unknown". group: whether the kernel knows a process of its group, be it dead
    and not yet collected.
    """

    attempt: int
    process: str
    group: bool
    waits: bool
    ended: str


def look(paths: RunPaths) -> Seen:
    """One look, without asking explorer.runs.state.status."""
    attempt = paths.latest_attempt
    launch, end = read_launch(paths, attempt), outcome.read(paths)
    process, group = "unknown", False
    if launch is not None and launch.pid is not None:
        process, group = _process(launch.pid, launch.ticks), _has_members(launch.pid)
    ended = end.state if end is not None and end.attempt >= attempt else ""
    if not ended and why_killed(paths, attempt):
        ended = "stopped"
    return Seen(attempt, process, group, queue.find(paths.id) is not None, ended)


def _process(pid: int, ticks: int | None) -> str:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()
        if int(fields[19]) != ticks:
            return "dead"
        if fields[0] in "ZX":
            # The last thread may hold the files for a moment longer than the first.
            return "dead" if sum(1 for _ in Path(f"/proc/{pid}/task").iterdir()) <= 1 else "unknown"
        return "frozen" if fields[0] in "Tt" else "lives"
    except (OSError, IndexError):
        return "dead"


def _has_members(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def mistake(before: Seen, status: RunStatus, after: Seen) -> str:
    """What is wrong with a state that was read between two looks; empty where nothing is."""
    if before.attempt != after.attempt:
        return ""
    state, processes = status.state, {before.process, after.process}
    if state in _ENDED and after.ended != state:
        return f"{state}, but the record says {after.ended or 'nothing'}"
    leaves = bool(before.ended) and before.group and state is State.STOPPING  # over when its processes are gone
    if before.ended and state != before.ended and not leaves:
        return f"{state}, but it had ended: {before.ended}"
    if status.over and processes <= {"lives", "frozen"} and before.ended == after.ended:
        return f"{state}, but its process lives"
    waits = before.waits and state in (State.QUEUED, State.STOPPING)
    if before.process == "dead" and not status.over and not leaves and not waits:
        return f"{state}, but its process is dead"
    if processes == {"frozen"} and state in (State.RUNNING, State.STARTING):
        return f"{state}, but its process is frozen"
    return ""


class Reader(threading.Thread):
    """Polls until it is told to end. polls: by state. wrong: each mistake with its run and time."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self._runs: set[RunPaths] = set()
        self._over = threading.Event()
        self.polls: Counter[str] = Counter()
        self.wrong: list[str] = []

    def watch(self, paths: RunPaths) -> None:
        """Poll this run from now on."""
        self._runs = self._runs | {paths}

    def forget(self, paths: RunPaths) -> None:
        """No longer."""
        self._runs = self._runs - {paths}

    def run(self) -> None:
        """Poll."""
        while not self._over.wait(EVERY_S):
            for paths in self._runs:
                before = look(paths)
                status = derive(paths)
                found = mistake(before, status, look(paths))
                self.polls[status.state] += 1
                if found:
                    self.wrong.append(f"{time.strftime('%H:%M:%S')} {paths.id}: {found} ({status.reason}) {before}")

    def end(self) -> None:
        """Stop polling."""
        self._over.set()
        self.join()
