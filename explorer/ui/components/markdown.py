"""Text from elsewhere inside Markdown."""

from explorer.base.names import shown


def escape(text: str) -> str:
    """Text from elsewhere, with nothing in it that markdown would take for a sign."""
    text = shown(text)
    return "".join("\\" + character if character in "\\`*_{}[]<>()#+-.!|$~:" else character for character in text)
