"""Several processes that train one run together, each on a GPU (ddp). Used before torch is imported.

The first process leads. Lightning starts the others by the same command with LOCAL_RANK in their environment; they
hold no lock, write no events and no outcome, and end with the first.
"""

import contextlib
import os
from dataclasses import dataclass
from typing import Any

from explorer.base import records
from explorer.runs.record.paths import RunPaths
from explorer.runs.record.reasons import Why, from_json, to_json

RANKS_VARIABLE = "EXPLORER_RANKS"  # number of processes on a processor, to try ddp without GPUs
_OWN = "LOCAL_RANK"


def following() -> int | None:
    """The number of this process among those that follow, from 1; None for the one that leads."""
    given = os.environ.get(_OWN, "0")
    return int(given) if given.isdigit() and given != "0" else None


def on_processor() -> int:
    """The number of processes that train together on a processor: 1 unless the variable asks for more."""
    given = os.environ.get(RANKS_VARIABLE, "1")
    return max(1, int(given)) if given.isdigit() else 1


class SilentWriter:
    """Writes no events: the leading process reports for all."""

    def write(self, kind: str, **values: Any) -> None:
        """Do nothing."""

    def sync(self) -> None:
        """Do nothing."""


@dataclass(frozen=True)
class Rank:
    """The number of this process, from 0, and how many there are."""

    number: int = 0
    count: int = 1

    def share(self, places: list[int]) -> list[int]:
        """The places for this rank, every n-th: together, n ranks see the batches of a process with n times the size.

        Places that cannot be shared evenly are left out at the end: all ranks must make the same number of steps.
        """
        return places[: len(places) // self.count * self.count][self.number :: self.count]

    def place(self, batch: int) -> int:
        """The number of a batch among the batches of all ranks."""
        return batch * self.count + self.number


ALONE = Rank()


def note_failure(paths: RunPaths, why: Why) -> None:
    """Record why this process failed, for the leading process."""
    with contextlib.suppress(OSError):
        paths.rank_failed.write_bytes(records.dump(to_json(why)))


def failure(paths: RunPaths) -> Why:
    """Why one of the other processes failed; empty if none has recorded that."""
    try:
        return from_json(records.parse(paths.rank_failed.read_bytes()))
    except (OSError, ValueError):
        return ""
