"""The page of an immunity map: the answer in sentences, the map, and the curves and images of what is chosen."""

from collections.abc import Sequence
from functools import partial

import streamlit as st

from explorer.base.words import size
from explorer.figures import effect_words
from explorer.figures import immunity as figures
from explorer.metrics.table import EVERY
from explorer.metrics.verdicts.measured import JUDGED, judged
from explorer.runs.overview.studies.immunity import CLEAN, ImmunityMap, Place
from explorer.runs.overview.view import RunSnapshot, RunView
from explorer.runs.record.studies.answers import MOST_BYTES
from explorer.runs.spec.config import RunConfig
from explorer.runs.spec.plans.immunity import ImmunityPlan
from explorer.runs.state.status import State
from explorer.texts import Immunity as T
from explorer.ui.components import heat, plot
from explorer.ui.components.markdown import escape
from explorer.ui.session.keys import widget_key
from explorer.ui.study import latest
from explorer.ui.study.immunity import cells, reading, strip

_FIRST_ROWS = 4  # sentences that are shown at once


def show(view: RunView, snapshot: RunSnapshot) -> None:
    """Draw what a map has found so far."""
    config = snapshot.config
    assert config is not None
    plan = config.study
    assert isinstance(plan, ImmunityPlan)
    metric = _metric(snapshot, config)

    def computes() -> bool:
        return reading.computes(view.paths, metric)

    def draw(found: ImmunityMap) -> None:
        _draw(view, snapshot, plan, found)

    def nothing() -> None:
        if computes():
            st.info(T.COMPUTING)
        elif snapshot.status.state is not State.QUEUED:
            st.info(T.WAITS)

    look = partial(reading.look, view.paths, plan, metric)
    latest.watch(snapshot.status.over, look, computes, draw, nothing, T.DAMAGED)


def _metric(snapshot: RunSnapshot, config: RunConfig) -> str:
    """Draw the choice of the metric."""
    titles = {key: EVERY[key].title for key in JUDGED}
    first = judged(config.monitor) if config.monitor in EVERY and config.monitor != "ece" else "accuracy"
    return str(
        st.selectbox(
            T.METRIC, list(titles), list(titles).index(first), format_func=titles.__getitem__, help=T.METRIC_HELP,
            key=widget_key("immunity", snapshot.id, "metric"), width=300,
        )
    )  # fmt: skip


def _draw(view: RunView, snapshot: RunSnapshot, plan: ImmunityPlan, found: ImmunityMap) -> None:
    names = reading.names_of(found, plan)
    # Containers, so that a sentence that appears does not mount the map again, which would lose its focus.
    answer, table, curve, images = (st.container() for _ in range(4))
    with answer:
        _answer(found, plan, names)
    with table:
        chosen = _table(snapshot, found, plan, names)
    with curve:
        _curves(snapshot, found, plan, names, chosen)
    with images:
        if chosen is not None:
            strip.show(view, snapshot, plan, found, chosen[1], chosen[0])


def _answer(found: ImmunityMap, plan: ImmunityPlan, names: Sequence[str]) -> None:
    said = cells.headlines(found, plan, names)
    st.markdown("\n\n".join(said[:_FIRST_ROWS]))
    if len(said) > _FIRST_ROWS:
        with st.expander(T.MORE_ROWS):
            st.markdown("\n\n".join(said[_FIRST_ROWS:]))
    basis = T.MODELS if plan.study is None else T.FROZEN if found.repeats > 1 else T.FROZEN_ONE
    notes = [basis.format(repeats=found.repeats, images=found.images), *found.notes]
    if len(found.done) < len(plan.distortions):
        notes.append(T.PARTLY.format(done=len(found.done), planned=len(plan.distortions)))
    if found.keeps != "all":
        notes.append((T.HALF if found.keeps == "half" else T.SCORES).format(most=size(MOST_BYTES)))
    st.caption(escape(" ".join(notes)))


def _table(
    snapshot: RunSnapshot, found: ImmunityMap, plan: ImmunityPlan, names: Sequence[str]
) -> tuple[int, Place] | None:
    """Draw the map, and return the row and the place that are chosen."""
    title, about = (T.RUNS_TITLE, T.RUNS_TITLE_HELP) if plan.study is None else (T.TITLE, T.TITLE_HELP)
    st.markdown(f"**{title}**", help=about)
    key = widget_key("immunity", snapshot.id, "chosen")
    known: tuple[int, Place] | None = st.session_state.get(key)
    chosen = None
    if known is not None and known[0] < len(found.rows) and known[1] in found.places:
        chosen = known[0], found.places.index(known[1])

    def choose(cell: heat.Chosen) -> None:
        row, column = cell
        if row < len(found.rows) and column < len(found.places):
            st.session_state[key] = row, found.places[column]

    heat.show(
        T.HEAT_LABEL.format(title=title, metric=EVERY[found.metric].in_sentence),
        cells.heads(found, plan),
        cells.rows(found, plan, names),
        chosen,
        widget_key("heat", snapshot.id),
        choose,
    )
    st.caption(T.LEGEND.format(most=effect_words.size(figures.reach(found), found.metric)))
    return known if chosen is not None else None


def _curves(
    snapshot: RunSnapshot,
    found: ImmunityMap,
    plan: ImmunityPlan,
    names: Sequence[str],
    chosen: tuple[int, Place] | None,
) -> None:
    if not found.done:
        return
    titles = [one.title for one in plan.distortions]
    distortion = CLEAN if chosen is None else chosen[1].distortion
    title = T.CURVES if distortion == CLEAN else T.CURVE.format(distortion=titles[distortion])
    st.markdown(f"**{escape(title)}**", help=T.CURVES_HELP)
    figure = figures.curves(found, names, titles, distortion)
    plot.show(figure, title, widget_key("chart", snapshot.id, "immunity", str(distortion)))
