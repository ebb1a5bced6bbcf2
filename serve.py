"""The server: the app behind what every request has to pass. `make run` starts it; `app.py` is the list of pages."""

import streamlit as st
from starlette.middleware import Middleware

from explorer.ui.serving.bounds import Bounded
from explorer.ui.serving.hosts import OnlyKnownHosts
from explorer.ui.serving.opening import opened

app = st.App("app.py", middleware=[Middleware(OnlyKnownHosts), Middleware(Bounded)], lifespan=opened)
