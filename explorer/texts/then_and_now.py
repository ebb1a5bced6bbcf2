"""Words of the page that puts training code for Lightning 1.x beside today's. Its entries are in then_and_now.md."""

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

_FILE = Path(__file__).with_suffix(".md")
_ENTRY = re.compile(
    r"^## (?P<title>[^\n]+)\n+<!-- (?P<key>\S+)(?: -> (?P<field>\w+))? -->\n+"
    r"```python\n(?P<then>.*?)\n```\n+```python\n(?P<now>.*?)\n```\n+(?P<why>.*?)(?=\n+## |\s*\Z)",
    re.MULTILINE | re.DOTALL,
)


class ThenAndNow:
    THEN = "Then, Lightning 1.x"
    NOW = "Today"
    TO_FIELD = "In the form: {label}"


@dataclass(frozen=True)
class Idiom:
    """An entry of the page.

    Attributes:
        key: The anchor in the address.
        then: Python for Lightning 1.x.
        now: The same in today's Python.
        why: Markdown.
        field: The field of the form that does it, "" for none.
    """

    key: str
    title: str
    then: str
    now: str
    why: str
    field: str


@lru_cache(maxsize=1)
def intro() -> str:
    """The paragraph above the entries, as Markdown."""
    return _text().partition("\n## ")[0].strip()


@lru_cache(maxsize=1)
def idioms() -> tuple[Idiom, ...]:
    """The entries in the order of the page."""
    return tuple(Idiom(**found.groupdict(default="")) for found in _ENTRY.finditer(_text()))


def _text() -> str:
    return _FILE.read_text(encoding="utf-8")
