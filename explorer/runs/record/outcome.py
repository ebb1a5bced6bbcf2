"""The terminal record of a run: written once by the trainer, as the last thing it does under its lock."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self, get_args

from explorer.base.atomic import read_json_object, write_json_atomic
from explorer.runs.record import reasons
from explorer.runs.record.paths import RunPaths
from explorer.runs.record.reasons import Why

OutcomeState = Literal["finished", "failed", "stopped"]


@dataclass(frozen=True)
class Outcome:
    """How an attempt ended.

    why: see reasons.py. time: seconds since 1970.
    best: values of the best epoch, such as epoch and auroc.
    """

    state: OutcomeState
    why: Why
    time: float
    attempt: int = 1
    best: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.state not in get_args(OutcomeState):
            raise ValueError(f"state must be one of {', '.join(get_args(OutcomeState))}; got {self.state!r}")

    @property
    def reason(self) -> str:
        """Why, in a sentence or two."""
        return reasons.in_words(self.why)

    def stored(self) -> dict[str, Any]:
        """What outcome.json holds."""
        return {
            "state": self.state,
            "reason": reasons.to_json(self.why),
            "time": self.time,
            "attempt": self.attempt,
            "best": dict(self.best),
        }


def write(paths: RunPaths, outcome: Outcome) -> None:
    """Write outcome.json in one step. Do it before the lock is let go. Raises OSError."""
    write_json_atomic(paths.outcome, outcome.stored())


class Reserve:
    """Some room on the disk for the last words of a run whose disk is full."""

    BYTES = 65536

    def __init__(self, paths: RunPaths) -> None:
        self._path = _reserve(paths)

    def __enter__(self) -> Self:
        try:
            self._path.write_bytes(bytes(self.BYTES))
        except OSError:
            self._path.unlink(missing_ok=True)  # there is no room already, and the run will say so
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._path.unlink(missing_ok=True)


def _reserve(paths: RunPaths) -> Path:
    return paths.root / ".reserve"


def write_at_any_cost(paths: RunPaths, outcome: Outcome) -> None:
    """As `write`; where there is no room, into that which was kept free for it. Raises OSError."""
    try:
        write(paths, outcome)
    except OSError:
        _reserve(paths).unlink(missing_ok=True)
        write(paths, outcome)


def read(paths: RunPaths) -> Outcome | None:
    """The outcome, or None where there is none that can be understood."""
    value = read_json_object(paths.outcome)
    if value is None:
        return None
    try:
        best = value.get("best")
        return Outcome(
            state=value["state"],
            why=reasons.from_json(value.get("reason", "")),
            time=float(value["time"]),
            attempt=int(value.get("attempt", 1)),
            best=best if isinstance(best, dict) else {},
        )
    except (KeyError, TypeError, ValueError):
        return None
