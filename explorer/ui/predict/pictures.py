"""The images of a prediction by score: the surest, the most uncertain, and the wrong ones where labels are known."""

import functools
from collections.abc import Mapping, Sequence

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.runs.overview.predictions import Flip
from explorer.runs.overview.view import RunSnapshot
from explorer.runs.record.predictions import NO_LABEL, Predictions
from explorer.runs.spec.config import RunConfig
from explorer.texts import Predict as T
from explorer.ui.evidence.pictures import percent
from explorer.ui.predict.album import Album
from explorer.ui.predict.answer import Judged
from explorer.ui.preview import wall
from explorer.ui.preview.wall import Caption
from explorer.ui.session.keys import widget_key

Indices = NDArray[np.int64]
_EVERY = -1
_MOST = 1_000  # images of a list: its first ones say most
_SCORES = 3  # classes below a large image


@functools.lru_cache(maxsize=2)  # sorting a million images takes a while
def lists(found: Predictions, judged: Judged | None) -> Mapping[str, Indices]:
    """Return the rows of each list in its order; lists that say nothing here are left out."""
    sure = found.scores.max(axis=1)
    first, second = _two_highest(found.scores)
    every: dict[str, Indices] = {
        "uncertain": np.argsort(_nearest(found) if found.about.several else first - second, kind="stable"),
        "sure": np.argsort(-sure, kind="stable"),
    }
    if judged is not None:
        wrong = judged.rows[found.predicted[judged.rows] != found.labels[judged.rows]]
        every = {"wrong": wrong[np.argsort(-sure[wrong], kind="stable")]} | every
    if found.about.views:
        if judged is not None and judged.gain is not None:
            every |= {"won": _rows(judged.gain.won), "lost": _rows(judged.gain.lost)}
        else:
            changed = (found.answers() != found.answers(without_views=True)).any(axis=1)
            every["changed"] = np.flatnonzero(changed)
    return every


def _nearest(found: Predictions) -> NDArray[np.float64]:
    """(N,) how near the label of an image that is nearest to its threshold comes to it."""
    limits = np.array([found.about.thresholds[index] for index in range(len(found.classes))])
    return np.asarray(np.abs(found.scores - limits).min(axis=1), np.float64)


def _rows(flips: Sequence[Flip]) -> Indices:
    return np.array([flip.row for flip in flips], np.int64)


def _two_highest(scores: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    highest = np.partition(scores, -2, axis=1)[:, -2:]
    return highest[:, 1], highest[:, 0]


def show(snapshot: RunSnapshot, config: RunConfig, found: Predictions, judged: Judged | None) -> None:
    """Draw the choice of a list and a class, and its images."""
    if not len(found):
        return
    every = lists(found, judged)
    titles = {name: T.LISTS[name] for name in ("uncertain", "sure")}
    titles |= {
        name: T.COUNTED.format(title=T.LISTS[name], count=len(rows))
        for name, rows in every.items()
        if name not in titles
    }  # fmt: skip
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        chosen = st.segmented_control(
            T.PICTURES, list(every), default=next(iter(every)), required=True, label_visibility="collapsed",
            key=widget_key("predict", snapshot.id, "list"), format_func=titles.__getitem__,
        )  # fmt: skip
        places = [_EVERY, *range(len(found.classes))]
        of_class = st.selectbox(
            T.CLASS, places, key=widget_key("predict", snapshot.id, "class"), width=220,
            format_func=lambda place: T.EVERY_CLASS if place == _EVERY else found.classes[place],
        )  # fmt: skip
    rows = every.get(chosen or "", next(iter(every.values())))
    if of_class != _EVERY:
        rows = rows[found.answers()[rows, of_class]]
    key = widget_key("pictures", "predict", snapshot.id)
    wall.show(Album(found, config), rows[:_MOST], lambda index: _caption(found, index), key, T.PICTURES)
    if len(rows) > _MOST:
        st.caption(T.FIRST_OF.format(first=_MOST, count=len(rows)))


def _caption(found: Predictions, index: int) -> Caption:
    names, scores, mine = found.classes, found.scores[index], int(found.predicted[index])
    label = int(found.labels[index])
    wrong = label not in (NO_LABEL, mine)
    order = np.argsort(-scores, kind="stable")[:_SCORES]
    scored = " · ".join(f"{names[place]} {percent(float(scores[place]))}" for place in order)
    return Caption(
        title=_title(found, index, mine),
        note=T.PICTURE_TRUE.format(true=names[label]) if wrong else "",
        text=scored if label == NO_LABEL else T.PICTURE_LABEL.format(true=names[label], scores=scored),
    )


def _title(found: Predictions, index: int, mine: int) -> str:
    """The predicted class with its probability, or the predicted labels."""
    if found.about.several:
        return found.words(index) or T.NO_LABELS
    return T.PICTURE_TITLE.format(predicted=found.classes[mine], share=percent(float(found.scores[index, mine])))
