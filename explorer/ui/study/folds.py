"""The page of a study of folds: its out-of-fold score first, then the matrix with its images, and the folds."""

from collections.abc import Mapping, Sequence

import streamlit as st

from explorer.base.task_names import TaskName
from explorer.base.words import counted
from explorer.figures.folds import curves
from explorer.metrics.table import EVERY
from explorer.runs.overview.studies import fold_table
from explorer.runs.overview.studies import folds as studies
from explorer.runs.overview.studies.fold_answers import WHICH, OutOfFold, Which
from explorer.runs.overview.studies.folds import FoldsFound
from explorer.runs.overview.view import RunSnapshot, RunView
from explorer.runs.record.studies.parts import MEMBER, parts
from explorer.runs.spec.config import RunConfig
from explorer.texts import Folds as T
from explorer.texts import Study
from explorer.ui.components import plot, score
from explorer.ui.evidence import table_downloads
from explorer.ui.session.keys import widget_key
from explorer.ui.study import fold_images, fold_masks_and_labels, latest
from explorer.ui.study.latest import Latest

METRIC_WIDTH = 190  # px
_HELP: Mapping[TaskName, str] = {
    "classification": T.DOWNLOAD_HELP, "segmentation": T.DOWNLOAD_HELP_MASKS, "labels": T.DOWNLOAD_HELP_LABELS,
}  # fmt: skip


@st.cache_resource(show_spinner=False)
def _latest() -> Latest[FoldsFound]:
    return Latest()


def show(view: RunView, snapshot: RunSnapshot) -> None:
    """Draw what a study of folds has found so far."""
    config = snapshot.config
    assert config is not None
    key = str(view.paths.root)

    def state() -> object:
        return parts(view.paths, MEMBER), snapshot.revision

    def look() -> FoldsFound | None:
        return _latest().get(key, state(), lambda: studies.read(view.paths, config))

    def draw(found: FoldsFound) -> None:
        _draw(view, snapshot, config, found)

    def nothing() -> None:
        st.info(Study.COMPUTING)

    latest.watch(snapshot.status.over, look, lambda: _latest().computes(key, state()), draw, nothing)


def _draw(view: RunView, snapshot: RunSnapshot, config: RunConfig, found: FoldsFound) -> None:
    # Containers, so that what appears above a chart does not mount it again, which would lose its zoom.
    answer, images, folds = (st.container() for _ in range(3))
    which: Which = "last"
    with answer:
        if found.answers is None:
            st.info(T.NONE if snapshot.status.over else T.NONE_YET)
        else:
            which = _answer(snapshot, found, found.answers)
    if found.answers is not None:
        with images:
            draw = fold_images.show if found.task == "classification" else fold_masks_and_labels.show
            draw(view, snapshot, config, found.answers, which)
    with folds:
        _folds(snapshot, found, which)


def _answer(snapshot: RunSnapshot, found: FoldsFound, answers: OutOfFold) -> Which:
    key = widget_key("study", snapshot.id, "which")
    which: Which = st.session_state.get(key) or "last"
    st.markdown(_sentence(found, which))
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        for metric in found.metrics:
            _score(found, metric, which)
    st.caption(_rests_on(found, answers))
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        st.segmented_control(
            T.WHICH, list(WHICH), default="last", required=True, key=key, help=T.WHICH_HELP,
            format_func=T.WHICH_TITLES.__getitem__,
        )  # fmt: skip
        _downloads(snapshot, answers, which)
    if which == "best":
        st.caption(T.BEST_NOTE)
    return which


def _sentence(found: FoldsFound, which: Which) -> str:
    first = EVERY[found.metrics[0]]
    value, metric = found.scores[which][first.key], first.in_sentence if found.complete else first.label
    words = T.ANSWER if found.complete else T.ANSWER_SO_FAR
    return words.format(
        metric=metric, value=score.number(value), interval=score.in_sentence(value), done=found.done,
        folds=found.plan.folds,
    )  # fmt: skip


def _score(found: FoldsFound, metric: str, which: Which) -> None:
    spread = found.spread(which, metric)
    with st.container(width=METRIC_WIDTH, gap=None):
        score.show(metric, found.scores[which][metric], METRIC_WIDTH)
        if spread is not None:
            st.caption(T.SPREAD.format(low=spread[0], high=spread[1]), help=T.SPREAD_HELP)


def _rests_on(found: FoldsFound, answers: OutOfFold) -> str:
    judged, every = len(answers.known), len(answers.images)
    words = T.RESTS_ON if found.complete else T.RESTS_ON_SO_FAR
    parts_ = [words.format(images=judged, all=every)]
    if found.complete and judged < every:
        parts_.append(counted(every - judged, *T.IN_NO_FOLD))
    if answers.copies:
        parts_.append(counted(answers.copies, *T.COPIES))
    if answers.divided_copies:
        parts_.append(counted(answers.divided_copies, *T.COPIES_DIVIDED))
    return " ".join(parts_)


def _downloads(snapshot: RunSnapshot, answers: OutOfFold, which: Which) -> None:
    """Draw buttons that make the file when they are pressed."""
    table_downloads.show(
        T.FILE.format(id=snapshot.id), lambda: fold_table.columns(answers, which), (T.CSV, T.PARQUET),
        _HELP[answers.task], "study", snapshot.id,
    )  # fmt: skip


def _folds(snapshot: RunSnapshot, found: FoldsFound, which: Which) -> None:
    left, right = st.columns([1, 1], gap="medium")
    with left:
        st.markdown(f"**{T.FOLDS_TITLE}**", help=T.FOLDS_TABLE_HELP)
        st.dataframe([_row(one, which, found.metrics) for one in found.folds], hide_index=True, height="content")
    with right:
        title = T.CURVES.format(metric=EVERY[found.monitor].title)
        st.markdown(f"**{title}**")
        if any(one.epochs for one in found.folds):
            plot.show(curves(found), title, widget_key("chart", snapshot.id, "folds"))
        else:
            st.caption(T.CURVES_LATER)


def _row(one: studies.FoldSeen, which: Which, metrics: Sequence[str]) -> dict[str, object]:
    scores = one.scores[which] if one.scores else {}
    row: dict[str, object] = {
        T.FOLD: one.fold + 1,
        T.STATE: T.STAGES[one.stage],
        T.IMAGES_COLUMN: f"{one.images:,}" if one.images else "",
        T.BEST_EPOCH: "" if one.best_epoch is None else str(one.best_epoch),
    }
    return row | {EVERY[key].label: f"{scores[key]:.3f}" if key in scores else "" for key in metrics}
