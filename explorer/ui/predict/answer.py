"""The answer of a prediction: how many images, of which classes, how right it is, and what the views change."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.base.words import counted, signed
from explorer.figures.palette import class_color
from explorer.metrics.intervals import Interval
from explorer.metrics.paired_bootstrap import Difference
from explorer.metrics.table import EVERY
from explorer.runs.overview.predictions import SCORES, Gain, Seen
from explorer.runs.overview.view import RunSnapshot
from explorer.runs.record import predictions
from explorer.runs.record.paths import RunPaths
from explorer.runs.record.predictions import Predictions
from explorer.texts import Common
from explorer.texts import Predict as T
from explorer.ui.components import score
from explorer.ui.components.markdown import escape

METRIC_WIDTH = 170  # px
_MOST_CLASSES = 12
_MOST_LEFT_OUT = 200


@dataclass(frozen=True, eq=False)
class Judged:
    """What the labels say of a prediction.

    Attributes:
        rows: The images whose class is known, ascending.
        scores: By metric.
        each: Of each network alone, by metric; empty for one network, and as long as not all images are predicted.
        gain: What the views have changed; None without views.
    """

    rows: NDArray[np.int64]
    scores: Mapping[str, Interval]
    each: Sequence[Mapping[str, float | None]]
    gain: Gain | None


@dataclass(frozen=True, eq=False)
class Read:
    """A prediction so far, and what the labels say about it; None where no class is known."""

    predictions: Predictions
    judged: Judged | None


def read(paths: RunPaths) -> Read | None:
    """Read a prediction as far as it is; None before its first part. Raises PredictionsError."""
    found = predictions.read(paths)
    if found is None:
        return None
    seen = Seen(found)
    if not len(seen.known):
        return Read(found, None)
    # Computing all of them again after each part would take as long as the networks themselves.
    each = seen.scores_of_each() if found.complete and len(found.about.judges) > 1 else ()
    return Read(found, Judged(seen.known, seen.scores(), each, seen.gain()))


def show(snapshot: RunSnapshot, found: Read) -> None:
    """Draw the answer."""
    of, judged = found.predictions, found.judged
    st.markdown(_sentence(of, judged, over=snapshot.status.over))
    if snapshot.status.over and not of.complete:
        st.warning(T.PARTIAL.format(done=len(of) + len(of.left_out), images=_images(of.about.total)))
    if judged is not None:
        _scores(of, judged)
        if judged.each:
            _each(of, judged.each)
    _counts(of)
    if of.about.views:
        _gain(of, judged)
    if of.left_out:
        left_out(of)


def _sentence(of: Predictions, judged: Judged | None, *, over: bool) -> str:
    if not of.complete and not over:
        return T.ANSWER_SO_FAR.format(done=len(of), images=_images(of.about.total))
    if judged is None:
        return f"#### {counted(len(of), *T.ANSWER)}"
    accuracy = judged.scores["accuracy"]
    return T.ANSWER_LABELED.format(
        value=score.number(accuracy), images=_images(len(judged.rows)), interval=score.in_sentence(accuracy)
    )


def _images(count: int) -> str:
    return counted(count, *Common.IMAGE)


def _scores(of: Predictions, judged: Judged) -> None:
    with st.container(horizontal=True, gap="medium"):
        for key in SCORES:
            score.show(key, judged.scores[key], METRIC_WIDTH)
    words = [T.INTERVALS_ARE]
    if len(judged.rows) < len(of):
        words.insert(0, T.SOME_LABELED.format(labeled=len(judged.rows), images=_images(len(of))))
    st.caption(" ".join(words))


def _each(of: Predictions, each: Sequence[Mapping[str, float | None]]) -> None:
    """Draw the scores of each network alone, behind a click."""
    with st.expander(T.EACH_ALONE, icon=":material/format_list_numbered:"):
        names = [judge.title for judge in of.about.judges]
        columns = {EVERY[key].title: [one[key] for one in each] for key in SCORES}
        config = {title: st.column_config.NumberColumn(format="%.3f") for title in columns}
        st.dataframe({T.EACH_NETWORK: names, **columns}, hide_index=True, column_config=config)


def _counts(of: Predictions) -> None:
    """Draw how many images are predicted as each class, the most frequent first."""
    if not len(of):
        return
    counts = of.answers().sum(axis=0)
    order = np.argsort(-counts, kind="stable")[:_MOST_CLASSES]
    lines = []
    for place in order:
        share = f"{counts[place] / len(of):.1%}"
        words = T.COUNTS_LINE.format(name=escape(of.classes[place]), count=int(counts[place]), share=share)
        lines.append(f'<span style="color:{class_color(int(place))}">■</span> {words}')
    if len(of.classes) > _MOST_CLASSES:
        more = counted(len(of.classes) - _MOST_CLASSES, *T.MORE_CLASSES)
        lines.append(T.COUNTS_MORE.format(classes=more))
    st.markdown(" &emsp; ".join(lines), unsafe_allow_html=True)


def _gain(of: Predictions, judged: Judged | None) -> None:
    with st.container(border=True):
        st.markdown(f"**{T.GAIN}**", help=T.GAIN_HELP)
        if judged is None or judged.gain is None:
            changed = int((of.answers() != of.answers(without_views=True)).any(axis=1).sum())
            st.markdown(T.CHANGED_UNLABELED.format(count=changed, images=_images(len(of))))
            return
        st.markdown(
            " &emsp; ".join(gained(key, one) for key, one in judged.gain.differences.items()), unsafe_allow_html=True
        )
        won, lost = counted(len(judged.gain.won), *T.WON), counted(len(judged.gain.lost), *T.LOST)
        st.markdown(f"{won}, {lost}.")


def gained(key: str, one: Difference) -> str:
    """Return what views have changed in a metric, in words."""
    title = EVERY[key].label
    if one.difference is None or one.low is None or one.high is None:
        return T.GAIN_UNDEFINED.format(metric=title, why=escape(one.why_a or one.why_b or Common.NO_INTERVAL))
    if one.none:
        return T.GAIN_NONE.format(metric=title)
    word = ""
    if one.clear:
        word = T.GAIN_BETTER if (one.difference > 0) == (EVERY[key].better == "higher") else T.GAIN_WORSE
    ends = {"low": signed(one.low), "high": signed(one.high)}
    return T.GAIN_LINE.format(metric=title, value=signed(one.difference), word=word, **ends)


def left_out(of: Predictions) -> None:
    """Draw the images that have no prediction, behind a click."""
    with st.expander(counted(len(of.left_out), *T.LEFT_OUT), icon=":material/block:"):
        shown = list(of.left_out.items())[:_MOST_LEFT_OUT]
        st.markdown("\n".join(f"- {escape(T.LEFT_OUT_LINE.format(name=name, why=why))}" for name, why in shown))
        if len(of.left_out) > len(shown):
            st.caption(T.LEFT_OUT_MORE.format(count=len(of.left_out) - len(shown)))
