"""Text from elsewhere inside Markdown."""


def escape(text: str) -> str:
    """Text from elsewhere, with nothing in it that markdown would take for a sign."""
    return "".join("\\" + character if character in "\\`*_{}[]<>()#+-.!|$~:" else character for character in text)
