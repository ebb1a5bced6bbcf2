"""The Scores section of a run's page: a threshold that one can move, the curves it lies on, and a table of scores."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from explorer.figures import palette, score_curves
from explorer.figures.charts import Figure, class_names
from explorer.metrics.scores import log_odds
from explorer.metrics.thresholds import Cuts
from explorer.runs.overview.best import best_point
from explorer.runs.overview.evidence import Evidence
from explorer.runs.overview.view import RunSnapshot, RunView
from explorer.runs.record.epochs import EpochRecord
from explorer.texts import Evidence as EvidenceTexts
from explorer.texts import Scores as T
from explorer.ui.components import threshold
from explorer.ui.components.markdown import escape
from explorer.ui.evidence import kept, score_charts
from explorer.ui.session.keys import widget_key

BEST, LATEST = "best", "latest"


def show(view: RunView, snapshot: RunSnapshot, evidence: Evidence) -> None:
    """Draw the section."""
    if not snapshot.epochs:
        st.info(T.NO_EPOCH)
        return
    names = class_names(snapshot)
    left, right = st.columns([1, 1], gap="medium")
    with left:
        epoch = _epoch(view, snapshot)
    with right:
        index = _class(snapshot, names)
    other = names[1 - index] if len(names) == 2 else T.OTHER
    attempt = view.attempt_of(epoch) or 0
    panel = _panel_of(str(view.paths.root), attempt, epoch, index, names[index], other, evidence)
    if panel is None:
        st.warning(escape(_why_not(evidence, epoch)))
        return
    st.markdown(f"**{T.THRESHOLD_TITLE}**", help=T.THRESHOLD_HELP)
    threshold.show(
        panel.frame, widget_key("threshold", snapshot.id), lambda choice: kept.keep(view.paths, names, choice)
    )
    kept.show(view.paths)
    st.caption("  \n".join(map(escape, _notes(panel, names, index, evidence, epoch))))
    score_charts.show(snapshot.id, panel.figures, _channel(snapshot.id))
    st.caption(T.AXES if panel.cuts.exact else f"{T.AXES} {T.CALIBRATION_COARSE}")


@dataclass(frozen=True, eq=False)
class _Panel:
    """What is shown for one class of one epoch."""

    cuts: Cuts
    frame: bytes
    figures: dict[str, Figure]


@st.cache_resource(max_entries=32, show_spinner=False)
def _panel_of(
    root: str, attempt: int, epoch: int, index: int, name: str, other: str, _evidence: Evidence
) -> _Panel | None:
    del root, attempt  # parts of the key of the cache
    record = _evidence.record(epoch)
    if record is None:
        return None
    cuts = _cuts(record, index)
    channel = _channel(_evidence.view.paths.id)
    rest = palette.class_color(1 - index) if len(record.confusion) == 2 else palette.NEUTRAL
    figures = score_curves.figures(cuts, (name, other), (palette.class_color(index), rest), f"class {index}")
    frame = threshold.frame(cuts, index, name, other, epoch, channel)
    return _Panel(cuts, frame, figures)


def _channel(run_id: str) -> str:
    return widget_key("run", run_id)


def _cuts(record: EpochRecord, index: int) -> Cuts:
    if record.logits is None or record.labels is None:
        return Cuts.of_histogram(record.positives[index], record.negatives[index])
    for place, odds in enumerate(log_odds(record.logits)):
        if place == index:
            return Cuts.of_scores(odds, record.labels == index)
    raise IndexError(f"There is no class {index} of {record.logits.shape[1]}")


def _epoch(view: RunView, snapshot: RunSnapshot) -> int:
    best, latest = best_point(view.paths, snapshot.config, snapshot.epochs), snapshot.epochs[-1]
    numbers: dict[str, int] = {} if best is None else {BEST: best.number}
    numbers |= {LATEST: latest.number} | {str(point.number): point.number for point in reversed(snapshot.epochs)}
    titles = {BEST: T.BEST, LATEST: T.LATEST}
    key = widget_key("scores", snapshot.id, "epoch")
    _recall(key, list(numbers))
    chosen = st.selectbox(
        T.EPOCH,
        list(numbers),
        format_func=lambda option: titles.get(option, T.EPOCH_NUMBER).format(epoch=numbers.get(option, option)),
        key=key,
        help=T.EPOCH_HELP,
    )
    st.session_state[_kept_key(key)] = chosen
    return numbers[chosen] - 1


def _class(snapshot: RunSnapshot, names: tuple[str, ...]) -> int:
    key, classes = widget_key("scores", snapshot.id, "class"), list(range(len(names)))
    _recall(key, classes)
    chosen = st.selectbox(
        T.CLASS,
        classes,
        index=min(1, len(names) - 1),
        format_func=lambda index: names[index],
        key=key,
        help=T.CLASS_HELP,
    )
    st.session_state[_kept_key(key)] = chosen
    return chosen


def _recall(key: str, options: Sequence[object]) -> None:
    """Give a widget the value that it had before its tab was closed, for which Streamlit forgets it."""
    if key not in st.session_state and st.session_state.get(_kept_key(key)) in options:
        st.session_state[key] = st.session_state[_kept_key(key)]


def _kept_key(key: str) -> str:
    return widget_key("kept", key)


def _why_not(evidence: Evidence, epoch: int) -> str:
    absent = evidence.why_not(epoch)
    return T.NO_RECORD if absent is None else EvidenceTexts.WHY_NOT[absent.code].format(**absent.values)


def _notes(panel: _Panel, names: tuple[str, ...], index: int, evidence: Evidence, epoch: int) -> list[str]:
    positives, negatives = int(panel.cuts.positives.sum()), int(panel.cuts.negatives.sum())
    notes = [T.OPTIMISTIC.format(images=positives + negatives)]
    if len(names) > 2:
        notes.append(T.ONE_AGAINST_REST.format(classes=len(names)))
    if not panel.cuts.exact:
        notes.append(f"{_why_not(evidence, epoch)} {T.FROM_HISTOGRAM.format(steps=len(panel.cuts.scores))}")
    if not positives or not negatives:
        notes.append(T.ONE_CLASS_ONLY.format(name=names[index], positives=positives, negatives=negatives))
    return notes
