"""Several processes that train one run together, a GPU each (ddp). Imports no torch: followers ask before it.

The first process is the run's own. Lightning starts the others by the same command with LOCAL_RANK in their
environment; they hold no lock, write no events and no outcome, and end with the first.
"""

import contextlib
import os
from dataclasses import dataclass
from typing import Any

from explorer.base import records
from explorer.runs.record.paths import RunPaths
from explorer.runs.record.reasons import Why, from_json, to_json

RANKS_VARIABLE = "EXPLORER_RANKS"  # so many processes on a processor: to try ddp where there are no GPUs
_OWN = "LOCAL_RANK"


def following() -> int | None:
    """Which of the others this process is, from 1; None for the run's own."""
    given = os.environ.get(_OWN, "0")
    return int(given) if given.isdigit() and given != "0" else None


def on_processor() -> int:
    """Processes that train together on a processor; 1 but where somebody tries ddp."""
    given = os.environ.get(RANKS_VARIABLE, "1")
    return max(1, int(given)) if given.isdigit() else 1


class SilentWriter:
    """What the others have in place of events: the first process reports for all."""

    def write(self, kind: str, **values: Any) -> None:
        """Nothing."""

    def sync(self) -> None:
        """Nothing."""


@dataclass(frozen=True)
class Rank:
    """Which of how many."""

    number: int = 0
    count: int = 1

    def share(self, places: list[int]) -> list[int]:
        """Every n-th of them: together the ranks see each batch as one process with a batch n times as large would.

        Where they cannot be shared evenly, the last ones are left out: each rank must make the same number of steps.
        """
        return places[: len(places) // self.count * self.count][self.number :: self.count]

    def place(self, batch: int) -> int:
        """The number of a batch among those of all ranks."""
        return batch * self.count + self.number


ALONE = Rank()


def note_failure(paths: RunPaths, why: Why) -> None:
    """Let the first process say why one of the others failed."""
    with contextlib.suppress(OSError):
        paths.rank_failed.write_bytes(records.dump(to_json(why)))


def failure(paths: RunPaths) -> Why:
    """Why one of the others failed; empty where none has said so."""
    try:
        return from_json(records.parse(paths.rank_failed.read_bytes()))
    except (OSError, ValueError):
        return ""
