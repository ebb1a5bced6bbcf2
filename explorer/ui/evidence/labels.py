"""The Labels section of a run with several labels: scores of each, and the matrix and wrong images of one of them."""

import functools
from collections.abc import Sequence

import streamlit as st

from explorer.figures.charts import class_names, planned_epochs
from explorer.metrics.metric import Value
from explorer.metrics.table import EVERY, LISTED, class_values, values
from explorer.runs.overview.best import best_point
from explorer.runs.overview.evidence import Evidence
from explorer.runs.overview.measured import evaluation_of
from explorer.runs.overview.view import RunSnapshot, RunView
from explorer.runs.record import thresholds
from explorer.runs.record.epochs import EpochRecord
from explorer.runs.record.thresholds import ThresholdsError
from explorer.runs.spec.config import threshold_of
from explorer.texts import Labels as T
from explorer.texts import Scores
from explorer.ui.components import matrix
from explorer.ui.components.markdown import escape
from explorer.ui.components.matrix import Epoch, Opened
from explorer.ui.evidence import label_images
from explorer.ui.evidence.absent import why_not
from explorer.ui.session.keys import widget_key

_OF_LABEL = ("auroc", "mean_precision", "precision", "recall", "f1_macro")
_OVER_ALL = tuple(key for key, metric in LISTED["labels"].items() if metric.of != "loss")
_MOST_ROWS = 12  # of the table; beyond it scrolls
_HEIGHT = 36 * (_MOST_ROWS + 1)  # px


def show(view: RunView, snapshot: RunSnapshot, evidence: Evidence) -> None:
    """Draw the section; it runs again each second while the run trains."""
    if not snapshot.epochs:
        st.caption(T.NEVER if snapshot.status.over else T.COMES)
        return
    best = best_point(view.paths, snapshot.config, snapshot.epochs)
    epoch = snapshot.epochs[-1].epoch if best is None else best.epoch
    record = evidence.record(epoch)
    if record is None:
        st.warning(escape(why_not(evidence, epoch)))
        return
    names = class_names(snapshot)
    label = _table(view, snapshot, record, names)
    place, beside = st.columns([0.4, 0.6], gap="medium")
    opened_key = widget_key("labels", snapshot.id, "opened")
    with place:
        st.markdown(T.MATRIX.format(name=escape(names[label])), help=T.MATRIX_HELP)
        _matrix(view, snapshot, label, names[label], None if best is None else best.epoch, opened_key)
    opened: tuple[int, Opened] | None = st.session_state.get(opened_key)
    cell = opened[1] if opened is not None and opened[0] == label and _exists(opened[1], snapshot) else None
    with beside, st.container(key=widget_key("labels", snapshot.id, "images")):
        label_images.show(snapshot, evidence, label, epoch, cell)


def _table(view: RunView, snapshot: RunSnapshot, record: EpochRecord, names: Sequence[str]) -> int:
    """Draw the scores over all labels and of each, and return the label that is chosen, at first the first."""
    found, each = _scores_of(record)
    st.markdown(" · ".join(T.OVER_ALL.format(title=EVERY[key].title, value=_number(found[key])) for key in _OVER_ALL))
    above = threshold_of(snapshot.config)
    kept = _kept(view)
    margins = evaluation_of(record).margins
    rows = [
        {T.LABEL: name, T.IMAGES: int(margins.truth[at]), T.PREDICTED: int(margins.predicted[at])}
        | {Scores.OF_CLASS[key]: _number(each[key][at]) for key in _OF_LABEL}
        | ({T.KEPT: kept.get(at, T.NO_KEPT)} if kept else {})
        for at, name in enumerate(names)
    ]
    helps = {Scores.OF_CLASS[key]: EVERY[key].help for key in _OF_LABEL}
    helps |= {T.IMAGES: T.IMAGES_HELP, T.PREDICTED: T.PREDICTED_HELP.format(threshold=above), T.KEPT: T.KEPT_HELP}
    state = st.dataframe(
        rows,
        key=widget_key("labels", snapshot.id, "table"),
        height="content" if len(rows) <= _MOST_ROWS else _HEIGHT,
        hide_index=True,
        column_config={T.LABEL: st.column_config.Column(width="medium")}
        | {name: st.column_config.Column(help=words) for name, words in helps.items()},
        on_select="rerun",
        selection_mode="single-row-required",
        selection_default={"selection": {"rows": [0]}},
    )
    st.caption(T.TABLE_HELP.format(threshold=above))
    chosen = state["selection"]["rows"]
    return chosen[0] if chosen and chosen[0] < len(rows) else 0


@functools.lru_cache(maxsize=8)
def _scores_of(record: EpochRecord) -> tuple[dict[str, Value], dict[str, tuple[Value, ...]]]:
    evaluation = evaluation_of(record)
    return values(evaluation, _OVER_ALL), class_values(evaluation, _OF_LABEL)


def _number(value: Value) -> str:
    return Scores.UNDEFINED if value.value is None else f"{value.value:.3f}"


def _kept(view: RunView) -> dict[int, str]:
    """Return the kept thresholds by label; none where the file cannot be read, which the section of scores says."""
    try:
        return {one.class_index: f"{one.probability:.3g}" for one in thresholds.read(view.paths)}
    except (ThresholdsError, OSError):
        return {}


def _matrix(view: RunView, snapshot: RunSnapshot, label: int, name: str, best: int | None, opened_key: str) -> None:
    epochs = []
    for point in snapshot.epochs:
        record = view.record(point.epoch)
        fits = record is not None and record.several and label < len(record.confusion)
        cells = matrix.sparse(record.confusion[label]) if record is not None and fits else None
        epochs.append(Epoch(point.epoch, f"{point.epoch}:{label}", cells, not fits))
    names = (T.WITHOUT.format(name=name), T.WITH.format(name=name))
    frame = matrix.frame(
        f"{snapshot.id} {label}", names, epochs, best, snapshot.latest_epoch, None, planned_epochs(snapshot),
        of_label=True,
    )  # fmt: skip

    def follow(opened: Opened) -> None:
        st.session_state[opened_key] = (label, opened)

    matrix.show(
        frame,
        widget_key("labels", snapshot.id, "matrix"),
        on_open=follow,
        on_follow=follow,
        on_close=lambda _: st.session_state.pop(opened_key, None),
        on_fetch=lambda _: None,
    )


def _exists(opened: Opened, snapshot: RunSnapshot) -> bool:
    """Whether a matrix of a label has this cell: the browser says which, and is not trusted."""
    places = [place for place in (opened.row, opened.column) if place is not None]
    return max(places) < 2 and any(point.epoch == opened.epoch for point in snapshot.epochs)
