"""The text of an exported file between the lifted source; which lines it has depends on the run."""

from collections.abc import Set
from string import Template
from typing import Any


def literal(value: Any) -> str:
    """A value as Python code, with double quotes unless a text in it has quotes or backslashes."""
    text = repr(value)
    return text if {'"', "\\"} & set(text) else text.replace("'", '"')


def filled(template: str, having: Set[str] = frozenset(), **values: object) -> str:
    """The template with values for its `$names`.

    A line that ends in `#? this, not that` is kept for such traits only. A line that opens a block is kept or left out
    with its whole block and the empty lines after it.
    """
    kept: list[str] = []
    without: int | None = None  # the indent of the line whose block is left out
    for line in template.splitlines():
        text, _, condition = line.partition("  #? ")
        indent = len(text) - len(text.lstrip())
        if without is not None and (indent > without or not text):
            continue
        holds = _holds(condition, having)
        without = indent if text.endswith(":") and not holds else None
        kept += [text] if holds else []
    return Template("\n".join(kept)).substitute({name: str(value) for name, value in values.items()})


def _holds(condition: str, having: Set[str]) -> bool:
    wanted = condition.split(", ") if condition else []
    return all((one.removeprefix("not ") in having) is not one.startswith("not ") for one in wanted)
