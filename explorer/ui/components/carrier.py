"""An invisible component that keeps the browser's token in a cookie and adds the draft to the links of the top bar."""

from collections.abc import Callable

from explorer.ui.components.parts import component, event

_component = component("carrier", seen=False)


def show(cookie: str, token: str, parameter: str, draft: str, key: str, on_token: Callable[[str], None]) -> None:
    """Mount the component.

    Args:
        cookie: The name of the cookie.
        token: The token for a browser that has none yet.
        parameter: The query parameter that names the draft.
        draft: The id of the draft.
        key: The key of the component.
        on_token: Called with the token in the cookie if it already holds another one.
    """
    data = {"cookie": cookie, "token": token, "parameter": parameter, "draft": draft}
    _component(data=data, key=key, **event(key, "token", on_token))
