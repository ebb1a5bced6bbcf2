"""One look at a run: what its folder, its lock and the kernel say of it at one moment."""

from dataclasses import dataclass

from explorer.base.atomic import read_json_object
from explorer.base.locks import is_held
from explorer.base.processes import Moment, Process
from explorer.runs.launchers import table
from explorer.runs.queue import queue
from explorer.runs.queue.queue import Waiting
from explorer.runs.record import outcome as outcomes
from explorer.runs.record.events import Event, last_event
from explorer.runs.record.launch_record import Launch, read_launch
from explorer.runs.record.outcome import Outcome
from explorer.runs.record.paths import RunPaths

START_GRACE_S = 10.0  # a new process is noted by then


@dataclass(frozen=True)
class Facts:
    """One look at a run. attempt: the latest, 0 for none. locked: a process holds its lock. place: in the queue.

    lives: the process of the launch record lives. left: processes of an attempt that has ended or lost its trainer.
    epochs: how many it is to train, 0 for a run that only tries something; None where that is not known.
    """

    now: Moment
    attempt: int
    locked: bool
    lives: bool
    left: tuple[Process, ...]
    place: Waiting | None
    outcome: Outcome | None
    launch: Launch | None
    own_launch: bool
    last: Event | None
    stop: float | None
    epochs: int | None

    @property
    def began(self) -> float:
        """When the attempt was started, seconds since 1970; 0 where nobody knows."""
        if self.launch:
            return self.launch.time
        return self.last.time if self.last else 0.0

    @property
    def is_copy(self) -> bool:
        """Whether the folder is a copy of one in which a run of this boot was started."""
        return self.launch is not None and self.launch.boot == self.now.boot and not self.own_launch

    @property
    def alive(self) -> bool:
        """Whether a trainer is at work in it."""
        # The process, too: somebody may have deleted the lock under it. Before its first check-in it is being started.
        return self.locked or (self.lives and self.last is not None)

    @property
    def being_started(self) -> bool:
        """The launcher is at work: the process is not noted yet, or has neither lock nor check-in yet."""
        if self.launch is None or self.last is not None or not self.own_launch:
            return False
        age = self.now.since(self.launch.time, self.launch.mono, self.launch.boot)
        return self.lives or (self.launch.pid is None and 0 <= age < START_GRACE_S)


def look(paths: RunPaths, now: Moment) -> Facts:
    """Look at a run. Changes nothing; raises OSError only where the folder may not be read."""
    attempt = paths.latest_attempt
    launch = read_launch(paths, attempt)
    own = launch is None or launch.is_of(paths)
    # The lock and the process come before the outcome: a trainer writes its outcome first and ends afterwards. The
    # place in the queue comes before the events: it checks in first and gives up its ticket afterwards.
    lives = launch is not None and own and table.alive(launch)
    locked = _locked(paths, launch, now)
    outcome = outcomes.read(paths)
    over = outcome is not None and outcome.attempt >= attempt
    return Facts(
        now,
        attempt,
        locked,
        lives,
        table.of(launch).processes(paths, launch) if launch and (over or not (locked or lives)) else (),
        None if over else queue.find(paths.id),
        outcome,
        launch,
        own,
        last_event(paths.events(attempt)),
        _stop_time(paths),
        _epochs(paths) if locked or lives else None,
    )


def _epochs(paths: RunPaths) -> int | None:
    asked = read_json_object(paths.config) or {}
    epochs = asked.get("epochs") if asked.get("kind", "train") == "train" else 0
    return epochs if isinstance(epochs, int) else None


def _locked(paths: RunPaths, launch: Launch | None, now: Moment) -> bool:
    if launch is not None and launch.boot == now.boot and not launch.is_of(paths):
        return False  # a copy: one of hard links shares the very lock of its original
    try:
        return is_held(paths.lock)
    except OSError:
        return False  # no permission, or a file system without locks: the process table is the next best witness


def _stop_time(paths: RunPaths) -> float | None:
    """When a stop was asked for, seconds since 1970; None if it was not."""
    try:
        return paths.stop.stat().st_mtime
    except (FileNotFoundError, NotADirectoryError):
        return None
