"""Draws the results of a quick check or a learning rate search, while it works and afterwards."""

import streamlit as st

from explorer.base.words import rate, span
from explorer.figures import step_charts
from explorer.runs.machine import capacity
from explorer.runs.record import rates, results
from explorer.runs.record.paths import RunPaths
from explorer.runs.record.reasons import in_words
from explorer.runs.record.results import CheckResult, RateResult
from explorer.texts import Probes as T
from explorer.ui.components import plot
from explorer.ui.components.markdown import escape
from explorer.ui.session.keys import widget_key


def show(paths: RunPaths, kind: str, over: bool) -> None:
    """Draw the results of a run of this kind. `over` says whether the run has ended."""
    _DRAWN[kind](paths, over)


def _check(paths: RunPaths, over: bool) -> None:
    found = results.check_result(paths) or CheckResult()
    if not over:
        words = T.CHECKED.format(done=len(found.steps), total=found.total)
        st.progress(min(len(found.steps) / max(found.total, 1), 1.0), text=words)
    if lines := _lines(found, over):
        st.markdown("  \n".join(lines))
    if found.estimate is not None:
        st.markdown(
            T.ESTIMATE.format(
                run=span(found.estimate.run_s),
                epoch=span(found.estimate.epoch_s),
                speed=rate(found.estimate.images_per_second),
                memory=capacity.in_words(found.estimate.memory_bytes),
            )
        )


def _lines(found: CheckResult, over: bool) -> list[str]:
    """Return a line for each check, also for those to come, so that nothing below moves while it works."""
    lines = [
        T.CHECK_LINE.format(
            icon=T.ICONS[step.state],
            name=escape(T.CHECKS.get(step.name, step.name)),
            seconds=step.seconds,
            detail=escape(in_words(step.detail)),
        )
        for step in found.steps
    ]
    if not over:
        to_come = [T.CHECKS[name] for name in results.CHECKS[len(found.steps) :]]
        lines += [(T.NEXT_LINE if place else T.NOW_LINE).format(name=name) for place, name in enumerate(to_come)]
    return lines


def _rate(paths: RunPaths, over: bool) -> None:
    found = results.rate_result(paths) or RateResult()
    if not over:
        share = found.done / found.total if found.total else 0.0
        st.progress(min(share, 1.0), text=T.RATE_PROGRESS.format(done=found.done, total=found.total))
    if found.lr:
        plot.show(step_charts.tried_rates(found), T.RATE_CHART, widget_key("chart", paths.id, "rate"))
    if not over:
        return
    if found.suggestion is None and found.reason:
        st.info(escape(in_words(found.reason)))
    if found.low is not None and found.high is not None:
        st.markdown(T.RATE_RANGE.format(low=rates.in_words(found.low), high=rates.in_words(found.high)))
    if found.read_again:
        st.caption(T.RATE_READ_AGAIN)
    if found.caution:
        st.warning(escape(in_words(found.caution)))


_DRAWN = {"check": _check, "rate": _rate}
