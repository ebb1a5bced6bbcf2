"""The classes of masks, or the labels, of a study of folds with their scores out of fold, and the worst images."""

import functools
import math

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.base.words import counted
from explorer.metrics.intervals import Interval, class_intervals
from explorer.metrics.mask_images import mean_dice, worst_first
from explorer.metrics.table import EVERY, Value, class_values
from explorer.runs.overview.studies.fold_answers import OutOfFold, Which
from explorer.runs.overview.view import RunSnapshot, RunView
from explorer.runs.spec.config import RunConfig
from explorer.runs.spec.members import config_of_fold
from explorer.texts import Common, Scores
from explorer.texts import Folds as T
from explorer.ui.components import score
from explorer.ui.evidence import pictures
from explorer.ui.evidence.pictures import Caption
from explorer.ui.session.keys import widget_key
from explorer.ui.study.sources import source_of

_FIRST = {"segmentation": "iou", "labels": "f1_macro"}  # the score of a class that has its interval
_MORE = {"segmentation": ("pixel_precision", "pixel_recall"), "labels": ("auroc", "mean_precision")}
_MOST_ROWS, _HEIGHT = 12, 460  # of the table; beyond it scrolls
_NAMED = 4  # labels with their probabilities in the words below an image
Indices = NDArray[np.int64]


def show(view: RunView, snapshot: RunSnapshot, config: RunConfig, answers: OutOfFold, which: Which) -> None:
    """Draw the table, and beside it images, the worst first."""
    masks = answers.task == "segmentation"
    left, right = st.columns([0.45, 0.55], gap="medium")
    with left:
        st.markdown(f"**{T.CLASSES_TITLE if masks else T.LABELS_TITLE}**")
        rows = _table(answers, which)
        st.dataframe(rows, hide_index=True, height="content" if len(rows) <= _MOST_ROWS else _HEIGHT)
    with right:
        title, about = (T.WORST_MASKS, T.WORST_MASKS_HELP) if masks else (T.WORST_LABELS, T.WORST_LABELS_HELP)
        st.markdown(f"**{title}**", help=about)
        own = config.model_copy(update={"dataset": config_of_fold(config, 0).dataset})
        source = source_of(view.paths, snapshot, own, answers.images)
        order = _worst_masks(answers, which) if masks else _worst_labels(answers, which)
        caption = _of_masks if masks else _of_labels
        key = widget_key("pictures", "folds", snapshot.id)
        pictures.show(source, order, lambda index: caption(answers, which, index), key, T.IMAGES)


@functools.lru_cache(maxsize=8)
def _table(answers: OutOfFold, which: Which) -> list[dict[str, object]]:
    evaluation = answers.evaluation(which, answers.known)
    masks = answers.task == "segmentation"
    first, more = _FIRST[answers.task], _MORE[answers.task]
    ends, others = class_intervals(evaluation, first), class_values(evaluation, more)
    support = T.PIXELS_COLUMN if masks else T.IMAGES_COLUMN
    return [
        {
            T.CLASS if masks else T.LABEL: name,
            support: f"{int(evaluation.margins.truth[at]):,}",
            _title(first): score.number(ends[at]),
            T.INTERVAL_COLUMN: _ends(ends[at]),
            **{_title(key): _number(others[key][at]) for key in more},
        }
        for at, name in enumerate(answers.images.classes)
    ]


def _title(key: str) -> str:
    return Scores.OF_CLASS.get(key, EVERY[key].label)


def _number(value: Value) -> str:
    return Common.UNDEFINED if value.value is None else f"{value.value:.3f}"


def _ends(found: Interval) -> str:
    return "" if found.low is None or found.high is None else T.BETWEEN.format(low=found.low, high=found.high)


@functools.lru_cache(maxsize=4)
def _dice(answers: OutOfFold, which: Which) -> NDArray[np.float64]:
    return mean_dice(answers.given[which])


@functools.lru_cache(maxsize=4)
def _worst_masks(answers: OutOfFold, which: Which) -> Indices:
    known = answers.known
    return known[worst_first(_dice(answers, which)[known])]


@functools.lru_cache(maxsize=4)
def _worst_labels(answers: OutOfFold, which: Which) -> Indices:
    """Return the images with wrong labels, those with the most of them first."""
    known = answers.known
    wrong = (answers.predicted(which)[known] != answers.images.labels[known]).sum(axis=1)
    order = np.argsort(-wrong, kind="stable")
    return known[order[wrong[order] > 0]]


def _of_masks(answers: OutOfFold, which: Which, index: int) -> Caption:
    dice = float(_dice(answers, which)[index])
    title = T.DICE_OF.format(dice=dice) if math.isfinite(dice) else T.DICE_UNDEFINED
    return Caption(title, text=T.FOLD_NUMBER.format(fold=int(answers.folds[index]) + 1))


def _of_labels(answers: OutOfFold, which: Which, index: int) -> Caption:
    names, labels = answers.images.classes, answers.images.labels[index]
    shares = _probabilities(answers, which)[index]
    predicted = _predicted(answers, which)[index]
    sides = ((T.MISSED, labels > predicted), (T.TOO_MUCH, predicted > labels))
    notes = [
        words.format(labels=", ".join(names[at] for at in np.flatnonzero(side))) for words, side in sides if side.any()
    ]
    order = np.argsort(-shares, kind="stable")[:_NAMED].tolist()
    scores = " · ".join(f"{names[at]} {pictures.percent(float(shares[at]))}" for at in order)
    return Caption(
        counted(int((labels != predicted).sum()), *T.WRONG_LABELS), "\n".join(notes),
        text=T.FOLD_OF.format(fold=int(answers.folds[index]) + 1, scores=scores),
    )  # fmt: skip


@functools.lru_cache(maxsize=4)
def _predicted(answers: OutOfFold, which: Which) -> Indices:
    return answers.predicted(which)


@functools.lru_cache(maxsize=4)
def _probabilities(answers: OutOfFold, which: Which) -> NDArray[np.float64]:
    return answers.probabilities(which)
