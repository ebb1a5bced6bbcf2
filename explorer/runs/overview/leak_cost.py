"""What a leak has cost a run: its stored scores without the validation images that have a duplicate in training."""

import os
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from explorer.data.specs import FORMATS
from explorer.metrics.without import Without, without
from explorer.runs.overview.comparison import NotComparable, side_of
from explorer.runs.overview.index import summaries
from explorer.runs.overview.summary import RunSummary
from explorer.runs.overview.view import RunSnapshot, RunView
from explorer.runs.state.status import State

_OUT_OF_FOLD = ("effects", "folds")  # what studies ask whose scores say something about each image
LEAST = 10  # images that have to remain; an interval of fewer says nothing


class NoCost(ValueError):
    """What a leak has cost a run cannot be computed; the message says why."""


@dataclass(frozen=True)
class LeakCost:
    """The scores of the best epoch of a run, with and without the images that leaked.

    Attributes:
        epoch: the epoch, from 1.
        images: how many validation images there are.
        leaked: how many of them have a duplicate in training.
        scores: by the key of the metric; empty where none leaked.
    """

    epoch: int
    images: int
    leaked: int
    scores: dict[str, Without]


def runs_of(kind: str, place: Path) -> tuple[RunSummary, ...]:
    """Return the finished training runs on the data set at a place, in whichever way it was divided, newest first.

    Args:
        kind: the format of the data set.
        place: its real path.
    """
    assert kind in FORMATS
    return tuple(
        run
        for run in summaries()
        if run.kind == "train" and run.status.state is State.FINISHED and _is_of(run, kind, place)
    )


def studies_of(kind: str, place: Path) -> tuple[RunSummary, ...]:
    """Return the studies of a data set whose scores say something about each image out of fold, newest first.

    Args:
        kind: the format of the data set.
        place: its real path.
    """
    found = (run for run in summaries() if run.kind == "study" and run.ask in _OUT_OF_FOLD)
    return tuple(run for run in found if _is_of(run, kind, place))


def _is_of(run: RunSummary, kind: str, place: Path) -> bool:
    spec: Any = run.asked.get("dataset")
    if not isinstance(spec, dict) or spec.get("kind") != kind or not isinstance(spec.get("path"), str):
        return False
    return bool(os.path.realpath(spec["path"]) == str(place))


def cost_of(view: RunView, snapshot: RunSnapshot, name: str, leaked: Collection[str]) -> LeakCost:
    """Compute the scores of a run with and without images.

    Args:
        view, snapshot: the run.
        name: of the run, for messages.
        leaked: the ids of images that have a duplicate in training.

    Raises:
        NoCost: The scores of single images are not stored, they do not say of which images they are, or too few remain.
    """
    try:
        side = side_of(view, snapshot, name)
    except NotComparable as error:
        raise NoCost(str(error)) from error
    if side.images is None:
        raise NoCost(f"“{name}” has no list of its validation images.")
    gone = set(leaked)
    out = np.array([one in gone for one in side.images.ids], np.bool_)
    count = int(out.sum())
    if not count:
        return LeakCost(side.point.number, len(out), 0, {})
    if len(out) - count < LEAST:
        raise NoCost(
            f"Only {len(out) - count} of the {len(out)} validation images of “{name}” have no duplicate in training: "
            "too few for a score."
        )
    return LeakCost(side.point.number, len(out), count, without(side.labels, side.answers, out))
