"""The server that `make run` starts: the app of `app.py` behind the checks of every request."""

import streamlit as st
from starlette.middleware import Middleware

from explorer.ui.serving.bounds import Bounded
from explorer.ui.serving.hosts import OnlyKnownHosts
from explorer.ui.serving.late import OnlyShownPage
from explorer.ui.serving.opening import opened

checks = [Middleware(OnlyKnownHosts), Middleware(Bounded), Middleware(OnlyShownPage)]
app = st.App("app.py", middleware=checks, lifespan=opened)
