"""How far an immunity map is, in words and as a share."""

from collections.abc import Mapping
from typing import Any

from explorer.base.words import span
from explorer.texts import Immunity as T
from explorer.texts import Runs


def of_map(doing: Mapping[str, Any]) -> tuple[float, str]:
    """Return the share of a map that is done, 0 to 1, and what it is doing, from the values of its last check-in."""
    number, every = doing.get("distortion"), max(_whole(doing, "distortions"), 1)
    if not isinstance(number, int):
        return 0.0, T.PROGRESS_CLEAN
    here = min(_whole(doing, "done") / max(_whole(doing, "total"), 1), 1.0)
    strengths = max(_whole(doing, "strengths"), 1)
    strength = min(_whole(doing, "strength") + 1, strengths)
    said = T.PROGRESS.format(distortion=number + 1, distortions=every, strength=strength, strengths=strengths)
    left = doing.get("left_s")
    if isinstance(left, int | float):
        said = f"{said} · {Runs.PROGRESS_LEFT.format(left=span(left))}"
    return min((number + here) / every, 1.0), said


def _whole(doing: Mapping[str, Any], name: str) -> int:
    found = doing.get(name)
    return found if isinstance(found, int) else 0
