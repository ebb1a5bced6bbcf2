"""How far a study is, in a bar: its phase, its repeats and the time that is left."""

import streamlit as st

from explorer.base.words import span
from explorer.runs.overview.view import RunSnapshot
from explorer.runs.record.studies.answers import DISTORTING
from explorer.runs.record.studies.progress import HEADS, JUDGING, StudyProgress, progress_of
from explorer.runs.state.status import State
from explorer.texts import Confirm, Folds, Runs, Search
from explorer.texts import Study as T
from explorer.ui.components.markdown import escape
from explorer.ui.study.immunity.progress import of_map

_LEAST_LEFT_S = 1.0  # less is not worth a word
_VIEWS_SHARE = 0.5  # of the bar: views come first, and take about as long as the heads


def show(snapshot: RunSnapshot) -> None:
    """Draw the bar while a study works."""
    if snapshot.status.over or snapshot.status.state is State.QUEUED:
        return
    if "pair" in snapshot.doing or "fold" in snapshot.doing:
        words_of = words_of_pair if "pair" in snapshot.doing else words_of_fold
        st.progress(snapshot.fraction, text=words_of(snapshot))
        return
    if snapshot.phase == DISTORTING:
        done, said = of_map(snapshot.doing)
        st.progress(done, text=said)
        return
    now = progress_of(snapshot.doing)
    if "outer" in snapshot.doing:  # a search draws views and trains heads in turns
        st.progress(now.done / max(now.total, 1), text=words_of_search(now, snapshot.phase))
        return
    st.progress(share(now), text=words(now, snapshot.phase))


def words_of_pair(snapshot: RunSnapshot) -> str:
    """Return which of the training runs of a confirmation is being trained, and what is left."""
    said, epochs = snapshot.doing, snapshot.start.count("epochs") if snapshot.start else 0
    words = Confirm.PROGRESS.format(
        pair=said["pair"], pairs=said.get("pairs"), pipeline=escape(str(said.get("pipeline"))),
        epoch=min(snapshot.epoch + 1, epochs), epochs=epochs,
    )  # fmt: skip
    return " · ".join([words, *_left(progress_of(said))])


def words_of_fold(snapshot: RunSnapshot) -> str:
    """Return which of the folds is being trained, and what is left."""
    said, epochs = snapshot.doing, snapshot.start.count("epochs") if snapshot.start else 0
    words = Folds.PROGRESS.format(
        fold=said["fold"], folds=said.get("folds"), epoch=min(snapshot.epoch + 1, epochs), epochs=epochs
    )
    return " · ".join([words, *_left(progress_of(said))])


def words_of_search(now: StudyProgress, phase: str) -> str:
    """Return how many searches are done, what is being done, and what is left."""
    parts = [Search.PROGRESS.format(done=now.done, total=now.total)]
    said = Runs.PHASES.get(phase, phase)
    if now.part_total > 0:
        of_part = T.DONE_OF.format(done=now.part_done, total=now.part_total)
        said = Search.PROGRESS_PART.format(phase=said, done=of_part)
    parts.append(said)
    if now.heads > 0:
        parts.append(Search.PROGRESS_HEADS.format(heads=now.heads))
    return " · ".join([*parts, *_left(now)])


def _left(now: StudyProgress) -> list[str]:
    """Return the words about the time that is left; none where it is not known or over."""
    if now.left_s is None or now.left_s < _LEAST_LEFT_S:
        return []
    left = Runs.PROGRESS_LEFT.format(left=span(now.left_s))
    return [T.LEFT_OF_PHASE.format(left=left) if now.of_phase else left]


def share(now: StudyProgress) -> float:
    """Return the share of a study that is done, 0 to 1. The views of all pipelines come before the first repeat."""
    if now.phase == JUDGING:
        return 1.0
    of_phase = min(now.done / now.total, 1.0) if now.total > 0 else 0.0
    if now.phase != HEADS or now.repeats <= 0:
        return _VIEWS_SHARE * of_phase
    return _VIEWS_SHARE + (1 - _VIEWS_SHARE) * min((now.repeat + of_phase) / now.repeats, 1.0)


def words(now: StudyProgress, phase: str) -> str:
    """Return what a study is doing, and what is left."""
    parts = []
    if now.phase == HEADS and now.repeats > 0:
        parts.append(T.REPEAT_OF.format(repeat=min(now.repeat + 1, now.repeats), repeats=now.repeats))
    parts.append(Runs.PHASES.get(phase, phase))
    if now.total > 0:
        parts.append(T.DONE_OF.format(done=now.done, total=now.total))
    return " · ".join(filter(None, [*parts, *_left(now)]))
