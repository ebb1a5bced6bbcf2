"""Escapes text for Markdown, and writes tables."""

from collections.abc import Iterable, Sequence

from explorer.base.names import shown


def escape(text: str) -> str:
    """Escape all characters that have a meaning in Markdown."""
    return "".join(f"\\{sign}" if sign in "\\`*_{}[]<>()#+-.!|$~:" else sign for sign in shown(text))


def cell(text: str) -> str:
    """Escape text for a cell of a table, in one line."""
    return escape(" ".join(text.split()))


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table of cells that are Markdown already, see `cell`."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
