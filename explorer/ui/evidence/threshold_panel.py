"""The threshold of one class, which one can move, and the curves on which it lies."""

from dataclasses import dataclass

import streamlit as st

from explorer.figures import palette, score_curves
from explorer.figures.charts import Figure, class_names
from explorer.metrics.thresholds import Cuts, as_predicted
from explorer.runs.overview.evidence import Evidence
from explorer.runs.overview.measured import cuts_of
from explorer.runs.overview.view import RunSnapshot, RunView
from explorer.texts import Scores as T
from explorer.ui.components import threshold
from explorer.ui.components.markdown import escape
from explorer.ui.evidence import choosing, kept, score_charts
from explorer.ui.evidence.absent import why_not
from explorer.ui.session.keys import widget_key


def show(view: RunView, snapshot: RunSnapshot, evidence: Evidence, epoch: int) -> None:
    """Draw the threshold of the chosen class in an epoch, and the curves."""
    names = class_names(snapshot)
    index = choosing.class_index(names, widget_key("scores", snapshot.id, "class"))
    other = names[1 - index] if len(names) == 2 else T.OTHER
    attempt = view.attempt_of(epoch) or 0
    start = _start(snapshot, index) if len(names) == 2 else None
    panel = _panel_of(str(view.paths.root), attempt, epoch, index, names[index], other, start, evidence)
    if panel is None:
        st.warning(escape(why_not(evidence, epoch)))
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
    root: str, attempt: int, epoch: int, index: int, name: str, other: str, start: float | None, _evidence: Evidence
) -> _Panel | None:
    del root, attempt  # parts of the key of the cache
    record = _evidence.record(epoch)
    if record is None:
        return None
    cuts = cuts_of(record, index)
    channel = _channel(_evidence.view.paths.id)
    rest = palette.class_color(1 - index) if len(record.confusion) == 2 else palette.NEUTRAL
    figures = score_curves.figures(cuts, (name, other), (palette.class_color(index), rest), f"class {index}")
    frame = threshold.frame(cuts, index, name, other, epoch, channel, start)
    return _Panel(cuts, frame, figures)


def _start(snapshot: RunSnapshot, index: int) -> float | None:
    """Return the run's own threshold of one of two classes as log odds; None where it predicts the likelier class."""
    config = snapshot.config
    if config is None or config.loss != "bce" or config.threshold == 0.5:
        return None
    return as_predicted(index, config.threshold)


def _channel(run_id: str) -> str:
    return widget_key("run", run_id)


def _notes(panel: _Panel, names: tuple[str, ...], index: int, evidence: Evidence, epoch: int) -> list[str]:
    positives, negatives = int(panel.cuts.positives.sum()), int(panel.cuts.negatives.sum())
    notes = [T.OPTIMISTIC.format(images=positives + negatives)]
    if len(names) > 2:
        notes.append(T.ONE_AGAINST_REST.format(classes=len(names)))
    if not panel.cuts.exact:
        notes.append(f"{why_not(evidence, epoch)} {T.FROM_HISTOGRAM.format(steps=len(panel.cuts.scores))}")
    if not positives or not negatives:
        notes.append(T.ONE_CLASS_ONLY.format(name=names[index], positives=positives, negatives=negatives))
    return notes
