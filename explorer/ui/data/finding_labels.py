"""Labels that are probably wrong, by the out-of-fold scores of a study, as images to look at and to leave out."""

from functools import lru_cache, partial

import numpy as np
import streamlit as st

from explorer.base.child import ChildError, parsed
from explorer.base.words import counted
from explorer.data.findings.finding import Code
from explorer.metrics.label_issues import FEW
from explorer.runs.overview.leak_cost import studies_of
from explorer.runs.overview.studies import label_issues
from explorer.runs.overview.studies.label_issues import Suspected
from explorer.runs.overview.summary import RunSummary
from explorer.runs.spec.plans.tasks import why_not
from explorer.runs.state.status import State
from explorer.texts import Common
from explorer.texts import Findings as T
from explorer.ui.background.children import Child
from explorer.ui.background.jobs import Jobs
from explorer.ui.components import working
from explorer.ui.components.markdown import escape
from explorer.ui.data import label_study
from explorer.ui.data.album import Album
from explorer.ui.data.finding_actions import leave_out
from explorer.ui.data.finding_cost import address
from explorer.ui.data.finding_state import Looked
from explorer.ui.preview import wall
from explorer.ui.preview.wall import Caption
from explorer.ui.session.keys import widget_key

_CONFLICTS: tuple[Code, ...] = ("conflict_exact", "conflict_near")
JOBS: Jobs[Child] = Jobs(most=1)


def show(looked: Looked) -> None:
    """Draw what is known of probable label errors, or how to find out."""
    if len(looked.contents.classes) < 2 or not (looked.contents.label >= 0).any():
        return
    st.markdown(f"**{T.LABELS}**", help=T.LABELS_HELP)
    if reason := why_not(looked.spec.task, "effects"):
        st.caption(reason)
        return
    studies = studies_of(looked.spec.name(), looked.spec.root.resolve())
    done = [run for run in studies if run.status.state is State.FINISHED]
    if done:
        _of_study(looked, done[0])
    elif studies and not studies[0].status.over:
        st.caption(T.LABELS_RUNS.format(name=escape(studies[0].name), link=address(studies[0].id)))
    else:
        if studies:
            ended = studies[0]
            words = T.LABELS_ENDED.format(name=escape(ended.name), link=address(ended.id), state=ended.status.state)
            st.caption(words)
        label_study.offer(looked)


def _of_study(looked: Looked, study: RunSummary) -> None:
    job = f"{study.paths.root}:{study.repeats}:{study.started}"
    child = JOBS.get(job)
    if child is not None and child.running:
        key = widget_key("finding_labels", looked.opened.key, study.id)
        working.show(T.LABELS_LOOKING, child.seconds, key, lambda: JOBS.cancel(job))
        return
    if child is None or child.failed:
        if child is not None and not child.canceled:
            _show_failed(child)
        begin = label_issues.command(study.paths)
        st.button(
            T.LABELS_LOOK, key=widget_key("finding_labels", looked.opened.key, "look"), icon=":material/search:",
            on_click=JOBS.start, args=(job, lambda: Child(begin)), disabled=JOBS.full,
        )  # fmt: skip
        return
    try:
        found = _parsed(child.result())
    except ChildError as error:
        st.error(escape(T.LABELS_FAILED.format(reason=error)))
        return
    _show(looked, study, found)


def _show_failed(child: Child) -> None:
    try:
        child.result()
    except ChildError as error:
        st.error(escape(T.LABELS_FAILED.format(reason=error)))


@lru_cache(maxsize=8)
def _parsed(printed: bytes) -> Suspected:
    return parsed(Suspected, printed.decode(errors="replace"))


def _show(looked: Looked, study: RunSummary, found: Suspected) -> None:
    words = {"images": counted(found.images, *Common.IMAGE), "repeats": counted(found.repeats, *T.LABELS_REPEATS)}
    st.caption(T.LABELS_OF.format(name=escape(study.name), link=address(study.id), **words))
    if found.too_few:
        st.info(T.LABELS_TOO_FEW.format(few=FEW))
        return
    if found.left_out:
        st.caption(escape(T.LABELS_LEFT_OUT.format(few=FEW, names=", ".join(found.left_out))))
    places = {one: place for place, one in enumerate(looked.contents.ids)}
    rows = {
        places[one]: row
        for row, one in enumerate(found.ids)
        if one in places and one not in looked.kept.left_out and _same_label(looked, places[one], found.labels[row])
    }
    if gone := len(found.ids) - len(rows):
        st.caption(counted(gone, *T.LABELS_GONE))
    rows = _conflicts_first(looked, rows)
    if not rows:
        st.markdown(T.LABELS_CLEAN)
        return
    st.markdown(T.LABELS_FOUND.format(labels=counted(len(rows), *T.LABELS_WRONG)))
    _images(looked, found, rows)


def _conflicts_first(looked: Looked, rows: dict[int, int]) -> dict[int, int]:
    """Put images whose copy has another label first, and say how many of these there are."""
    found = [one for code in _CONFLICTS if (one := looked.findings.of(code)) is not None]
    places = {place for one in found for place in one.images.tolist()}
    if places:
        st.caption(counted(len(places), *T.LABELS_COPIES))
    return dict(sorted(rows.items(), key=lambda one: one[0] not in places))


def _same_label(looked: Looked, place: int, name: str) -> bool:
    """Whether an image still has the label that the study has judged."""
    label = int(looked.contents.label[place])
    return label >= 0 and looked.contents.classes[label] == name


def _images(looked: Looked, found: Suspected, rows: dict[int, int]) -> None:
    key = looked.opened.key

    def caption(place: int) -> Caption:
        row = rows[place]
        words = {"label": found.labels[row], "suggested": found.suggested[row]}
        shares = {"own": f"{found.own[row]:.0%}", "share": f"{found.share[row]:.0%}"}
        return Caption(T.LABELS_CAPTION.format(**words), T.LABELS_NOTE.format(**words, **shares))

    def reason(place: int) -> str:
        row = rows[place]
        return str(T.REASONS["label"].format(label=found.labels[row], suggested=found.suggested[row]))

    ids = looked.contents.ids
    grid = widget_key("finding_labels", key, "grid")
    opened = wall.show(Album(looked.opened), np.array(list(rows), np.int64), caption, grid, T.LABELS, alone=True)
    with st.container(horizontal=True, gap="small"):
        if opened is not None:
            st.button(
                T.LEAVE_ONE_OUT, key=widget_key("finding_labels", key, "one"),
                on_click=partial(leave_out, looked.spec, {ids[opened]: reason(opened)}),
            )  # fmt: skip
        every = {ids[place]: reason(place) for place in rows}
        st.button(
            T.LABELS_ALL.format(count=len(rows)), key=widget_key("finding_labels", key, "all"), type="tertiary",
            on_click=partial(leave_out, looked.spec, every),
        )  # fmt: skip
