"""Registers our own components, whose HTML, CSS and JavaScript are beside the Python module of the same name."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import streamlit as st

_MOST = 2**53  # larger whole numbers of a browser are not exact
_HERE = Path(__file__).parent
_UNSEEN = ("<span hidden></span>", "span { display: none; }")  # HTML and CSS


def component(
    name: str,
    *,
    seen: bool = True,
    isolate_styles: bool = True,
    shared: tuple[str, ...] = (),
    before: str = "",
    folder: Path = _HERE,
) -> Callable[..., Any]:
    """Register the component whose parts are `<name>.html`, `.css` and `.js`; call it once, at module level.

    Args:
        name: The name of the component and its files.
        seen: Whether it shows something. One that does not has a `.js` only.
        isolate_styles: Whether the component's CSS applies only inside it.
        shared: Names of JavaScript files in this folder that go before the component's own.
        before: JavaScript of another room that goes before all of this.
        folder: The folder of its files.
    """
    html, css = (_text(folder / f"{name}.{kind}") for kind in ("html", "css")) if seen else _UNSEEN
    js = "\n".join([before, *map(_text, [*(_HERE / f"{part}.js" for part in shared), folder / f"{name}.js"])])
    return st.components.v2.component(f"explorer_{name}", html=html, css=css, js=js, isolate_styles=isolate_styles)


def _text(file: Path) -> str:
    return file.read_text(encoding="utf-8")


def _as_text(sent: Any) -> str | None:
    return sent if isinstance(sent, str) else None


def as_number(sent: Any) -> int | None:
    """Return a whole number from 0 that a browser has sent, and None for anything else."""
    if isinstance(sent, bool) or not isinstance(sent, int | float) or not 0 <= sent <= _MOST:
        return None
    return int(sent) if sent == int(sent) else None


def event(
    key: str, name: str, handle: Callable[[Any], object], read: Callable[[Any], Any] = _as_text
) -> dict[str, Callable[[], None]]:
    """Return the argument of a component that passes on what the browser sends with an event.

    Args:
        key: The key of the component.
        name: The name of the event.
        handle: Called with the value that was sent.
        read: Checks the value, since a browser is not trusted, and returns None if it is malformed. By default only
            text is passed on.
    """

    def call() -> None:
        if (sent := read(getattr(st.session_state.get(key), name, None))) is not None:
            handle(sent)

    return {f"on_{name}_change": call}
