"""The figures of a report, as JSON for plotly, with a title and the reason why one is left out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from explorer.base.words import cut
from explorer.figures import charts, overlay, palette, score_curves, step_charts
from explorer.figures.charts import Figure
from explorer.metrics.table import HEADLINE, LISTED, LOSS, Metric
from explorer.report.embedding import as_data
from explorer.report.reported import Reported
from explorer.runs.overview.measured import cuts_of
from explorer.texts import Report as T
from explorer.texts import Runs, Scores

_PLACE = 600  # bytes of the element and the name of a figure
MOST_CURVES = 3  # classes whose curves of scores are drawn
MOST_CLASSES = 100  # of a matrix that is drawn; of a larger one the most confused pairs are listed


@dataclass(frozen=True)
class Chart:
    """A figure of the report; without `figure`, the sentence `why_not` stands at its place.

    `size` is what it takes in the file, in bytes. Raises ValueError for a number that JSON cannot hold.
    """

    key: str
    title: str
    figure: Figure | None
    why_not: str = ""
    help: str = ""
    size: int = field(init=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "size", len(as_data(self.figure)) + _PLACE)


def of_run(run: Reported) -> Iterator[Chart]:
    """Yield the figures of a run, the most important ones first."""
    snapshot = run.snapshot
    if not snapshot.epochs and not len(snapshot.steps.step):
        return
    yield Chart("loss", Runs.LOSS_TITLE, charts.loss(snapshot))
    if run.record is not None and run.best is not None:
        yield _matrix(run, run.record.confusion, run.best.number)
    yield from _score_curves(run)
    for metric in _curves(run):
        yield Chart(metric.key, metric.title, charts.scores(snapshot, metric), help=metric.help)
    yield Chart("lr", Runs.RATE_TITLE, step_charts.learning_rate(snapshot, step_charts.planned(snapshot)))


def _curves(run: Reported) -> list[Metric]:
    """The metrics that are drawn over the epochs."""
    return [metric for key, metric in LISTED[run.task].items() if key != LOSS]


def _matrix(run: Reported, confusion: NDArray[np.int64], epoch: int) -> Chart:
    title = (T.PIXELS_TITLE if run.task == "segmentation" else Runs.CONFUSION_TITLE).format(epoch=epoch)
    if run.task == "labels":
        return Chart("confusion", title, None, T.MATRICES_OF_LABELS)
    if len(confusion) > MOST_CLASSES:
        return Chart("confusion", title, None, T.MATRIX_TOO_LARGE.format(classes=len(confusion), most=MOST_CLASSES))
    figure = charts.confusion(confusion, charts.class_names(run.snapshot), pixels=run.task == "segmentation")
    height = max(charts.HEIGHT, min(900, 90 + 26 * len(confusion)))
    return Chart("confusion", title, figure | {"layout": figure["layout"] | {"height": height}})


def curve_classes(run: Reported) -> tuple[list[int], str]:
    """Return the classes whose curves of scores are drawn, and a sentence where these are not all.

    Of two classes, the curves of the second one say all. Of many, those with the lowest AUROC are drawn.
    """
    if run.record is None or run.best is None or run.best.measured is None or run.task == "segmentation":
        return [], ""
    areas = run.best.measured.per_class[HEADLINE]
    if len(areas) == 2 and run.task == "classification":
        return [1], ""
    defined = [index for index, area in enumerate(areas) if area is not None]
    chosen = sorted(defined, key=lambda index: areas[index] or 0.0)[:MOST_CURVES]
    if len(chosen) == len(areas):
        return sorted(chosen), ""
    return chosen, T.CURVES_SHOWN.format(shown=len(chosen), total=len(areas))


def _score_curves(run: Reported) -> Iterator[Chart]:
    names = charts.class_names(run.snapshot)
    two, colors = len(names) == 2 and run.task == "classification", charts.class_colors(run.snapshot)
    for index in curve_classes(run)[0]:
        assert run.record is not None
        if run.record.logits is not None and not np.isfinite(run.record.logits).all():
            return  # the part about mistakes says so
        cuts = cuts_of(run.record, index)
        other = names[1 - index] if two else T.OTHER_CLASSES
        rest = palette.class_color(1 - index) if two else palette.NEUTRAL
        found = score_curves.figures(cuts, (names[index], other), (colors[index], rest), "kept")
        for key, figure in found.items():
            title = T.CURVES_OF.format(title=Scores.CHARTS[key], name=cut(names[index], 60))
            words = Scores.CHARTS_HELP[key] if cuts.exact else f"{Scores.CHARTS_HELP[key]} {T.FROM_HISTOGRAM}"
            yield Chart(f"{key}-{index}", title, figure, help=words)


def of_comparison(runs: Sequence[Reported]) -> Iterator[Chart]:
    """Yield a figure of each metric with a line for each run, the first one beside the losses of both parts."""
    courses = [overlay.course(run.snapshot, run.summary.name, place) for place, run in enumerate(runs)]
    for place, metric in enumerate(_curves(runs[0])):
        whole = overlay.overlay(courses, metric.key, "epoch", 0.0)
        title = metric.title if place else T.WITH_LOSSES.format(title=metric.title)
        yield Chart(metric.key, title, overlay.without_losses(whole) if place else whole, help=metric.help)


def fitting(groups: Sequence[Sequence[Chart]], room: int, most_mb: float) -> list[list[Chart]]:
    """Return the same charts; those that do not fit into `room` bytes, the last of each group first, have no figure."""
    rounds = max(map(len, groups), default=0)
    kept = [list(group) for group in groups]
    for place in range(rounds):
        for group in kept:
            if place >= len(group):
                continue
            chart = group[place]
            room -= chart.size
            if room < 0 and chart.figure is not None:
                room += chart.size
                group[place] = Chart(chart.key, chart.title, None, T.LEFT_OUT.format(most=most_mb), chart.help)
    return kept
