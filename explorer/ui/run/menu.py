"""The More menu of a run: name, tags and note, its size on disk, archive and trash."""

import streamlit as st

from explorer.runs.machine.capacity import in_words
from explorer.runs.overview import sizes
from explorer.runs.overview.summary import summarize
from explorer.runs.overview.view import RunSnapshot
from explorer.runs.record import meta
from explorer.runs.record.meta import MAX_NAME, MetaError
from explorer.runs.record.paths import RunPaths
from explorer.texts import Common
from explorer.texts import Run as T
from explorer.ui.components.run_list import Op, Request
from explorer.ui.run import bulk_actions, last_action
from explorer.ui.session.keys import Key, Query, widget_key
from explorer.ui.session.renewal import renew, renewable

WIDTH = 480  # px


def show(paths: RunPaths, snapshot: RunSnapshot) -> None:
    """Draw the popover, whose content is computed only while it is open."""
    more = st.popover(T.MORE, key=renewable(menu_key(paths.id)), on_change="rerun", icon=":material/more_horiz:")
    if more.open:
        with more, st.container(width=WIDTH):
            _words(paths, snapshot)
            _disk(paths)
            _actions(paths, snapshot)


def menu_key(run_id: str) -> str:
    """The key of the menu, which is renewed when it closes."""
    return widget_key("run", run_id, "more")


def _words(paths: RunPaths, snapshot: RunSnapshot) -> None:
    known = meta.read(paths)
    given = snapshot.config.name if snapshot.config else ""
    now = {"name": known.name or given, "tags": ", ".join(known.tags), "note": known.note}
    for field, value in now.items():
        st.session_state.setdefault(widget_key("run", paths.id, field), value)  # keeps what is being typed
    with st.form(widget_key("run", paths.id, "words"), border=False):
        st.text_input(
            Common.NAME, key=widget_key("run", paths.id, "name"), max_chars=MAX_NAME, placeholder=given or paths.id
        )
        st.text_input(T.TAGS, key=widget_key("run", paths.id, "tags"), help=T.TAGS_HELP)
        st.text_area(T.NOTE, key=widget_key("run", paths.id, "note"), height=70)
        st.form_submit_button(Common.SAVE, on_click=_save, args=(paths, now))


def _save(paths: RunPaths, before: dict[str, str]) -> None:
    typed = {field: str(st.session_state[widget_key("run", paths.id, field)]) for field in before}
    changed = {field: text for field, text in typed.items() if text != before[field]}
    with last_action.attempt(paths.id, MetaError, OSError):
        meta.change(
            paths,
            name=changed.get("name"),
            tags=[tag for tag in typed["tags"].split(",") if tag.strip()] if "tags" in changed else None,
            note=changed.get("note"),
        )
        renew(menu_key(paths.id))  # closes the menu


def _disk(paths: RunPaths) -> None:
    use = sizes.disk_use(paths)
    parts = {name: in_words(getattr(use, name)) for name in ("total", "checkpoints", "epochs", "log")}
    st.caption(T.DISK_USE.format(**parts))
    st.code(str(paths.root), language=None)


def _actions(paths: RunPaths, snapshot: RunSnapshot) -> None:
    over, archived = snapshot.status.over, meta.read(paths).archived
    spare = paths.best.exists() and (paths.last.exists() or paths.first.exists())
    with st.container(horizontal=True, gap="small"):
        st.button(
            Common.UNARCHIVE if archived else Common.ARCHIVE, key=widget_key("run_archive"), help=T.ARCHIVE_HELP,
            on_click=_do, args=(paths, "unarchive" if archived else "archive"),
        )  # fmt: skip
        st.button(
            T.KEEP_BEST, key=widget_key("run_keep_best"), help=T.KEEP_BEST_HELP if over else T.STOP_FIRST, on_click=_do,
            args=(paths, "keep_best"), disabled=not (over and spare),
        )  # fmt: skip
        st.button(
            Common.DELETE, key=widget_key("run_delete"), help=T.DELETE_HELP if over else T.STOP_FIRST, on_click=_do,
            args=(paths, "delete"), disabled=not over, icon=":material/delete:",
        )  # fmt: skip


def _do(paths: RunPaths, op: Op) -> None:
    done = bulk_actions.obey(Request(op, (paths.id,)), (summarize(paths),))
    if done.undo:
        st.session_state[Key.RUNS_DONE] = done
        st.query_params.pop(Query.RUN, None)  # the list offers to undo it
    else:
        last_action.note(paths.id, done)
