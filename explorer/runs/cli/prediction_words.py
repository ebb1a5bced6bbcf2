"""What `python -m explorer predict` prints of every prediction, of classes as of masks, as text and for JSON."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from explorer.base.words import counted
from explorer.metrics.table import EVERY
from explorer.runs.record.predictions import Predictions
from explorer.runs.record.reasons import in_words

if TYPE_CHECKING:
    from explorer.metrics.intervals import Interval
    from explorer.metrics.paired_bootstrap import Difference

Each = Sequence[Mapping[str, float | None]]  # scores of each network, by metric


def counts(found: Predictions, what: str) -> str:
    """Say how much was predicted, by how many networks and views. `what` is one of the things that are counted."""
    parts = [counted(len(found), what), counted(len(found.about.judges), "network")]
    parts += [f"{counted(found.about.views, 'view')} besides the image"] if found.about.views else []
    parts += [f"{len(found.left_out):,} left out"] if found.left_out else []
    return ", ".join(parts) + "."


def scores(found: "Mapping[str, Interval]") -> list[str]:
    """Return a line for each metric with its interval."""
    return [
        f"{EVERY[key].title}: {_number(one.value)}"
        + ("" if one.low is None or one.high is None else f" (95% interval {one.low:.4f} to {one.high:.4f})")
        for key, one in found.items()
    ]


def scores_of_each(found: Predictions, each: Each) -> list[str]:
    """Return a line for each network alone; none where there are no scores of each."""
    rows = [
        f"  {judge.title}: " + ", ".join(f"{EVERY[key].title} {_number(value)}" for key, value in one.items())
        for judge, one in zip(found.about.judges, each, strict=False)
    ]
    return ["Each network alone:", *rows] if rows else []


def gain(differences: "Mapping[str, Difference]") -> list[str]:
    """Return what the views have changed, a line for each metric."""
    rows = [f"  {EVERY[key].title}: {_change(one)}" for key, one in differences.items()]
    return ["With views, compared with the image alone:", *rows]


def _change(one: "Difference") -> str:
    if one.difference is None:
        return f"undefined: {one.why_a or one.why_b}"
    low, high = one.low, one.high
    ends = "" if low is None or high is None else f" (95% interval {low:+.4f} to {high:+.4f})"
    return f"{_number(one.a)} to {_number(one.b)}, {one.difference:+.4f}{ends}"


def _number(value: float | None) -> str:
    return "undefined" if value is None else f"{value:.4f}"


def notes(found: Predictions) -> list[str]:
    """Return what the prediction has noted."""
    return [in_words(note) for note in found.about.notes]


def values(found: Predictions, scores: "Mapping[str, Interval]", each: Each) -> dict[str, Any]:
    """Return what JSON says of every prediction."""
    return {
        "images": len(found),
        "left_out": dict(found.left_out),
        "classes": list(found.classes),
        "scores": {key: asdict(one) for key, one in scores.items()},
        "networks": [
            {"title": judge.title, "scores": one} for judge, one in zip(found.about.judges, each, strict=False)
        ],
    }


def gain_values(images: int, differences: "Mapping[str, Difference]") -> dict[str, Any]:
    """Return what JSON says of what the views have changed on some images whose truth is known."""
    found = {key: asdict(one) | {"difference": one.difference} for key, one in differences.items()}
    return {"images": images, "differences": found}
