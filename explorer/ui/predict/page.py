"""The part of a run's page that belongs to a prediction: its answer first, then images, a table and downloads."""

import streamlit as st

from explorer.base.words import counted, rate, span
from explorer.runs.overview.view import RunSnapshot, RunView
from explorer.runs.record import predictions
from explorer.runs.record.paths import RunPaths
from explorer.runs.record.predictions import PREDICTING, About, Predictions, PredictionsError
from explorer.runs.spec.config import RunConfig
from explorer.runs.state.status import State
from explorer.texts import Common, Runs, Study
from explorer.texts import Predict as T
from explorer.ui.components import uploaded
from explorer.ui.components.markdown import escape
from explorer.ui.predict import answer, downloads, masks, networks, pictures, table
from explorer.ui.predict.answer import Read
from explorer.ui.predict.masks import MasksRead
from explorer.ui.session.keys import widget_key
from explorer.ui.study import latest
from explorer.ui.study.latest import Latest

_LEAST_LEFT_S = 1.0  # less is not worth a word


@st.cache_resource(show_spinner=False)
def _latest() -> Latest[Read | MasksRead]:
    return Latest(kept=4)  # probabilities of a million images are hundreds of megabytes


def facts(snapshot: RunSnapshot, about: About | None) -> list[tuple[str, str]]:
    """Return what predicts which images, and with which views, as (name, value)."""
    config = snapshot.config
    if config is None or config.predict is None:
        return []
    plan = config.predict
    titles = {} if about is None else {(one.run, one.member): one.title for one in about.judges}
    named = networks.in_words(plan.networks, titles)
    views = T.NO_VIEWS
    if plan.views is not None:
        views = T.WITH_VIEWS.format(views=counted(plan.count, *T.VIEWS_COUNTED), name=plan.views.name or T.VIEWS)
    return [(T.FACT_IMAGES, _images(config)), (T.FACT_NETWORKS, named), (T.FACT_VIEWS, views)]


def _images(config: RunConfig) -> str:
    plan = config.predict
    assert plan is not None
    if plan.images is not None:
        return uploaded.in_words(plan.images.path) or plan.images.path
    dataset = plan.dataset or config.dataset
    return T.PART_OF[plan.part].format(name=getattr(dataset, "path", "") or dataset.title)


def show_facts(view: RunView, snapshot: RunSnapshot) -> None:
    """Draw the facts."""
    try:
        about = predictions.read_about(view.paths)
    except PredictionsError:
        about = None  # the result says so
    with st.container(horizontal=True, gap="medium"):
        for name, value in facts(snapshot, about):
            st.markdown(f":gray[:small[{escape(name)}]]  \n{escape(value)}", width="content")


def show_progress(snapshot: RunSnapshot) -> None:
    """Draw the bar while it works."""
    if snapshot.status.over or snapshot.status.state is State.QUEUED:
        return
    said = snapshot.doing
    done, total = _number(said.get("done")), _number(said.get("total"))
    parts = [Runs.PHASES.get(snapshot.phase, snapshot.phase)] if snapshot.phase else []
    if snapshot.phase == PREDICTING and total:
        parts = [T.PROGRESS.format(done=int(done), images=counted(int(total), *Common.IMAGE))]
    left, speed = _number(said.get("left_s")), _number(said.get("images_per_second"))
    if left >= _LEAST_LEFT_S:
        parts.append(Runs.PROGRESS_LEFT.format(left=span(left)))
    if speed > 0:
        parts.append(Runs.PROGRESS_SPEED.format(speed=rate(speed)))
    st.progress(min(done / total, 1.0) if total else 0.0, text=" · ".join(parts) or T.PREPARES)


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0


def show(view: RunView, snapshot: RunSnapshot) -> None:
    """Draw what has been predicted so far."""
    config, key = snapshot.config, str(view.paths.root)
    if config is None:
        return

    def state() -> object:
        return predictions.finished(view.paths)

    def look() -> Read | MasksRead | None:
        return _latest().get(key, state(), lambda: _read(view.paths))

    def computes() -> bool:
        return _latest().computes(key, state())

    def draw(found: object) -> None:
        if isinstance(found, MasksRead):
            masks.show(view, snapshot, config, found)
        elif isinstance(found, Read):
            _draw(view, snapshot, config, found)

    latest.watch(snapshot.status.over, look, computes, draw, lambda: _nothing(snapshot, computing=computes()))


def _read(paths: RunPaths) -> Read | MasksRead | None:
    about = predictions.read_about(paths)
    return answer.read(paths) if about is None or not about.mask_values else masks.read(paths)


def _nothing(snapshot: RunSnapshot, *, computing: bool) -> None:
    if computing:
        st.info(Study.COMPUTING)
    elif snapshot.status.over:
        st.info(T.NONE)
    elif snapshot.status.state is not State.QUEUED:
        st.caption(T.NONE_YET)


def _draw(view: RunView, snapshot: RunSnapshot, config: RunConfig, found: Read) -> None:
    # Containers, so that what appears above the images does not mount them again.
    said, files, sections = (st.container() for _ in range(3))
    with said:
        answer.show(snapshot, found)
    with files:
        downloads.show(view, snapshot, config, found.predictions)
    with sections:
        _sections(snapshot, config, found.predictions, found)


def _sections(snapshot: RunSnapshot, config: RunConfig, of: Predictions, found: Read) -> None:
    tabs = st.tabs(
        [T.PICTURES, T.TABLE], key=widget_key("predict", snapshot.id, "section"), on_change="rerun"
    )  # fmt: skip
    for tab, draw in zip(
        tabs,
        (lambda: pictures.show(snapshot, config, of, found.judged), lambda: table.show(snapshot, of)),
        strict=True,
    ):
        if tab.open:
            with tab:
                draw()
