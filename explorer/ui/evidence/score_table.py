"""Tables of scores with their intervals: of the whole validation, and of each class. A row opens its formula."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeVar

import streamlit as st

from explorer.figures.charts import class_names
from explorer.metrics.counts import Counts, against_rest, support
from explorer.metrics.filled import filled
from explorer.metrics.intervals import Interval, class_interval, intervals
from explorer.metrics.metric import Evaluation, Metric, Value
from explorer.metrics.scores import Areas
from explorer.metrics.table import EVERY, LOSS, class_values, values
from explorer.runs.overview.evidence import Evidence
from explorer.runs.overview.measured import evaluation_of
from explorer.runs.overview.view import RunSnapshot, RunView
from explorer.runs.record.epochs import EpochRecord
from explorer.texts import Scores as T
from explorer.texts import ScoresOfLabels
from explorer.ui.background import jobs
from explorer.ui.components.markdown import escape
from explorer.ui.evidence.absent import why_not
from explorer.ui.evidence.later import Later
from explorer.ui.session.keys import widget_key

_OF_CLASSES = ("precision", "recall", "specificity", "f1_macro", "auroc", "average_precision")
_OF_LABELS = ("precision", "recall", "f1_macro", "auroc", "mean_precision")
_OF_MASKS = ("iou", "dice", "dice_images", "pixel_precision", "pixel_recall", "pixel_auroc", "border_f1")
_MOST_ROWS = 12  # of the table of classes; beyond it scrolls
_HEIGHT = 36 * (_MOST_ROWS + 1)  # px

Found = TypeVar("Found")
Key = tuple[str, int, int, str]  # the run's folder, attempt, epoch, and what of it


@dataclass(frozen=True, eq=False)
class _Scores:
    """All scores of one epoch, without the scores of single images, of which one epoch may have 64 MB.

    Attributes:
        areas: AUROC of each class.
        missing: Why there are no scores of single images; "" where there are.
        values, classes: The values of the metrics, and those of each class.
    """

    areas: Areas
    missing: str
    values: Mapping[str, Value]
    classes: Mapping[str, tuple[Value, ...]]


@st.cache_resource(show_spinner=False)
def _later() -> Later[Any]:
    return Later()


def with_intervals(
    view: RunView,
    snapshot: RunSnapshot,
    evidence: Evidence,
    epoch: int,
    draw: Callable[[Mapping[str, Interval] | None], None],
) -> None:
    """Draw with the intervals of an epoch's scores by metric: None until they are computed, empty where none are."""
    record = evidence.record(epoch)
    if record is None:
        draw({})
        return
    loss = _loss(snapshot, epoch)
    _with_intervals(_key(view, epoch, "all"), lambda: intervals(evaluation_of(record, loss)), draw, snapshot)


def show_all(view: RunView, snapshot: RunSnapshot, evidence: Evidence, epoch: int) -> None:
    """Draw all scores of an epoch."""
    record = _record(evidence, epoch)
    found = None if record is None else _found(view, snapshot, evidence, epoch, record)
    if record is None or found is None:
        return

    def draw(ends: Mapping[str, Interval] | None) -> None:
        left, right = st.columns([1.15, 1], gap="medium")
        with left:
            rows = [
                {T.METRIC: EVERY[key].title, T.VALUE: _number(value), T.INTERVAL: _range(ends, key, value)}
                for key, value in found.values.items()
            ]
            place = _table(rows, widget_key("scores", snapshot.id, "all"), "content")
        with right:
            key = list(found.values)[place]
            _details(EVERY[key], found.values[key], ends, found, record.confusion)

    with_intervals(view, snapshot, evidence, epoch, draw)
    images = record.counted if record.pixels is None else len(record.pixels)
    st.caption(T.HOW_MANY.format(images=images))


def show_classes(view: RunView, snapshot: RunSnapshot, evidence: Evidence, epoch: int) -> None:
    """Draw the scores of each class, one against the rest."""
    record = _record(evidence, epoch)
    found = None if record is None else _found(view, snapshot, evidence, epoch, record)
    if record is None or found is None:
        return
    names, images = class_names(snapshot), support(record.confusion)
    masks = record.pixels is not None
    words = ScoresOfLabels if record.several else T
    support_column = T.PIXELS_COLUMN if masks else T.IMAGES_COLUMN
    left, right = st.columns([1.6, 1], gap="medium")
    with left:
        rows = [
            {words.CLASS_COLUMN: names[index], support_column: int(images[index])}
            | {_title(key): _number(found.classes[key][index]) for key in of_classes(record)}
            for index in range(len(names))
        ]
        index = _table(
            rows, widget_key("scores", snapshot.id, "classes"), "content" if len(rows) <= _MOST_ROWS else _HEIGHT
        )
        st.caption(T.MASK_CLASSES_NOTE if masks else words.CLASSES_NOTE)
    with right:
        _class_details(view, snapshot, found, record, epoch, index, names[index])


def of_classes(record: EpochRecord) -> tuple[str, ...]:
    """Return the metrics that are shown for each class, or label."""
    if record.pixels is not None:
        return _OF_MASKS
    return _OF_LABELS if record.several else _OF_CLASSES


def _title(key: str) -> str:
    return T.OF_CLASS.get(key) or EVERY[key].label


def _class_details(
    view: RunView, snapshot: RunSnapshot, found: _Scores, record: EpochRecord, epoch: int, index: int, name: str
) -> None:
    def compute() -> Mapping[str, Interval]:
        evaluation = evaluation_of(record)
        return {key: class_interval(evaluation, key, index, found.classes[key][index]) for key in of_classes(record)}

    def draw(ends: Mapping[str, Interval] | None) -> None:
        st.markdown(f"**{escape(name)}**")
        tp, fp, fn, tn = (int(count) for count in against_rest(record.confusion)[index])
        st.caption(T.COUNTS.format(tp=tp, fp=fp, fn=fn, tn=tn))
        for key in of_classes(record):
            value, metric = found.classes[key][index], EVERY[key]
            between = _range(ends, key, value)
            label = T.LABEL.format(title=_title(key), value=_number(value), between=between)
            with st.expander(label, key=widget_key("scores", snapshot.id, "class", key)):
                _details(metric, value, ends, found, record.confusion, index)

    _with_intervals(_key(view, epoch, str(index)), compute, draw, snapshot)


def _record(evidence: Evidence, epoch: int) -> EpochRecord | None:
    """Return the record of an epoch, or say why there is none."""
    record = evidence.record(epoch)
    if record is None:
        st.warning(escape(why_not(evidence, epoch)))
    return record


def _found(view: RunView, snapshot: RunSnapshot, evidence: Evidence, epoch: int, record: EpochRecord) -> _Scores | None:
    """Return the scores of an epoch; None while they are computed, which is said."""
    loss = _loss(snapshot, epoch)

    def compute() -> _Scores:
        evaluation = evaluation_of(record, loss)
        found, classes = values(evaluation), class_values(evaluation, of_classes(record))
        missing = "" if record.pixels is not None else evaluation.scores_missing
        return _Scores(evaluation.areas, missing, found, classes)

    found = _waited_for(_key(view, epoch, "values"), compute, snapshot)
    if found is not None and found.missing:
        st.caption(escape(why_not(evidence, epoch)))
    return found


def _loss(snapshot: RunSnapshot, epoch: int) -> float:
    return next(point for point in snapshot.epochs if point.epoch == epoch).value(LOSS)


def _waited_for(key: Key, compute: Callable[[], Found], snapshot: RunSnapshot) -> Found | None:
    """Return a value; while it is computed, say so."""
    later = _later()
    found: Found | None = later.get(key, compute)
    if found is None:
        _watched(key, _say_it_comes, snapshot)
    return found


def _key(view: RunView, epoch: int, what: str) -> Key:
    return (str(view.paths.root), view.attempt_of(epoch) or 0, epoch, what)


def _with_intervals(
    key: Key, compute: Callable[[], Found], draw: Callable[[Found | None], None], snapshot: RunSnapshot
) -> None:
    """Draw with intervals, and again once they are there. While a run trains, the page is drawn again anyway."""
    ends: Found | None = _later().get(key, compute)
    if ends is None:
        _watched(key, lambda: draw(None), snapshot)
    else:
        draw(ends)


def _watched(key: Key, draw: Callable[[], None], snapshot: RunSnapshot) -> None:
    """Draw, and have the page drawn again once the value of a key is there; while a run trains, it is anyway."""
    if snapshot.status.over:
        jobs.watch(True, lambda: _later().computes(key), draw)
    else:
        draw()


def _table(rows: Sequence[Mapping[str, object]], key: str, height: int | Literal["content"]) -> int:
    """Draw a table, and return the row that is chosen, at first the first."""
    numbers = {
        name: st.column_config.NumberColumn(help=words, format="localized")
        for name, words in ((T.IMAGES_COLUMN, T.IMAGES_HELP), (T.PIXELS_COLUMN, T.PIXELS_HELP))
        if name in rows[0]
    }
    texts = {
        name: st.column_config.TextColumn(alignment="right")
        for name in rows[0]
        if name not in (T.METRIC, T.CLASS_COLUMN, ScoresOfLabels.CLASS_COLUMN, *numbers)
    }
    state = st.dataframe(
        list(rows),
        key=key,
        height=height,
        hide_index=True,
        column_config=numbers | texts,
        on_select="rerun",
        selection_mode="single-row-required",
        selection_default={"selection": {"rows": [0]}},
    )
    chosen = state["selection"]["rows"]
    return chosen[0] if chosen and chosen[0] < len(rows) else 0


def _details(
    metric: Metric,
    value: Value,
    ends: Mapping[str, Interval] | None,
    scores: _Scores,
    confusion: Counts,
    index: int | None = None,
) -> None:
    """Draw what a score is, with this run's own numbers, when it deceives, and how sure it is."""
    if index is None:
        st.markdown(f"**{metric.title}**")
    st.markdown(_sentence(metric, value, ends))
    st.markdown(metric.help)
    if formula := metric.formula if index is None else metric.class_formula or metric.formula:
        own = filled(_known(metric, scores), Evaluation(confusion, scores.areas), index)
        st.latex(formula if not own else rf"{formula} = {own}")
    if value.note:
        st.caption(escape(value.note))
    if value.within:
        st.caption(T.WITHIN.format(within=value.within))
    if metric.deceives:
        st.markdown(T.DECEIVES.format(words=metric.deceives))
    if ends is not None and (how := ends[metric.key].how):
        st.caption(T.HOW_COMPUTED.format(how=how))


def _known(metric: Metric, scores: _Scores) -> Metric:
    """Return a metric that gives the values that were computed for it."""
    classes = scores.classes.get(metric.key)
    value = scores.values[metric.key]
    return replace(metric, value=lambda _: value, classes=metric.classes if classes is None else lambda _: classes)


def _sentence(metric: Metric, value: Value, ends: Mapping[str, Interval] | None) -> str:
    if value.value is None:
        return T.UNDEFINED_WHY.format(why=escape(value.why))
    if ends is None:
        return T.VALUE_COMES.format(value=_number(value))
    found = ends[metric.key]
    if found.low is None or found.high is None:
        return T.VALUE_ONLY.format(value=_number(value), why=escape(found.why))
    return T.VALUE_IS.format(value=_number(value), low=f"{found.low:.3f}", high=f"{found.high:.3f}")


def _number(value: Value) -> str:
    return T.UNDEFINED if value.value is None else f"{value.value:.3f}"


def _range(ends: Mapping[str, Interval] | None, key: str, value: Value) -> str:
    if value.value is None:
        return ""
    if ends is None:
        return T.COMPUTING
    low, high = ends[key].low, ends[key].high
    return T.NO_INTERVAL if low is None or high is None else T.RANGE.format(low=low, high=high)


def _say_it_comes() -> None:
    st.caption(T.SCORES_COME)
