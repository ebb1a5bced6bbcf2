"""An invisible component that keeps the browser's token in a cookie and adds the draft to the links of the top bar."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from explorer.ui.components.parts import component

_component = component("carrier", seen=False)


def show(cookie: str, token: str, parameter: str, draft: str, key: str, on_token: Callable[[], None]) -> None:
    """Mount the component.

    Args:
        cookie: The name of the cookie.
        token: The token for a browser that has none yet.
        parameter: The query parameter that names the draft.
        draft: The id of the draft.
        key: The key of the component.
        on_token: Called if the cookie already holds another token, which `found` returns.
    """
    data = {"cookie": cookie, "token": token, "parameter": parameter, "draft": draft}
    _component(data=data, key=key, on_token_change=on_token)


def found(key: str) -> Any:
    """The token that the cookie already holds."""
    return getattr(st.session_state.get(key), "token", None)
