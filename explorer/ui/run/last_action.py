"""The result of the last action on a run, shown on its page until the next action."""

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from explorer.texts import Run as T
from explorer.ui.components.markdown import escape
from explorer.ui.run.bulk_actions import Done
from explorer.ui.session.keys import Key


def note(run_id: str, done: Done) -> None:
    """Keep the result of an action in place of the previous one."""
    st.session_state[Key.RUN_TOLD] = (run_id, done)


@contextmanager
def attempt(run_id: str, *errors: type[Exception]) -> Iterator[None]:
    """Drop the previous result, and keep the reason if the block fails with one of these errors."""
    st.session_state.pop(Key.RUN_TOLD, None)
    try:
        yield
    except errors as error:
        note(run_id, Done(refused=(T.NOT_DONE.format(reason=error.args[0] if len(error.args) == 1 else error),)))


def show(run_id: str) -> None:
    """Draw the message about this run, if there is one."""
    noted_id, done = st.session_state.get(Key.RUN_TOLD, ("", Done()))
    if noted_id != run_id:
        return
    if done.text:
        st.markdown(escape(done.text))
    if done.refused:
        st.warning("  \n".join(map(escape, done.refused)))
