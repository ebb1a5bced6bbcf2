"""The comparison of two to fifty runs: their values, their curves, what differs, and the images that changed sides."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import get_args

import streamlit as st

from explorer.base.task_names import TaskName
from explorer.base.words import cut
from explorer.figures.palette import run_color
from explorer.metrics.table import LISTED, listed_for
from explorer.runs.overview.comparison import MOST_RUNS
from explorer.runs.record.paths import RunNotFound, RunPaths, run_paths
from explorer.texts import Compare as T
from explorer.texts import Immunity, Runs
from explorer.ui.compare import curves, differences, settings, sides
from explorer.ui.compare.readers import Compared, look
from explorer.ui.components import compared, looks_line
from explorer.ui.components.markdown import escape
from explorer.ui.run.readers import view_of
from explorer.ui.session import selection
from explorer.ui.session.keys import Query, widget_key
from explorer.ui.session.selection import Chosen
from explorer.ui.study.immunity import robust

EVERY_SECONDS = 2.0
READING_SECONDS = 0.2
_MOST_MISSING = 5  # that are named
_MOST_OF_ID = 100  # characters, as many as the id of a run can have


@dataclass(frozen=True)
class Section:
    """A section of the page: its title, and what draws it. It gets the runs, the reference first."""

    title: str
    show: Callable[[Sequence[Compared]], None]
    tasks: frozenset[TaskName] = frozenset(get_args(TaskName))
    """It is there where one of the runs has such a task."""


def _robustness(runs: Sequence[Compared]) -> None:
    robust.show([(run.view.paths, run.snapshot) for run in runs], view_of)


SECTIONS = (
    Section(T.CURVES, curves.show),
    Section(T.METRICS, differences.show),
    Section(T.IMAGES, sides.show),
    Section(Immunity.SECTION, _robustness, frozenset({"classification"})),
    Section(T.SETTINGS, settings.show),
)


def show(text: str) -> None:
    """Draw the comparison of the runs in the address, and update it while one of them trains."""
    found, missing, more = _found(selection.read(text))
    warnings = _warnings(text, missing, more)
    compared = [(one.place, paths) for one, paths in found]
    looks = [look(compared)]
    every = _every(*looks[0])

    def body() -> None:
        runs, unread = looks.pop() if looks else look(compared)
        # Only the whole page can change the timer, or show something else.
        if st.query_params.get(Query.RUNS) != text or Query.RUN in st.query_params or _every(runs, unread) != every:
            st.rerun()
        _draw(runs, warnings, unread)

    st.fragment(body, run_every=every)()


def _every(runs: Sequence[Compared], unread: int) -> float | None:
    """The seconds between two looks; None where there is nothing new to come."""
    if unread:
        return READING_SECONDS
    return None if all(run.snapshot.status.over for run in runs) else EVERY_SECONDS


def _found(chosen: Sequence[Chosen]) -> tuple[list[tuple[Chosen, RunPaths]], list[str], bool]:
    """The first MOST_RUNS runs of an address, the ids before them that no run has, and whether there are more ids."""
    found: list[tuple[Chosen, RunPaths]] = []
    missing: list[str] = []
    for one in chosen:
        if len(found) == MOST_RUNS:
            return found, missing, True
        try:
            found.append((one, run_paths(one.id)))
        except RunNotFound:
            missing.append(one.id)
    return found, missing, False


def _draw(runs: Sequence[Compared], warnings: Sequence[str], unread: int) -> None:
    trained = [run for run in runs if _is_trained(run)]
    # Containers, so that a line that appears or disappears does not mount the charts again.
    heading, said, table, sections = (st.container() for _ in range(4))
    with heading:
        count = len(trained) + unread
        st.subheader(T.TITLE.format(count=count) if count > 1 else T.TITLE_NONE, anchor=False)
    with said:
        _say(runs, warnings)
        if unread:
            st.progress(len(runs) / (len(runs) + unread), T.READING.format(done=len(runs), count=len(runs) + unread))
    if len(trained) < 2 and not unread:
        with said:
            st.info(T.TOO_FEW)
    if not trained:
        return
    ordered = _reference_first(trained)
    with table:
        _table(trained, ordered[0].id)
        looks_line.show_all([run.view.paths for run in trained])
    with sections:
        _sections(ordered)


def _is_trained(run: Compared) -> bool:
    return run.snapshot.config is None or run.snapshot.config.kind == "train"


def _warnings(text: str, missing: Sequence[str], more: bool) -> list[str]:
    """What is not shown of an address, in sentences."""
    found = [T.UNKNOWN.format(ids=_named(missing))] if missing else []
    if more:
        return [*found, T.TOO_MANY.format(most=MOST_RUNS)]
    unread = selection.is_cut(text)
    return [*found, T.TOO_LONG.format(most=selection.MOST_PLACES)] if unread else found


def _say(runs: Sequence[Compared], warnings: Sequence[str]) -> None:
    for words in warnings:
        st.warning(escape(words))
    if others := [f"“{run.name}”" for run in runs if not _is_trained(run)]:
        st.info(escape(T.NOT_TRAINED.format(names=", ".join(others))))


def _named(missing: Sequence[str]) -> str:
    """The ids that no run has. An address may hold any number of them, of any length."""
    names = ", ".join(cut(run_id, _MOST_OF_ID) for run_id in missing[:_MOST_MISSING])
    more = len(missing) - _MOST_MISSING
    return names if more <= 0 else T.AND_MORE.format(names=names, more=more)


def _reference_first(runs: Sequence[Compared]) -> list[Compared]:
    against = st.query_params.get(Query.AGAINST)
    return sorted(runs, key=lambda run: run.id != against)


def _table(runs: Sequence[Compared], reference: str) -> None:
    metrics = listed_for(run.snapshot.task for run in runs)
    rows = [
        compared.Row(
            run.id,
            run.name,
            run_color(run.place),
            Runs.STATES[run.snapshot.status.state],
            _epoch(run),
            tuple(value_of(run, key) for key in metrics),
            run.id == reference,
            len(runs) > 1,
        )
        for run in runs
    ]
    head = [metric.label for metric in metrics.values()]
    compared.show(head, rows, widget_key("compared"), on_open=_open, on_remove=_remove, on_refer=_refer)
    st.caption(T.TABLE_NOTE)


def _epoch(run: Compared) -> str:
    if run.best is None:
        return T.NO_VALUE
    config = run.snapshot.config
    return T.EPOCH_OF.format(epoch=run.best.number, epochs=config.epochs) if config else str(run.best.number)


def value_of(run: Compared, metric: str) -> str:
    """A metric at the best epoch of a run, in words."""
    if metric not in LISTED[run.snapshot.task]:
        return ""
    if run.best is None or (run.best.measured is None and metric not in run.best.noted):
        return T.NO_VALUE
    value = run.best.value(metric)
    return f"{value:.3f}" if value == value else T.UNDEFINED


def _sections(runs: Sequence[Compared]) -> None:
    tasks = {run.snapshot.task for run in runs}
    sections = [section for section in SECTIONS if section.tasks & tasks]
    # A key for each set of tabs, since what was open may be missing in another one.
    key = widget_key("compare_section", *(() if len(sections) == len(SECTIONS) else sorted(tasks)))
    tabs = st.tabs([section.title for section in sections], key=key, on_change="rerun")
    for tab, section in zip(tabs, sections, strict=True):
        if tab.open:
            with tab:
                section.show(runs)


def _open(run_id: str) -> None:
    st.query_params[Query.RUN] = run_id


def _remove(run_id: str) -> None:
    st.query_params[Query.RUNS] = selection.without(st.query_params.get(Query.RUNS, ""), run_id)


def _refer(run_id: str) -> None:
    st.query_params[Query.AGAINST] = run_id
