"""The curves and confusion matrices of a run."""

from collections.abc import Callable
from typing import Literal

import streamlit as st

from explorer.figures import charts, step_charts
from explorer.figures.step_charts import STEP_METRIC, Line
from explorer.metrics.table import EVERY, SCORES
from explorer.runs.overview.best import best_point
from explorer.runs.overview.view import EpochPoint, RunSnapshot, RunView
from explorer.texts import Runs as T
from explorer.ui.components import plot
from explorer.ui.components.matrix import Opened
from explorer.ui.session.keys import widget_key

OnCell = Callable[[Literal["best", "latest"], Opened], None]


def _first(snapshot: RunSnapshot) -> tuple[str, ...]:
    """The metrics that are drawn at once, while an expander holds the others: four where labels need no matrices."""
    keys = tuple(metric.key for metric in SCORES[snapshot.task] if metric.key not in STEP_METRIC.values())
    return keys[: 4 if snapshot.task == "labels" else 2]


class _Figures:
    """The figures of a run, shared by all browser tabs and made again only when the run has changed."""

    def __init__(self) -> None:
        self._made: tuple[tuple[object, ...], dict[str, charts.Figure]] = ((), {})
        self._plan: tuple[float, Line | None] = (0.0, None)
        self._of_epochs: tuple[RunSnapshot, dict[str, charts.Figure]] | None = None

    def of(self, view: RunView, snapshot: RunSnapshot, best: int | None) -> dict[str, charts.Figure]:
        """The figures by name. `best` is the epoch whose weights are kept, from 0, or None."""
        running = snapshot.running
        place = None if running is None else (running.epoch, running.step)
        stamp = (snapshot.revision, place, snapshot.status.over, best)
        before, figures = self._made
        if before != stamp:
            figures = self._make(snapshot)
            if best is not None and "confusion" in figures and (record := view.record(best)) is not None:
                figures["best"] = charts.confusion(
                    record.confusion, charts.class_names(snapshot), pixels=snapshot.task == "segmentation"
                )
            self._made = (stamp, figures)
        return figures

    def _make(self, snapshot: RunSnapshot) -> dict[str, charts.Figure]:
        figures = {"loss": charts.loss(snapshot)} | self._epoch_figures(snapshot)
        figures["steps"] = step_charts.accuracy(snapshot)
        figures["lr"] = step_charts.learning_rate(snapshot, self._planned(snapshot))
        if (matrix := step_charts.running(snapshot)) is not None:
            figures["running"] = matrix
        return figures

    def _epoch_figures(self, snapshot: RunSnapshot) -> dict[str, charts.Figure]:
        """The figures that depend on epochs only, which most ticks leave as they are."""
        if self._of_epochs is not None:
            before, figures = self._of_epochs
            same_start = before.start is snapshot.start and charts.class_names(before) == charts.class_names(snapshot)
            if before.epochs is snapshot.epochs and same_start:
                return figures
        figures = charts.epoch_figures(snapshot, [EVERY[key] for key in _first(snapshot)])
        self._of_epochs = (snapshot, figures)
        return figures

    def _planned(self, snapshot: RunSnapshot) -> Line | None:
        # It is the same for the whole run, and slow to compute for a long one.
        per_epoch = charts.steps_per_epoch(snapshot)
        if self._plan[0] != per_epoch or self._plan[1] is None:
            self._plan = (per_epoch, step_charts.planned(snapshot))
        return self._plan[1]


@st.cache_resource(max_entries=64, show_spinner=False)
def _figures_of(root: str) -> _Figures:
    del root  # the key of the cache
    return _Figures()


def show(view: RunView, snapshot: RunSnapshot, on_cell: OnCell) -> None:
    """Draw the charts. Each has a place from the first step on, so that none moves when another one appears.

    Args:
        view: The reader of the run.
        snapshot: The run at this moment.
        on_cell: Called with the choice of the epoch and the cell of the matrix that was clicked.
    """
    best = best_point(view.paths, snapshot.config, snapshot.epochs)
    figures = _figures_of(str(view.paths.root)).of(view, snapshot, None if best is None else best.epoch)
    top, bottom = st.columns([1.15, 1, 1], gap="medium"), st.columns(4, gap="small")
    with top[0]:
        _chart(snapshot, figures, "loss", T.LOSS_TITLE, T.LOSS_HELP)
    places = [*bottom[1:3]]
    if snapshot.task == "labels":
        places = [*top[1:], *places]
    else:
        with top[1]:
            _confusion(snapshot, figures, best, on_cell)
        with top[2]:
            _running(snapshot, figures)
    for place, name, title, explanation in (
        (bottom[0], "steps", *_of_steps(snapshot)),
        *((place, key, EVERY[key].label, EVERY[key].help) for place, key in zip(places, _first(snapshot), strict=True)),
        (bottom[3], "lr", T.RATE_TITLE, T.RATE_HELP),
    ):
        with place:
            _chart(snapshot, figures, name, title, explanation)
    more = st.expander(T.MORE_METRICS, key=widget_key("run", snapshot.id, "metrics"), on_change="rerun")
    if more.open:
        with more:
            _other_metrics(snapshot)
    # Below all charts, so that it moves none of them when it appears.
    notes = [charts.how_thinned(snapshot), charts.left_out(snapshot), T.WHICH_THRESHOLD_OF[snapshot.task]]
    if snapshot.task == "labels":
        notes = [_so_far(snapshot) if snapshot.running is not None else "", T.MATRICES_OF_LABELS, *notes]
    st.caption("  \n".join(filter(None, notes)))


def _of_steps(snapshot: RunSnapshot) -> tuple[str, str]:
    """The title of the chart of training batches, and what it means."""
    key = STEP_METRIC.get(snapshot.task)
    return (T.ANSWERS_TITLE if key is None else EVERY[key].title), T.ACCURACY_HELP_OF[snapshot.task]


def _other_metrics(snapshot: RunSnapshot) -> None:
    drawn = {*STEP_METRIC.values(), *_first(snapshot)}
    others = [metric for metric in SCORES[snapshot.task] if metric.key not in drawn]
    figures = {metric.key: charts.scores(snapshot, metric) for metric in others}
    for place, metric in zip(st.columns(4, gap="small"), others, strict=False):
        with place:
            _chart(snapshot, figures, metric.key, metric.label, metric.help)


def _chart(snapshot: RunSnapshot, figures: dict[str, charts.Figure], name: str, title: str, explanation: str) -> None:
    st.markdown(f"**{title}**", help=explanation)
    plot.show(figures[name], title, widget_key("chart", snapshot.id, name))


def _not_yet(why: str) -> None:
    with st.container(border=True, height=charts.HEIGHT, vertical_alignment="center", horizontal_alignment="center"):
        st.caption(why, text_alignment="center")


def _running(snapshot: RunSnapshot, figures: dict[str, charts.Figure]) -> None:
    """Draw the confusion matrix of the training batches in the current or last epoch."""
    st.markdown(f"**{T.RUNNING_TITLE}**", help=T.RUNNING_HELP)
    if snapshot.running is not None and "running" not in figures:
        _not_yet(T.TOO_MANY_CLASSES.format(most=charts.MAX_DRAWN))
        st.caption(_so_far(snapshot))
        return
    if snapshot.running is None:
        config = snapshot.config
        if config is not None and config.mixing != "none" and config.mix_probability == 1:
            _not_yet(T.RUNNING_MIXED)
        else:
            _not_yet(T.RUNNING_NEVER if snapshot.status.over else T.RUNNING_COMES)
        return
    plot.show(figures["running"], T.RUNNING_TITLE, widget_key("chart", snapshot.id, "running"))
    st.caption(_so_far(snapshot))


def _so_far(snapshot: RunSnapshot) -> str:
    assert snapshot.running is not None
    counts = snapshot.running.confusion
    seen, total = snapshot.running.seen, snapshot.start.number("train_images") if snapshot.start else 0
    mixed = snapshot.config is not None and snapshot.config.mixing != "none"
    words = T.RUNNING_CAPTION_MIXED if mixed else T.RUNNING_CAPTION
    if snapshot.task == "labels":
        words = T.RUNNING_CAPTION_LABELS
    if snapshot.task == "segmentation":
        words = T.RUNNING_CAPTION_PIXELS_MIXED if mixed else T.RUNNING_CAPTION_PIXELS
    return words.format(
        epoch=snapshot.running.epoch + 1,
        seen=seen,
        total=int(total) if total > 0 else seen,
        share=counts.trace(axis1=-2, axis2=-1).sum() / max(counts.sum(), 1),
    )


def _confusion(
    snapshot: RunSnapshot, figures: dict[str, charts.Figure], best: EpochPoint | None, on_cell: OnCell
) -> None:
    """Draw the validation matrix of the best or of the latest epoch."""
    st.markdown(f"**{T.VALIDATION_TITLE}**", help=T.CONFUSION_HELP)
    latest = snapshot.latest_epoch
    chosen = _chosen(None if best is None else best.epoch, latest)
    if snapshot.confusion is not None and "confusion" not in figures:
        _not_yet(T.MATRIX_ELSEWHERE.format(most=charts.MAX_DRAWN))
        return
    if latest is None or "confusion" not in figures:
        _not_yet(T.VALIDATION_NEVER if snapshot.status.over else T.VALIDATION_COMES)
        st.caption(T.CELL_HINT)  # keeps the place as high as it is with a matrix
        return
    of_best = best is not None and "best" in figures and chosen == "best"
    epoch = best.epoch if of_best and best is not None else latest
    title = T.CONFUSION_TITLE.format(epoch=epoch + 1)
    key = widget_key("chart", snapshot.id, "confusion")

    plot.show(
        figures["best" if of_best else "confusion"],
        title,
        key,
        on_cell=lambda cell: on_cell("best" if of_best else "latest", Opened(*cell, epoch)),
    )
    st.caption(T.CELL_HINT)


def _chosen(best: int | None, latest: int | None) -> str:
    """Draw the choice above the matrix and return "best" or "latest". Epochs count from 0."""
    words = {
        "best": T.OF_BEST if best is None else T.OF_BEST_EPOCH.format(epoch=best + 1),
        "latest": T.OF_LATEST if latest is None else T.OF_LATEST_EPOCH.format(epoch=latest + 1),
    }
    chosen = st.segmented_control(
        T.MATRIX_OF, list(words), default="best", key=widget_key("matrix_epoch"), format_func=words.__getitem__,
        label_visibility="collapsed", disabled=latest is None,
    )  # fmt: skip
    return chosen or "best"
