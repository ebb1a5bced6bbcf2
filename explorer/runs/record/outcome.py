"""The terminal record of a run: written once by the trainer, as the last thing it does under its lock."""

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from explorer.base.atomic import read_json_object, write_json_atomic
from explorer.base.records import RecordError, read_as
from explorer.runs.record import reasons
from explorer.runs.record.paths import RunPaths
from explorer.runs.record.reasons import Why

RESERVED_BYTES = 65536
OutcomeState = Literal["finished", "failed", "stopped"]


@dataclass(frozen=True)
class Outcome:
    """How an attempt ended.

    Attributes:
        why: What is shown as the reason, see reasons.py.
        time: Seconds since 1970.
        best: Values of the best epoch, such as epoch and auroc.
    """

    state: OutcomeState
    why: Why
    time: float
    attempt: int = 1
    best: Mapping[str, Any] = field(default_factory=dict)

    @property
    def reason(self) -> str:
        """Why it ended, in a sentence or two."""
        return reasons.in_words(self.why)


def write(paths: RunPaths, outcome: Outcome) -> None:
    """Write outcome.json in one step. The trainer does so before it releases its lock. Raises OSError."""
    stored = {name: value for name, value in vars(outcome).items() if name != "why"}
    write_json_atomic(paths.outcome, {**stored, "reason": reasons.to_json(outcome.why)})


@contextlib.contextmanager
def reserve(paths: RunPaths) -> Iterator[None]:
    """Keep some room on the disk during the block, so that the outcome can be written when the disk is full."""
    file = _reserve(paths)
    try:
        file.write_bytes(bytes(RESERVED_BYTES))
    except OSError:
        file.unlink(missing_ok=True)  # the disk is full already, and the run will report it
    try:
        yield
    finally:
        file.unlink(missing_ok=True)


def _reserve(paths: RunPaths) -> Path:
    return paths.root / ".reserve"


def write_at_any_cost(paths: RunPaths, outcome: Outcome) -> None:
    """Write outcome.json; where the disk is full, into the room that `reserve` has kept. Raises OSError."""
    try:
        write(paths, outcome)
    except OSError:
        _reserve(paths).unlink(missing_ok=True)
        write(paths, outcome)


def of_latest(paths: RunPaths) -> Outcome | None:
    """Return the outcome of the latest attempt; None while it goes on, and where it ended without one.

    A run that was resumed still has the outcome of the attempt before.
    """
    found = read(paths)
    return found if found is not None and found.attempt >= paths.latest_attempt else None


def read(paths: RunPaths) -> Outcome | None:
    """Read the outcome; None where it is missing or damaged."""
    found = read_json_object(paths.outcome) or {}
    try:
        best = found.get("best") if isinstance(found.get("best"), dict) else {}
        return read_as(Outcome, found | {"best": best}, why=reasons.from_json(found.get("reason")))
    except RecordError:
        return None
