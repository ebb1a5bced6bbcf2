"""The last action on a run, or why it failed: shown on the run's page until the next action."""

import streamlit as st

from explorer.texts import Run as T
from explorer.ui.components.markdown import escape
from explorer.ui.run.bulk_actions import Done
from explorer.ui.session.keys import Key


def note(run_id: str, done: Done) -> None:
    """Remember it in place of the one before."""
    st.session_state[Key.RUN_TOLD] = (run_id, done)


def note_error(run_id: str, error: Exception) -> None:
    """Remember why something could not be done."""
    note(run_id, Done(refused=(T.NOT_DONE.format(reason=error.args[0] if len(error.args) == 1 else error),)))


def forget() -> None:
    """Show no message any more."""
    st.session_state.pop(Key.RUN_TOLD, None)


def show(run_id: str) -> None:
    """Draw what is remembered of this run."""
    told_of, done = st.session_state.get(Key.RUN_TOLD, ("", Done()))
    if told_of != run_id:
        return
    if done.text:
        st.markdown(escape(done.text))
    if done.refused:
        st.warning("  \n".join(map(escape, done.refused)))
