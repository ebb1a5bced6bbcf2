"""The results of a measurement: sentences first, then numbers, steps and charts."""

from collections.abc import Iterator
from operator import attrgetter
from typing import Any

import streamlit as st

from explorer.augment.draws.report import Labels, Mask, Report, StepReport
from explorer.base.words import rate
from explorer.draw.encoding import Classes
from explorer.texts import Statistics as T
from explorer.ui.components import plot
from explorer.ui.components.markdown import escape
from explorer.ui.lab import statistics_charts
from explorer.ui.session.keys import widget_key

MOST_SENTENCES = 8
STANDARD_ERRORS = 5  # a share that is further off than this is reported
COLUMNS = 3
MOST_FIGURES = 5
PERCENT = "%.1f %%"


def show(report: Report, classes: Classes) -> None:
    """Draw the results."""
    good = report.draws - sum(report.failed.values())
    for reason, count in list(report.failed.items())[:3]:
        words = T.FAILED if good else T.ALL_FAILED
        st.error(escape(words.format(count=count, draws=report.draws, reason=reason)))
    if not good:
        return
    st.markdown("\n".join(f"- {sentence}" for sentence in list(sentences(report, classes))[:MOST_SENTENCES]))
    _numbers(report)
    st.markdown(f"**{T.STEPS}**")
    _steps(report)
    _drawn(report)
    _charts(report, classes)


# Sentences


def sentences(report: Report, classes: Classes) -> Iterator[str]:
    """Yield the findings as Markdown sentences, the worst first."""
    yield from _lost(report.boxes, T.BOXES, report.steps, "boxes_lost")
    yield from _lost(report.points, T.POINTS, report.steps, "points_lost")
    if report.mask is not None:
        yield from _mask(report.mask, report.steps, classes)
    for step in report.steps:
        if step.slow and step.milliseconds is not None:
            yield T.SLOW.format(step=step.title, share=step.time_share, ms=step.milliseconds)
    for step in report.steps:
        spread = (step.expected * (1 - step.expected) / report.draws) ** 0.5
        if abs(step.applied - step.expected) > STANDARD_ERRORS * spread + 1e-9 and not report.failed:
            yield T.FAR.format(step=step.title, applied=step.applied, expected=step.expected)


def _lost(labels: Labels | None, what: str, steps: tuple[StepReport, ...], field: str) -> Iterator[str]:
    if labels is None or not labels.before:
        return
    worst = max(steps, key=attrgetter(field))
    if labels.lost_share <= 0:
        yield T.LOST_NONE.format(what=what)
    elif getattr(worst, field) >= labels.by_rules:
        yield T.LOST.format(share=labels.lost_share, what=what, step=worst.title)
    else:
        yield T.LOST_RULES.format(share=labels.lost_share, what=what)


def _mask(mask: Mask, steps: tuple[StepReport, ...], classes: Classes) -> Iterator[str]:
    for field, counts, words in (("appeared", mask.appeared, T.APPEARED), ("vanished", mask.vanished, T.VANISHED)):
        worst = max(steps, key=attrgetter(field))
        after = T.AFTER.format(step=worst.title) if getattr(worst, field) else ""
        for label, count in sorted(counts.items(), key=lambda item: -item[1])[:2]:
            of = mask.present[label] if field == "vanished" else mask.draws
            name = escape(statistics_charts.mask_class(label, classes))
            yield words.format(name=name, share=count / of, step=after)


# Numbers


def _numbers(report: Report) -> None:
    figures, left_out = headline(report)
    for column, (title, value, explained) in zip(st.columns(MOST_FIGURES), figures, strict=False):
        column.metric(title, value, help=explained)
    for reason in left_out:
        st.caption(reason)


def headline(report: Report) -> tuple[list[tuple[str, str, str | None]], list[str]]:
    """Return (title, value, help) of each figure that was measured, and a sentence for each group that was not."""
    figures: list[tuple[str, str, str | None]] = [
        (T.SPEED, T.SPEED_VALUE.format(rate=rate(report.images_per_second)), T.SPEED_HELP)
    ]
    uncounted = []
    for title, what, labels in ((T.BOXES_KEPT, T.BOXES, report.boxes), (T.POINTS_KEPT, T.POINTS, report.points)):
        if labels is not None and labels.before:
            figures.append((title, f"{1 - labels.lost_share:.1%}", None))
        else:
            uncounted.append(what)
    left_out = [T.NOTHING_HELP.format(what=T.AND.join(uncounted))] if uncounted else []
    if report.ssim:
        mean = sum(report.ssim) / len(report.ssim)
        figures.append((T.SSIM, f"{mean:.3f}", T.SSIM_HELP.format(count=len(report.ssim))))
    elif report.not_compared:
        left_out.append(T.NOT_COMPARED)
    if report.psnr:
        figures.append((T.PSNR, T.PSNR_VALUE.format(value=sum(report.psnr) / len(report.psnr)), T.PSNR_HELP))
    return figures, left_out


def _steps(report: Report) -> None:
    share = st.column_config.ProgressColumn
    st.dataframe(
        [_row(step, report) for step in report.steps],
        key=widget_key("stat_steps"), hide_index=True, width="stretch", placeholder="",
        column_config={
            T.HEAD["expected"]: share(format=PERCENT, min_value=0, max_value=100, help=T.HEAD_HELP["expected"]),
            T.HEAD["applied"]: share(format=PERCENT, min_value=0, max_value=100, help=T.HEAD_HELP["applied"]),
            T.HEAD["time"]: share(format=PERCENT, min_value=0, max_value=100),
            T.HEAD["ms"]: st.column_config.NumberColumn(format="%.2f", help=T.HEAD_HELP["ms"]),
            T.HEAD["slow"]: st.column_config.TextColumn(help=T.HEAD_HELP["slow"]),
        },
    )  # fmt: skip


def _row(step: StepReport, report: Report) -> dict[str, Any]:
    row: dict[str, Any] = {
        T.HEAD["step"]: T.INDENT * step.depth + step.title,
        T.HEAD["expected"]: 100 * step.expected,
        T.HEAD["applied"]: 100 * step.applied,
        T.HEAD["ms"]: step.milliseconds,
        T.HEAD["time"]: None if step.is_group else 100 * step.time_share,
        T.HEAD["slow"]: T.YES if step.slow else "",
    }
    if report.boxes is not None and report.boxes.before:
        row[T.HEAD["boxes"]] = None if step.is_group else step.boxes_lost
    if report.points is not None and report.points.before:
        row[T.HEAD["points"]] = None if step.is_group else step.points_lost
    if report.mask is not None:
        row[T.HEAD["vanished"]] = None if step.is_group else step.vanished
        row[T.HEAD["appeared"]] = None if step.is_group else step.appeared
    return row


# Charts


def _drawn(report: Report) -> None:
    # Steps that draw values come first: people look for them.
    steps = {step.id: step for step in sorted(report.steps, key=lambda one: not one.drawn) if not step.is_group}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.selectbox(
            T.DRAWN_WHICH,
            list(steps),
            key=widget_key("stat_step"),
            format_func=lambda node: steps[node].title,
            width=260,
        )
    step = steps[chosen]
    st.markdown(f"**{T.DRAWN.format(step=step.title)}**")
    found = statistics_charts.drawn(step)
    if not found:
        st.caption(T.DRAWN_NOTHING)
        return
    columns = st.columns(COLUMNS)
    for at, (name, figure) in enumerate(found.items()):
        with columns[at % COLUMNS]:
            plot.show(figure, name, key=widget_key("statistics", f"drawn{at}"))


def _charts(report: Report, classes: Classes) -> None:
    columns = st.columns(2)
    for at, (title, figure) in enumerate(statistics_charts.figures(report, classes).items()):
        with columns[at % 2]:
            st.markdown(f"**{title}**")
            plot.show(figure, title, key=widget_key("statistics", title))
