"""The top of a run's page: its data, network, pipeline and duration, and its metrics."""

import math
from collections.abc import Mapping

import streamlit as st

from explorer.base.words import span
from explorer.metrics.intervals import Interval
from explorer.metrics.table import EVERY, HEADLINES, LISTED
from explorer.runs.overview.best import best_point
from explorer.runs.overview.evidence import Evidence
from explorer.runs.overview.index import summaries
from explorer.runs.overview.summary import RunSummary, summarize
from explorer.runs.overview.view import EpochPoint, RunSnapshot, RunView
from explorer.runs.record.paths import RunPaths
from explorer.runs.spec.config import RunConfig
from explorer.settings.rows import steps_of
from explorer.texts import Common, Compare, Runs
from explorer.texts import Run as T
from explorer.ui.components import looks_line
from explorer.ui.components.markdown import escape
from explorer.ui.components.state_badge import headline
from explorer.ui.evidence import other_run, score_table
from explorer.ui.session.keys import widget_key

METRIC_WIDTH = 148  # px; two fit side by side on a phone
_FEW_IMAGES = 20  # of fewer, the interval of a bootstrap tends to be narrower than it says


def facts(paths: RunPaths, snapshot: RunSnapshot) -> list[tuple[str, str]]:
    """The data, network, pipeline and duration of a run as (name, value)."""
    config = snapshot.config
    if config is None:
        return []
    run = summarize(paths)
    found = [
        (T.FACT_DATA, _data(run, config, snapshot)),
        (T.FACT_NETWORK, _network(config)),
        (T.FACT_PIPELINE, config.pipeline.name or steps_of(config.pipeline)),
    ]
    return found if run.worked_s is None else [*found, (T.FACT_DURATION, span(run.worked_s))]


def _data(run: RunSummary, config: RunConfig, snapshot: RunSnapshot) -> str:
    name = config.dataset.title if config.dataset.embedded else run.dataset
    if snapshot.start is None:
        return name
    train, val = snapshot.start.number("train_images"), snapshot.start.number("val_images")
    return T.DATA.format(name=name, train=train, val=val) if math.isfinite(train) and math.isfinite(val) else name


def _network(config: RunConfig) -> str:
    masks = config.task == "segmentation"
    layers = T.ALL_LAYERS
    if config.frozen:
        words = T.ONE_ONLY if config.unfreeze_epoch is None else T.UNFROZEN
        layers = words.format(part=T.DECODER if masks else T.HEAD, epoch=config.unfreeze_epoch)
    words = T.NETWORK_OF_MASKS if masks else T.NETWORK
    return words.format(backbone=config.backbone, layers=layers, size=config.image_size)


def show_facts(paths: RunPaths, snapshot: RunSnapshot) -> None:
    """Draw the facts and a link to the other run of a pair."""
    with st.container(horizontal=True, gap="medium"):
        for name, value in facts(paths, snapshot):
            st.markdown(f":gray[:small[{escape(name)}]]  \n{escape(value)}", width="content")
    if snapshot.config is not None and snapshot.config.pair is not None:
        _partner(paths, snapshot.config.pair)


def partner_of(paths: RunPaths, pair: str) -> RunSummary | None:
    """The other run of a pair, or None if it no longer exists."""
    return next((run for run in summaries() if run.asked.get("pair") == pair and run.id != paths.id), None)


def _partner(paths: RunPaths, pair: str) -> None:
    other = partner_of(paths, pair)
    if other is None:
        st.caption(T.PAIR_GONE)
        return
    state = headline(other) or Runs.STATES[other.status.state]
    words = T.PAIR.format(name=escape(other.name), state=state)
    with st.container(horizontal=True, gap="medium"):
        other_run.button(other.id, words, key=widget_key("run_partner"), icon=":material/compare_arrows:")
        other_run.compare_button(other.id, paths.id, Compare.WITH_PAIR, key=widget_key("run_compare_partner"))


def show_numbers(view: RunView, snapshot: RunSnapshot, evidence: Evidence) -> None:
    """Draw each metric at the best epoch, whose weights are kept, with its interval and its value at the latest."""
    points = snapshot.epochs
    best = best_point(view.paths, snapshot.config, points)
    latest = points[-1] if points else None

    def draw(ends: Mapping[str, Interval] | None) -> None:
        # Drawn from the first step on, so that the first epoch does not move the charts.
        with st.container(horizontal=True, gap="small"):
            _best_epoch(snapshot, best, latest)
            for key, metric in LISTED[snapshot.task].items():
                below = Runs.NONE_YET if latest is None else _value(latest, key)
                found = (ends or {}).get(key)
                undefined = found is not None and found.value is None
                value = Runs.UNDEFINED if undefined else _value(best, key)
                about = T.UNDEFINED_WHY.format(why=found.why) if found is not None and undefined else metric.help
                _metric(metric.title, value, between(ends, key), below, about)
        images = snapshot.start.count("val_images") if snapshot.start else 0
        words = T.INTERVALS.format(images=images) if images else T.INTERVALS_OF_ALL
        st.caption(f"{words} {T.INTERVALS_OF_FEW}" if 0 < images < _FEW_IMAGES else words)
        looks_line.show(view.paths, snapshot.status.over)

    if best is None:
        draw(None)
    else:
        score_table.with_intervals(view, snapshot, evidence, best.epoch, draw)


def _best_epoch(snapshot: RunSnapshot, best: EpochPoint | None, latest: EpochPoint | None) -> None:
    config = snapshot.config
    total, monitor = (config.epochs, config.monitor) if config else (len(snapshot.epochs), HEADLINES[snapshot.task])
    _metric(
        T.BEST_EPOCH,
        Runs.NONE_YET if best is None else T.EPOCH_OF.format(epoch=best.number, epochs=total),
        T.BEST_BY.format(monitor=EVERY[monitor].label),
        Runs.NONE_YET if latest is None else str(latest.number),
        T.BEST_EPOCH_HELP.format(monitor=EVERY[monitor].title),
    )


def between(ends: Mapping[str, Interval] | None, key: str) -> str:
    """Return the ends of a metric's interval in words, that it comes (`ends` is None), or that there is none."""
    if ends is None:
        return T.INTERVAL_COMES
    found = ends.get(key)
    if found is None or found.low is None or found.high is None:
        return Common.NO_INTERVAL
    return T.INTERVAL.format(low=found.low, high=found.high)


def _value(point: EpochPoint | None, name: str) -> str:
    if point is None or (point.measured is None and name not in point.noted):
        return Runs.NONE_YET
    value = point.value(name)
    return f"{value:.3f}" if math.isfinite(value) else Runs.UNDEFINED


def _metric(label: str, value: str, between: str, latest: str, explanation: str) -> None:
    with st.container(width=METRIC_WIDTH, gap=None):
        st.metric(label, value, between, delta_color="off", delta_arrow="off", help=explanation)
        st.caption(Runs.LATEST.format(value=latest))
