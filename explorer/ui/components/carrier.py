"""Shows nothing: keeps the browser's token in a cookie, and lets the links of the top bar carry the draft."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from explorer.ui.components.parts import component

_component = component("carrier")


def show(cookie: str, token: str, parameter: str, draft: str, key: str, on_token: Callable[[], None]) -> None:
    """Mount it. parameter: of the address, for the draft. on_token: the cookie holds another token, see `found`."""
    data = {"cookie": cookie, "token": token, "parameter": parameter, "draft": draft}
    _component(data=data, key=key, on_token_change=on_token)


def found(key: str) -> Any:
    """The token that the cookie holds already."""
    return getattr(st.session_state.get(key), "token", None)
