"""The settings of a run as a table with the labels of the Train page."""

import streamlit as st

from explorer.runs.spec.config import RunConfig
from explorer.settings.rows import settings
from explorer.texts import Run as T
from explorer.ui.components.markdown import cell, table


def show(config: RunConfig) -> None:
    """Draw the table. Changed values are bold, with the default beside them."""
    rows: list[tuple[str, str, str]] = []
    section = ""
    for one in settings(config):
        if one.section != section:
            section = one.section
            rows.append((f":gray[{cell(section)}]", "", ""))
        changed = one.default is not None
        default = f":gray[{cell(T.DEFAULT.format(value=one.default))}]" if changed else ""
        rows.append((cell(one.label), f"**{cell(one.value)}**" if changed else cell(one.value), default))
    st.markdown(table(T.SETTINGS_HEAD, rows))
    st.caption(T.SETTINGS_NOTE)
