"""The Streamlit app: the list of pages and what all pages have in common."""

from pathlib import Path

import streamlit as st

from explorer import installation

# Before the heavy imports, which would fail with another message or run the code of a compromised package.
if broken := installation.problems():
    for problem in broken:
        st.error(problem, icon=":material/build:")
    st.stop()

import explorer.ui.warm  # noqa: F401 - heavy imports, once and before the first page
from explorer.figures import palette
from explorer.texts import App, Help
from explorer.ui.augment import sharing
from explorer.ui.background import asking, tidying
from explorer.ui.components import shortcuts, tabs
from explorer.ui.components.markdown import escape
from explorer.ui.runs import notices
from explorer.ui.session import aging, browsers, workspace
from explorer.ui.session.keys import Page, widget_key
from explorer.ui.theme.icon import icon, wordmark

st.set_page_config(page_title=App.TITLE, page_icon=icon(), layout="wide", menu_items={"About": Help.ABOUT_MENU})
st.logo(wordmark(), size="large")
st.html(Path(__file__).parent / "explorer" / "ui" / "theme" / "layout.css")
st.html(palette.STYLE)
try:
    look = notices.look()
except OSError as error:
    st.error(escape(App.NO_HOME.format(reason=error)))
    st.stop()
tidying.touch()
asking.beside(training=bool(look.living))
title = App.RUNS_ALIVE.format(count=len(look.living)) if look.living else App.RUNS
runs = st.Page(Page.RUNS, title=title, icon=":material/monitoring:")
page = st.navigation(
    [
        st.Page(Page.AUGMENT, title=App.AUGMENT, icon=":material/tune:", default=True),
        st.Page(Page.LABORATORY, title=App.LABORATORY, icon=":material/science:"),
        st.Page(Page.DATA, title=App.DATA, icon=":material/database:"),
        st.Page(Page.TRAIN, title=App.TRAIN, icon=":material/model_training:"),
        runs,
        st.Page(Page.THEN_AND_NOW, title=App.THEN_AND_NOW, icon=":material/history_edu:"),
        st.Page(Page.HELP, title=App.HELP, icon=":material/help:"),
    ],
    position="top",
)
try:
    sharing.open_from_address()
except sharing.ShareError as error:
    st.warning(escape(App.LINK_DAMAGED.format(reason=error)))
page.run()
browsers.carry(workspace.current().id)
shortcuts.show("help", key=widget_key("shortcuts"))
tabs.show(widget_key("tabs"))
notices.show(look, on_runs=page == runs)
aging.in_passing()
