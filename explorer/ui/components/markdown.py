"""Escapes text for Markdown."""

from explorer.base.names import shown


def escape(text: str) -> str:
    """Escape all characters that have a meaning in Markdown."""
    return "".join(f"\\{sign}" if sign in "\\`*_{}[]<>()#+-.!|$~:" else sign for sign in shown(text))
