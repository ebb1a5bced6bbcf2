"""How far a study is: what its trainer reports with each check-in, and how long its parts took."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

VIEWS = "drawing views"
HEADS = "training heads"
JUDGING = "judging effects"


@dataclass(frozen=True)
class StudyProgress:
    """What a study is doing.

    Attributes:
        phase: One of those in `explorer.texts.Runs.PHASES`.
        done, total: How far the phase is, in its own unit; 0 and 0 where that is not known.
        repeat: The repeat in progress, from 0.
        repeats: How many are planned.
        part_done, part_total: Of a search: how many views or heads of the round in progress are done.
        heads: Of a search: how many heads the search in progress has trained.
        left_s: Estimated seconds to the end of the study, or of the phase where `of_phase`; None while unknown.
    """

    phase: str
    done: int = 0
    total: int = 0
    repeat: int = 0
    repeats: int = 0
    part_done: int = 0
    part_total: int = 0
    heads: int = 0
    left_s: float | None = None
    of_phase: bool = False


def progress_of(values: Mapping[str, Any]) -> StudyProgress:
    """Read the values of a "phase" event. What is missing or no number is 0 or unknown."""

    def whole(name: str) -> int:
        found = values.get(name)
        return int(found) if isinstance(found, int | float) and math.isfinite(found) else 0

    left = values.get("left_s")
    return StudyProgress(
        phase=str(values.get("phase", "")),
        done=whole("done"),
        total=whole("total"),
        repeat=whole("repeat"),
        repeats=whole("repeats"),
        part_done=whole("part_done"),
        part_total=whole("part_total"),
        heads=whole("heads"),
        left_s=float(left) if isinstance(left, int | float) else None,
        of_phase=bool(values.get("of_phase")),
    )
