"""Registers our own components, whose HTML, CSS and JavaScript lie beside the Python module of the same name."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import streamlit as st

_HERE = Path(__file__).parent
_UNSEEN = ("<span hidden></span>", "span { display: none; }")  # HTML and CSS


def component(
    name: str, *, seen: bool = True, isolate_styles: bool = True, shared: tuple[str, ...] = (), folder: Path = _HERE
) -> Callable[..., Any]:
    """Register the component whose parts are `<name>.html`, `.css` and `.js`; call it once, at module level.

    Args:
        name: The name of the component and its files.
        seen: Whether it shows something. One that does not has a `.js` only.
        isolate_styles: Whether the component's CSS applies only inside it.
        shared: Names of JavaScript files in this folder that go before the component's own.
        folder: The folder of its files.
    """
    html, css = (_text(folder / f"{name}.{kind}") for kind in ("html", "css")) if seen else _UNSEEN
    js = "\n".join(map(_text, [*(_HERE / f"{part}.js" for part in shared), folder / f"{name}.js"]))
    return st.components.v2.component(f"explorer_{name}", html=html, css=css, js=js, isolate_styles=isolate_styles)


def _text(file: Path) -> str:
    return file.read_text(encoding="utf-8")


def text_event(key: str, event: str) -> str | None:
    """The text that the component with this key has just sent with an event, or None."""
    found = getattr(st.session_state.get(key), event, None)
    return found if isinstance(found, str) else None
