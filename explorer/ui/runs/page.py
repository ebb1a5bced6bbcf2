"""The list of runs with the queue, the result of the last action, and the trash."""

import time
from collections.abc import Callable, Sequence

import streamlit as st

from explorer.base.words import clock, cut
from explorer.runs.life import housekeeping, trash
from explorer.runs.life.trash import Deleted
from explorer.runs.machine.capacity import in_words
from explorer.runs.overview.index import summaries
from explorer.runs.overview.summary import RunSummary
from explorer.texts import Common, Compare, Runs
from explorer.texts import RunsList as T
from explorer.ui.components import run_list, usage_line
from explorer.ui.components.markdown import escape
from explorer.ui.run import bulk_actions
from explorer.ui.run.bulk_actions import Done
from explorer.ui.runs import notices, queue_panel
from explorer.ui.session import selection
from explorer.ui.session.keys import Key, Query, widget_key

LIVE_SECONDS, IDLE_SECONDS = 2.0, 10.0
TRASH_SHOWN = 20
NAME_SHOWN = 40  # characters in a line of the trash


def show(if_empty: Callable[[], None]) -> None:
    """Draw the list and update it, more often while a run is not over. `if_empty` draws a page without runs."""
    notices.forget()
    first = notices.look().runs
    idle = all(run.status.over for run in first)
    # Outside of the timed fragment: all rows are sent once, and each update sends only the changes.
    held = run_list.hold(first, widget_key("run_rows"))

    def body() -> None:
        if Query.RUN in st.query_params or Query.RUNS in st.query_params:
            st.rerun()  # only the whole page can show what was opened
        runs = notices.look().runs
        housekeeping.tend(runs)
        changes = run_list.changes(held, runs)
        _draw(runs, changes, if_empty)
        if all(run.status.over for run in runs) is not idle or changes.many:
            st.rerun()  # only the whole page can change the timer and send all rows

    st.fragment(body, run_every=IDLE_SECONDS if idle else LIVE_SECONDS)()


def _draw(runs: Sequence[RunSummary], changes: run_list.Changes, if_empty: Callable[[], None]) -> None:
    # Containers, so that a line that appears or disappears does not mount the list again.
    heading, machine, waiting, message, listed = (st.container() for _ in range(5))
    with heading, st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(Runs.TITLE, anchor=False, width="stretch")
        _trash()
    with machine:
        usage_line.show_machine()
    with waiting:
        queue_panel.show({run.id: run.name for run in runs if not run.status.over})
    with message:
        _message(st.session_state.get(Key.RUNS_DONE, Done()))
    with listed:
        if runs:
            run_list.show(changes, widget_key("run_list"), _open, _act, _compare)
        else:
            if_empty()


def _open(run_id: str) -> None:
    st.session_state.pop(Key.RUNS_DONE, None)
    st.query_params[Query.RUN] = run_id


def _compare(ids: Sequence[str]) -> None:
    asked = set(ids)
    others = [run.name for run in summaries() if run.id in asked and run.kind != "train"]
    if len(asked) - len(others) < 2:  # the list stays, and with it what is selected
        _note(Done(refused=(Compare.NOT_TRAINED.format(names=", ".join(f"“{name}”" for name in others)),)))
        return
    st.session_state.pop(Key.RUNS_DONE, None)
    selection.compare(ids)


def _act(request: run_list.Request) -> None:
    _note(bulk_actions.obey(request, summaries()))


def _note(done: Done) -> None:
    notices.forget()
    st.session_state[Key.RUNS_DONE] = done


def _message(done: Done) -> None:
    if done.text:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(escape(done.text), width="content")
            if done.undo:
                st.button(
                    Common.UNDO,
                    key=widget_key("runs_undo"),
                    icon=":material/undo:",
                    on_click=_restore,
                    args=(done.undo,),
                )
    if done.refused:
        st.warning("  \n".join(map(escape, done.refused)))


def _restore(entries: tuple[str, ...]) -> None:
    _note(bulk_actions.restore(entries))


def _empty_trash(entries: tuple[str, ...]) -> None:
    st.session_state.pop(Key.TRASH_ASKED, None)
    _note(bulk_actions.empty_trash(entries))


def _trash() -> None:
    try:
        trash.purge()
    except OSError as error:
        st.warning(escape(T.NOT_PURGED.format(why=error.strerror or error)))
    found = trash.deleted()
    if not found:
        st.session_state.pop(Key.TRASH_ASKED, None)
        return
    size = in_words(sum(one.bytes for one in found))
    # At the top, because the list below may have hundreds of rows.
    with st.popover(T.TRASH.format(count=len(found), size=size), icon=":material/delete:"):
        _emptying(found)
        for one in found[:TRASH_SHOWN]:
            _deleted(one)
        if len(found) > TRASH_SHOWN:
            st.caption(Common.AND_MORE.format(count=len(found) - TRASH_SHOWN))


def _emptying(found: Sequence[Deleted]) -> None:
    """Draw the button that empties the trash, or its question. Runs deleted after the question are kept."""
    asked: tuple[str, ...] = st.session_state.get(Key.TRASH_ASKED, ())
    there = [one for one in found if one.entry in asked]
    with st.container(horizontal=True, vertical_alignment="center", width=640):
        if not there:
            st.caption(T.TRASH_KEPT.format(days=round(trash.KEPT_S / 86400)), width="stretch")
            st.button(T.EMPTY_NOW, key=widget_key("trash_empty"), help=T.EMPTY_HELP, on_click=_ask, args=(found,))
            return
        size = in_words(sum(one.bytes for one in there))
        st.markdown(bulk_actions.counted(T.EMPTY_ASKED, len(there), size=size), width="stretch")
        entries = tuple(one.entry for one in there)
        st.button(T.EMPTY_YES, key=widget_key("trash_yes"), type="primary", on_click=_empty_trash, args=(entries,))
        st.button(Common.CANCEL, key=widget_key("trash_no"), on_click=_ask, args=((),))


def _ask(found: Sequence[Deleted]) -> None:
    st.session_state[Key.TRASH_ASKED] = tuple(one.entry for one in found)


def _deleted(one: Deleted) -> None:
    name = cut(one.name, NAME_SHOWN)
    words = T.TRASH_LINE.format(name=name, time=clock(one.time, time.time()), size=in_words(one.bytes))
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(escape(words), width="stretch")
        st.button(T.RESTORE, key=widget_key("restore", one.entry), on_click=_restore, args=((one.entry,),))
