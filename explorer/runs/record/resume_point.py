"""The step that each attempt of a run continued from, and that the next one would continue from."""

from dataclasses import dataclass

from explorer.runs.record.events import Event
from explorer.runs.record.paths import RunPaths
from explorer.runs.record.scanning import milestones


@dataclass(frozen=True)
class Resumed:
    """An attempt after the first, and the steps that were done before it; 0 where it began from the start."""

    attempt: int
    step: int


def resumed(paths: RunPaths) -> tuple[Resumed, ...]:
    """Return each attempt after the first that has reported where it continues, ascending."""
    starts = ((attempt, started(paths, attempt)) for attempt in paths.attempts() if attempt > 1)
    return tuple(Resumed(attempt, start.count("resumed_from_step")) for attempt, start in starts if start)


def started(paths: RunPaths, attempt: int) -> Event | None:
    """Return the "start" event of an attempt; None if it did not come so far."""
    return next((event for event in milestones(paths.events(attempt)) if event.kind == "start"), None)


def first_identity(paths: RunPaths, before: int) -> dict[str, str]:
    """Return what the first attempt before this one has recorded of its machine, its versions and its data.

    Empty if none got that far.
    """
    for attempt in range(1, before):
        start = started(paths, attempt)
        found = start and start.values.get("identity")
        if isinstance(found, dict):
            return {str(name): str(value) for name, value in found.items()}
    return {}


def has_checkpoint(paths: RunPaths) -> bool:
    """Whether there is a checkpoint to continue from."""
    return paths.last.exists() or paths.best.exists()


def saved_step(paths: RunPaths) -> int | None:
    """Return the step of the checkpoint that a resume would continue from: 0 without one, None where it is unknown.

    It is found by the time of the file, because a checkpoint is written right after the record that names its step.
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
