"""The page of a search: whether anything beats TrivialAugment, the pipeline that is offered, and how stable it is."""

from collections.abc import Callable

import streamlit as st

from explorer.augment import presets
from explorer.augment.pipeline import Draft, Pipeline, as_draft
from explorer.figures import search_words
from explorer.figures.chosen_steps import chosen_steps
from explorer.figures.forest import forest
from explorer.runs.overview.studies import search as studies
from explorer.runs.overview.studies.search import SearchFound
from explorer.runs.overview.view import RunSnapshot, RunView
from explorer.runs.record.studies.searches import Searched
from explorer.texts import Search as T
from explorer.texts import Study
from explorer.ui.components import plot
from explorer.ui.components.markdown import escape
from explorer.ui.session import workspace
from explorer.ui.session.keys import Key, Page, widget_key
from explorer.ui.study import two_metrics
from explorer.ui.study.latest import Latest


@st.cache_resource(show_spinner=False)
def _latest() -> Latest[SearchFound]:
    return Latest()


def show(view: RunView, snapshot: RunSnapshot) -> None:
    """Draw what a search has found so far."""
    two_metrics.show(view, snapshot, _latest(), studies.outer_done, studies.read, T.NONE_YET, _draw)


def _draw(snapshot: RunSnapshot, found: SearchFound) -> None:
    first, *rest = search_words.answer(found)
    st.markdown(f"#### {first}")
    if rest:
        st.markdown(" ".join(rest), help=T.HOW)
    _result(found)
    left, right = st.columns(2, gap="medium")
    with left:
        _against(snapshot, found)
    with right:
        _stability(snapshot, found)
    if found.whole is not None and found.whole.path:
        with st.expander(T.PATH):
            _path(found.whole, search_words.titles(found))


def _result(found: SearchFound) -> None:
    st.markdown(f"**{T.RESULT}**", help=T.RESULT_HELP)
    if found.result is None or found.whole is None:
        st.caption(T.RESULT_LATER)
    elif not found.whole.chosen:
        st.markdown(T.RESULT_NONE)
        trivial = presets.draft(presets.TRIVIAL_AUGMENT)
        _button("trivial", T.TAKE_TRIVIAL, "", ":material/tune:", lambda: _open(trivial, Page.AUGMENT))
    else:
        names = search_words.titles(found)
        st.markdown(" · ".join(escape(names[place]) for place in found.whole.chosen))
        with st.container(horizontal=True, gap="small"):
            _leads(found.result)
        st.caption(T.RESULT_NOTE)


def _leads(pipeline: Pipeline) -> None:
    """Draw what can be done with the pipeline."""
    draft = as_draft(pipeline)
    _button("take", Study.TAKE, Study.TAKE_HELP, ":material/check:", lambda: _take(draft))
    _button("open", Study.OPEN, Study.OPEN_HELP, ":material/tune:", lambda: _open(draft, Page.AUGMENT))
    _button("train", Study.TRAIN, T.TRAIN_HELP, ":material/model_training:", lambda: _open(draft, Page.TRAIN))


def _button(name: str, label: str, explanation: str, icon: str, act: Callable[[], None]) -> None:
    if st.button(label, key=widget_key("search", name), help=explanation or None, icon=icon):
        act()


def _open(draft: Draft, page: Page) -> None:
    workspace.open_new(draft)
    workspace.go(page)


def _take(draft: Draft) -> None:
    """Put the steps into the open workspace, which can be undone."""
    # The name and the target rules are the person's own, and stay.
    workspace.put(lambda old: draft.model_copy(update={"name": old.name, "targets": old.targets}))
    st.session_state[Key.NOTICE] = Study.TAKEN
    workspace.go(Page.AUGMENT)


def _against(snapshot: RunSnapshot, found: SearchFound) -> None:
    if found.effects is None:
        return
    st.markdown(f"**{T.FOREST}**", help=T.HOW)
    names = [search_words.rival(effect) for effect in found.effects.main]
    plot.show(forest(names, found.effects), T.FOREST, widget_key("chart", snapshot.id, "search"))


def _stability(snapshot: RunSnapshot, found: SearchFound) -> None:
    st.markdown(f"**{T.STABILITY}**", help=T.STABILITY_HELP)
    chosen = found.whole.chosen if found.whole else ()
    figure = chosen_steps(search_words.titles(found), found.counts.tolist(), len(found.outer), chosen)
    plot.show(figure, T.STABILITY, widget_key("chart", snapshot.id, "stability"))


def _path(searched: Searched, names: list[str]) -> None:
    rows = [
        {T.PATH_STEP: words, T.PATH_GAIN: f"{step.gain:.4f} ± {step.error:.4f}", T.PATH_AMONG: step.among}
        for words, step in zip(search_words.changes(searched, names), searched.path, strict=True)
    ]
    st.dataframe(
        rows, hide_index=True, column_config={T.PATH_AMONG: st.column_config.NumberColumn(help=T.PATH_AMONG_HELP)}
    )
    st.caption(T.PATH_NOTE)
