"""Says what was decided about the images of a data set, with the way to the page where it is changed."""

import streamlit as st

from explorer.base.words import counted
from explorer.data.curation import Curation, CurationError, read
from explorer.data.formats.spec import Spec
from explorer.texts import Findings as T
from explorer.ui.components.markdown import escape
from explorer.ui.session import workspace
from explorer.ui.session.keys import Page, Query


def show(spec: Spec | None) -> None:
    """Draw a line about the images of a data set that are left out or stay together; nothing where there are none."""
    if spec is None:
        return
    try:
        kept = read(spec)
    except CurationError as error:
        st.error(escape(str(error)))
        return
    if kept.empty:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(escape(words(kept)), width="content")
        st.page_link(
            Page.DATA, label=T.CHANGE_IT, icon=":material/fact_check:", help=T.CHANGE_IT_HELP, width="content",
            query_params={Query.DRAFT.value: workspace.current().id},
        )  # fmt: skip


def words(kept: Curation) -> str:
    """Return what is left out and kept together, as a sentence."""
    said = []
    if count := len(kept.left_out):
        said.append(counted(count, *T.LEFT_OUT))
    if count := len(kept.together):
        images = sum(map(len, kept.together))
        said.append(counted(count, *T.TOGETHER).format(images=images))
    return T.DECIDED.format(decided=", ".join(said))
