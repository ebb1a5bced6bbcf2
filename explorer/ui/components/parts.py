"""Registers our own components, whose HTML, CSS and JavaScript lie beside the Python module of the same name."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import streamlit as st

_HERE = Path(__file__).parent


def component(
    name: str, *, isolate_styles: bool = True, shared: tuple[str, ...] = (), folder: Path = _HERE
) -> Callable[..., Any]:
    """Register the component whose parts are `<name>.html`, `.css` and `.js`; call it once, at module level.

    Args:
        name: The name of the component and its three files.
        isolate_styles: Whether the component's CSS applies only inside it.
        shared: Names of JavaScript files in this folder that go before the component's own.
        folder: The folder of the three files.
    """
    html, css, js = ((folder / f"{name}.{kind}").read_text(encoding="utf-8") for kind in ("html", "css", "js"))
    js = "\n".join([*((_HERE / f"{part}.js").read_text(encoding="utf-8") for part in shared), js])
    return st.components.v2.component(f"explorer_{name}", html=html, css=css, js=js, isolate_styles=isolate_styles)


def text_event(key: str, event: str) -> str | None:
    """The text that the component with this key has just sent with an event, or None."""
    found = getattr(st.session_state.get(key), event, None)
    return found if isinstance(found, str) else None
