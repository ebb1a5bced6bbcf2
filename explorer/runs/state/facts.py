"""What the folder, the lock and the kernel say about a run at one moment."""

from dataclasses import dataclass

from explorer.base.atomic import read_json_object
from explorer.base.locks import is_held
from explorer.base.processes import Moment, Process
from explorer.base.records import RecordError, read_as
from explorer.runs.launchers import table
from explorer.runs.queue import queue
from explorer.runs.queue.queue import Waiting
from explorer.runs.record import outcome as outcomes
from explorer.runs.record.events import Event, last_event
from explorer.runs.record.launch_record import Launch, read_launch
from explorer.runs.record.outcome import Outcome
from explorer.runs.record.paths import RunPaths

START_GRACE_S = 10.0  # a new process is recorded within this time


@dataclass(frozen=True)
class Facts:
    """What one look at a run has found.

    Attributes:
        attempt: The latest one; 0 for none.
        locked: Whether a process holds the run's lock.
        lives: Whether the process of the launch record lives.
        left: Processes of an attempt that has ended or lost its trainer.
        place: Its place in the queue.
        own_launch: Whether the launch record describes this folder, and not one that this folder is a copy of.
        last: The last event of the attempt.
        stop: When a stop was requested, in seconds since 1970.
        epochs: How many it trains; 0 for a run that only tries something, None where that is not known.
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
        """When the attempt was started, in seconds since 1970; 0 where that is not known."""
        return self.launch.time if self.launch else self.last_time

    @property
    def last_time(self) -> float:
        """When the attempt has last reported something, else when it was started."""
        found = self.last or self.launch
        return found.time if found else 0.0

    @property
    def is_copy(self) -> bool:
        """Whether the folder is a copy of one in which a run of this boot was started."""
        return self.launch is not None and self.launch.boot == self.now.boot and not self.own_launch

    @property
    def alive(self) -> bool:
        """Whether a trainer is at work in it."""
        # The process counts too, since its lock may have been deleted. Before its first check-in it is being started.
        return self.locked or (self.lives and self.last is not None)

    @property
    def being_started(self) -> bool:
        """Whether its process is not recorded yet, or has neither lock nor check-in yet."""
        if self.launch is None or self.last is not None or not self.own_launch:
            return False
        age = self.now.since(self.launch.moment)
        return self.lives or (self.launch.pid is None and 0 <= age < START_GRACE_S)


def look(paths: RunPaths, now: Moment) -> Facts:
    """Look at a run. Changes nothing; raises OSError only if the folder may not be read."""
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
        stop.wall if (stop := stop_requested(paths)) else None,
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
        return False  # no permission, or a file system without locks: the process table decides


def stop_requested(paths: RunPaths) -> Moment | None:
    """Return when a stop was requested; None if it was not."""
    try:
        changed = paths.stop.stat().st_mtime
    except (FileNotFoundError, NotADirectoryError):
        return None
    try:
        return read_as(Moment, read_json_object(paths.stop) or {})
    except RecordError:  # the file was made by hand
        return Moment(changed, 0.0, boot="")
