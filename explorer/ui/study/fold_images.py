"""The out-of-fold confusion matrix of a study of folds, and the images behind a cell or the surest errors."""

import functools

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.metrics.cells import members, most_confident_first, share_of
from explorer.runs.overview.studies.fold_answers import OutOfFold, Which
from explorer.runs.overview.view import RunSnapshot, RunView
from explorer.runs.spec.config import RunConfig
from explorer.runs.spec.members import config_of_fold
from explorer.texts import Folds as T
from explorer.ui.components import matrix
from explorer.ui.components.markdown import escape
from explorer.ui.components.matrix import Epoch, Opened
from explorer.ui.evidence import pictures
from explorer.ui.evidence.pictures import Caption
from explorer.ui.session.keys import widget_key
from explorer.ui.study.sources import source_of

Indices = NDArray[np.int64]
_SMALL = 12  # classes of a matrix that leaves room for images beside it


def show(view: RunView, snapshot: RunSnapshot, config: RunConfig, answers: OutOfFold, which: Which) -> None:
    """Draw the matrix, and beside or below it images."""
    opened_key = widget_key("study", snapshot.id, "cell")

    def open_cell(opened: Opened) -> None:
        st.session_state[opened_key] = opened

    if len(answers.images.classes) > _SMALL:
        place, beside = st.container(), st.container()
    else:
        place, beside = st.columns([0.45, 0.55], gap="medium")
    with place:
        st.markdown(f"**{T.MATRIX}**")
        matrix.show(
            _frame(snapshot.id, answers, which),
            widget_key("matrix", snapshot.id, "folds"),
            on_open=open_cell,
            on_follow=open_cell,
            on_close=lambda _: st.session_state.pop(opened_key, None),
            on_fetch=lambda _: None,
        )
    with beside:
        opened: Opened | None = st.session_state.get(opened_key)
        _images(view, snapshot, config, answers, which, _existing(opened, len(answers.images.classes)))


@functools.lru_cache(maxsize=8)
def _frame(run_id: str, answers: OutOfFold, which: Which) -> bytes:
    rows = answers.known
    cells = matrix.sparse(answers.evaluation(which, rows).confusion)
    key = f"{which}:{len(rows)}"
    return matrix.frame(f"{run_id}:{which}", answers.images.classes, [Epoch(0, key, cells)], None, 0, alone=True)


def _existing(opened: Opened | None, classes: int) -> Opened | None:
    """Return the opened cell if the matrix has it: the browser says which, and is not trusted."""
    if opened is None:
        return None
    places = [place for place in (opened.row, opened.column) if place is not None]
    return opened if places and min(places) >= 0 and max(places) < classes else None


def _images(
    view: RunView, snapshot: RunSnapshot, config: RunConfig, answers: OutOfFold, which: Which, opened: Opened | None
) -> None:
    names = answers.images.classes
    rows = _ordered(answers, which, None if opened is None else (opened.row, opened.column))
    if opened is None:
        st.markdown(f"**{T.WORST}**", help=T.WORST_WORDS)
        if not len(rows):
            st.caption(T.NO_ERRORS)
            return
    else:
        row, column = (None if place is None else escape(names[place]) for place in (opened.row, opened.column))
        words = T.OF_CELL if row and column else T.OF_ROW if row else T.OF_COLUMN
        st.markdown(f"**{words.format(row=row, column=column, count=len(rows))}**")
    own = config.model_copy(update={"dataset": config_of_fold(config, 0).dataset})
    source = source_of(view.paths, snapshot, own, answers.images)
    key = widget_key("pictures", "folds", snapshot.id)
    pictures.show(source, rows, lambda index: _caption(answers, which, index), key, T.IMAGES)


@functools.lru_cache(maxsize=8)
def _ordered(answers: OutOfFold, which: Which, cell: tuple[int | None, int | None] | None) -> Indices:
    """Return the images of a cell, or all that were predicted wrongly, the surest first."""
    known, predicted = answers.known, _predicted(answers, which)
    labels = answers.images.labels
    if cell is None:
        chosen = known[predicted[known] != labels[known]]
    else:
        chosen = known[members(labels[known], predicted[known], *cell)]
    if not len(chosen):
        return chosen
    return most_confident_first(answers.logits[which], chosen, predicted)


@functools.lru_cache(maxsize=4)
def _predicted(answers: OutOfFold, which: Which) -> Indices:
    return answers.predicted(which)


def _caption(answers: OutOfFold, which: Which, index: int) -> Caption:
    names, logits = answers.images.classes, answers.logits[which][index]
    mine, truth = int(_predicted(answers, which)[index]), int(answers.images.labels[index])
    share = share_of(logits, mine)
    scores = pictures.scores_text(names, logits)
    return Caption(
        title=T.TITLE.format(predicted=names[mine], share=pictures.percent(share)),
        note="" if mine == truth else T.TRUE.format(true=names[truth]),
        text=T.FOLD_OF.format(fold=int(answers.folds[index]) + 1, scores=scores),
    )
