"""The threshold of one class, which one can move, and the curves on which it lies."""

from dataclasses import dataclass

import streamlit as st

from explorer.base.kept import Kept
from explorer.figures import palette, score_curves
from explorer.figures.charts import Figure, class_names
from explorer.metrics import thresholds
from explorer.metrics.thresholds import Cuts, as_predicted
from explorer.runs.overview.evidence import Evidence
from explorer.runs.overview.measured import cuts_of
from explorer.runs.overview.view import RunSnapshot, RunView, version_of
from explorer.runs.spec.config import threshold_of
from explorer.texts import Labels, ScoresOfLabels
from explorer.texts import Scores as T
from explorer.ui.components import threshold
from explorer.ui.components.markdown import escape
from explorer.ui.evidence import choosing, kept, score_charts
from explorer.ui.evidence.absent import why_not
from explorer.ui.session.keys import widget_key

MOST_CUTS = 100_000  # of 16 bytes, that the browser gets


def show(view: RunView, snapshot: RunSnapshot, evidence: Evidence, epoch: int) -> None:
    """Draw the threshold of the chosen class in an epoch, and the curves."""
    names = class_names(snapshot)
    several = snapshot.config is not None and snapshot.config.task == "labels"
    words = ScoresOfLabels if several else T
    index = choosing.class_index(names, widget_key("scores", snapshot.id, "class"), words)
    two = len(names) == 2 and not several
    other = names[1 - index] if two else Labels.WITHOUT.format(name=names[index]) if several else T.OTHER
    start = _start(snapshot, 1 if several else index) if two or several else None
    key = (*version_of(view.paths.epoch(view.attempt_of(epoch) or 0, epoch)), index, names[index], other, start)
    try:
        panel = PANELS.get(key, lambda: _panel_of(evidence, epoch, index, names[index], other, start))
    except _NoRecord:
        st.warning(escape(why_not(evidence, epoch)))
        return
    st.markdown(f"**{T.THRESHOLD_TITLE}**", help=words.THRESHOLD_HELP)
    threshold.show(panel.frame, widget_key("threshold", snapshot.id), lambda choice: kept.keep(evidence, names, choice))
    kept.show(view.paths)
    st.caption("  \n".join(map(escape, _notes(panel, names, index, evidence, epoch, several))))
    score_charts.show(snapshot.id, panel.figures, _channel(snapshot.id), words)
    st.caption(T.AXES if panel.exact else f"{T.AXES} {T.CALIBRATION_COARSE}")


@dataclass(frozen=True, eq=False)
class _Panel:
    """What is shown for one class of one epoch.

    Attributes:
        positives, negatives: Images of the class, and others.
        exact: Whether the scores of single images are stored.
        scores: How many different scores they have.
        steps: In how many steps the threshold moves.
        frame: What the browser gets.
        figures: The curves by name.
    """

    positives: int
    negatives: int
    exact: bool
    scores: int
    steps: int
    frame: bytes
    figures: dict[str, Figure]


class _NoRecord(LookupError):
    """The record of the epoch cannot be read, which `why_not` explains."""


_FIGURES_BYTES = 1_000_000  # at most, of the curves of a panel
PANELS: Kept[_Panel] = Kept(100_000_000, lambda panel: len(panel.frame) + _FIGURES_BYTES)


def _panel_of(evidence: Evidence, epoch: int, index: int, name: str, other: str, start: float | None) -> _Panel:
    record = evidence.record(epoch)
    if record is None:
        raise _NoRecord(f"epoch {epoch}")
    cuts = cuts_of(record, index)
    channel = _channel(evidence.view.paths.id)
    rest = palette.class_color(1 - index) if record.confusion.shape == (2, 2) else palette.NEUTRAL
    figures = score_curves.figures(cuts, (name, other), (palette.class_color(index), rest), f"class {index}")
    sent = _sent(cuts, 1 if record.several else index, start)
    words = ScoresOfLabels.THRESHOLD if record.several else T.THRESHOLD
    frame = threshold.frame(sent, index, name, other, epoch, channel, start, words)
    positives, negatives = int(cuts.positives.sum()), int(cuts.negatives.sum())
    return _Panel(positives, negatives, cuts.exact, len(cuts.scores), len(sent.scores), frame, figures)


def _sent(cuts: Cuts, index: int, start: float | None) -> Cuts:
    """Return the cuts between which the threshold moves in the browser, with those that have a button there."""
    odds = [thresholds.half(index, cuts), *([] if start is None else [start])]
    best = [cut for cut in (thresholds.best_f1(cuts), thresholds.youden(cuts)) if cut is not None]
    return cuts.coarse(MOST_CUTS, [*(int((cuts.scores >= one).sum()) for one in odds), *best])


def _start(snapshot: RunSnapshot, index: int) -> float | None:
    """Return the run's own threshold of one of two classes as log odds; None where it predicts the likelier class."""
    above = threshold_of(snapshot.config)
    return None if above == 0.5 else as_predicted(index, above)


def _channel(run_id: str) -> str:
    return widget_key("run", run_id)


def _notes(
    panel: _Panel, names: tuple[str, ...], index: int, evidence: Evidence, epoch: int, several: bool
) -> list[str]:
    positives, negatives = panel.positives, panel.negatives
    notes = [T.OPTIMISTIC.format(images=positives + negatives)]
    if several:
        notes.append(T.OF_LABEL.format(threshold=threshold_of(evidence.view.config)))
    elif len(names) > 2:
        notes.append(T.ONE_AGAINST_REST.format(classes=len(names)))
    if not panel.exact:
        notes.append(f"{why_not(evidence, epoch)} {T.FROM_HISTOGRAM.format(steps=panel.steps)}")
    elif panel.steps < panel.scores:
        notes.append(T.COARSE_STEPS.format(scores=panel.scores, steps=panel.steps))
    if not positives or not negatives:
        notes.append(T.ONE_CLASS_ONLY.format(name=names[index], positives=positives, negatives=negatives))
    return notes
