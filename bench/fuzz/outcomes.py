"""What became of each request."""

import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from bench.fuzz.requests import Asked
from explorer.augment.pipeline import Step
from explorer.draw.drawing import BrokenError, Drawing, DrawingError
from explorer.draw.limits import TIMES_BY_THE_CLOCK

TOLERANCE_S = 1.5  # beyond the limit: a look every tenth of a second, the end of a process, and a busy machine
DRAWN, REFUSED, BROKEN = "drawn", "refused by the step", "broken"


@dataclass
class Outcomes:
    """What became of all of them.

    Attributes:
        kinds: How many of each.
        ended: (kind, transform, values) of what has ended a worker or was broken.
        late: (seconds beyond the limit, transform, values) of those that took longer than is tolerated.
        longest: Seconds beyond its limit of the one that took longest.
        words: The tracebacks of what was broken.
    """

    kinds: Counter[str] = field(default_factory=Counter)
    ended: list[tuple[str, str, str]] = field(default_factory=list)
    late: list[tuple[float, str, str]] = field(default_factory=list)
    longest: float = 0.0
    words: list[str] = field(default_factory=list)

    def note(self, drawing: Drawing[Any], request: Asked) -> None:
        """One has ended."""
        kind = _kind(drawing.error)
        self.kinds[kind] += 1
        (step,) = request.pipeline.nodes
        assert isinstance(step, Step)
        values = str(dict(step.params))
        if kind not in (DRAWN, REFUSED):
            self.ended.append((kind, step.transform, values))
        if kind == BROKEN:
            self.words.append(str(drawing.error))
        allowed = drawing.order.seconds * TIMES_BY_THE_CLOCK
        beyond = time.monotonic() - (drawing.begun or time.monotonic()) - allowed
        self.longest = max(self.longest, beyond)
        if beyond > TOLERANCE_S:
            self.late.append((beyond, step.transform, values))


def _kind(error: Exception | None) -> str:
    if error is None:
        return DRAWN
    if isinstance(error, DrawingError):
        return error.ending.value
    return BROKEN if isinstance(error, BrokenError) else REFUSED
