"""The server that `make run` starts: the app of `app.py` behind the checks of every request."""

import streamlit as st
from starlette.middleware import Middleware

from explorer.ui.serving.bounds import Bounded
from explorer.ui.serving.hosts import OnlyKnownHosts
from explorer.ui.serving.opening import opened

app = st.App("app.py", middleware=[Middleware(OnlyKnownHosts), Middleware(Bounded)], lifespan=opened)
