"""The section "Robustness" of a run and of compared runs: the newest map of them, or the form that starts one."""

from collections.abc import Callable, Sequence

import streamlit as st

from explorer.augment.distortions import Distortion
from explorer.augment.pipeline import renewed
from explorer.runs.overview.index import summaries
from explorer.runs.overview.summary import RunSummary
from explorer.runs.overview.view import RunSnapshot, RunView
from explorer.runs.record.paths import RunPaths
from explorer.runs.spec.config import RunConfig, from_values
from explorer.runs.spec.fields import longest_of
from explorer.runs.spec.plans.immunity import ImmunityPlan
from explorer.runs.spec.plans.tasks import why_not
from explorer.runs.state.status import State
from explorer.texts import Immunity as T
from explorer.texts import Runs
from explorer.ui.components.markdown import escape
from explorer.ui.session import workspace
from explorer.ui.session.keys import Page, Query, widget_key
from explorer.ui.study import starting
from explorer.ui.study.immunity import form, page

MOST_RUNS = longest_of(ImmunityPlan, "runs")


def show(runs: Sequence[tuple[RunPaths, RunSnapshot]], view_of: Callable[[str], RunView]) -> None:
    """Draw the newest map of exactly these runs, or the form that starts one.

    Args:
        runs: The runs, of which the first gives the map its data set and name.
        view_of: Returns the reader of the run in a folder.
    """
    runs = [(paths, snapshot) for paths, snapshot in runs if paths.best.exists() and snapshot.config][:MOST_RUNS]
    if not runs:
        st.info(T.NO_CHECKPOINT)
        return
    reasons = (why_not(one.config.task, "immunity") for _, one in runs if one.config)
    if reason := next(filter(None, reasons), ""):
        st.info(reason)
        return
    known = maps_of([paths.id for paths, _ in runs])
    done = next((one for one in known if one.status.state is State.FINISHED), None)
    for one in known[: known.index(done) if done else None]:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(escape(T.STILL.format(name=one.name, state=Runs.STATES[one.status.state])), width="content")
            _open(one)
    if done is None:
        _ask(runs)
        return
    view = view_of(str(done.paths.root))
    page.show(view, view.refresh())
    with st.container(horizontal=True, gap="small"):
        _open(done)
        again = st.popover(T.AGAIN, key=widget_key("robust", runs[0][0].id, "again"), on_change="rerun")
        if again.open:
            with again:
                _ask(runs)


def config_of(config: RunConfig, name: str, asked: ImmunityPlan) -> RunConfig:
    """Return the config of a map of runs.

    Each run is judged by its own recipe. That of the map is the first run's, without what a study refuses: a pipeline
    of before, several GPUs.

    Args:
        config: Of the first run.
        name: Of the map; it is shortened where it is too long.
        asked: Which runs, and by which distortions.
    """
    changes = {
        "kind": "study", "study": asked.model_dump(), "name": "", "pipeline": renewed(config.pipeline),
        "pair": None, "start_from": None, "gpus": (), "loggers": (),
    }  # fmt: skip
    return starting.named(from_values(config.model_dump() | changes), name)


def maps_of(runs: Sequence[str]) -> list[RunSummary]:
    """Return the maps of exactly these runs, newest first."""
    return [one for one in summaries() if one.kind == "study" and _asked_runs(one) == sorted(runs)]


def _asked_runs(run: RunSummary) -> list[str]:
    plan = run.asked.get("study")
    asked = plan.get("runs") if isinstance(plan, dict) and plan.get("ask") == "immunity" else None
    return sorted(map(str, asked)) if isinstance(asked, list) else []


def _open(run: RunSummary) -> None:
    st.button(
        T.OPEN, key=widget_key("robust_open", run.id), icon=":material/open_in_new:", type="tertiary",
        on_click=workspace.go, args=(Page.RUNS,), kwargs={Query.RUN.value: run.id},
    )  # fmt: skip


def _ask(runs: Sequence[tuple[RunPaths, RunSnapshot]]) -> None:
    paths, snapshot = runs[0]
    config = snapshot.config
    assert config is not None
    st.markdown(f"**{T.ASK_RUN if len(runs) == 1 else T.ASK_RUNS}**")
    st.caption(T.ASK_HELP)
    images = sum(one.start.count("val_images") for _, one in runs if one.start)

    def start(chosen: tuple[Distortion, ...]) -> None:
        asked = ImmunityPlan(runs=tuple(one.id for one, _ in runs), distortions=chosen)
        starting.start(config_of(config, T.RUN_NAME.format(name=config.name or paths.id), asked))

    with st.container(width=520):
        form.show(widget_key("robust", "+".join(one.id for one, _ in runs)), images, start)
