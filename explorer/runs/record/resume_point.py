"""What each attempt of a run went on from, and where the next one would."""

from dataclasses import dataclass

from explorer.runs.record.events import Event
from explorer.runs.record.paths import RunPaths
from explorer.runs.record.scanning import milestones


@dataclass(frozen=True)
class Resumed:
    """An attempt after the first. step: done before it; 0 where it began again."""

    attempt: int
    step: int


def resumed(paths: RunPaths) -> tuple[Resumed, ...]:
    """Every attempt after the first that came so far as to say where it goes on, ascending."""
    starts = ((attempt, started(paths, attempt)) for attempt in paths.attempts() if attempt > 1)
    return tuple(Resumed(attempt, start.count("resumed_from_step")) for attempt, start in starts if start)


def started(paths: RunPaths, attempt: int) -> Event | None:
    """What an attempt said when it had all that it trains with; None where it did not come so far."""
    return next((event for event in milestones(paths.events(attempt)) if event.kind == "start"), None)


def has_checkpoint(paths: RunPaths) -> bool:
    """Whether there is anything to go on from."""
    return paths.last.exists() or paths.best.exists()


def saved_step(paths: RunPaths) -> int | None:
    """The step of the checkpoint that a resume would go on from: 0 where there is none, None where nobody can tell.

    By the time of the file: a checkpoint is written right after the record that names its step.
    """
    found = next((path for path in (paths.last, paths.best) if path.exists()), None)
    if found is None:
        return 0
    try:
        written = found.stat().st_mtime
    except FileNotFoundError:
        return 0
    for attempt in reversed(paths.attempts()):
        steps = [event.step for event in milestones(paths.events(attempt)) if _saves(event, written)]
        if steps:
            return steps[-1]
    return None


def _saves(event: Event, written: float) -> bool:
    named = event.kind == "epoch" or event.values.get("phase") == "saving"
    return named and event.time <= written
