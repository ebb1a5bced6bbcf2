"""Puts the page of a report together: one HTML document that loads nothing."""

import base64
import hashlib
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from explorer.base.words import day
from explorer.figures import scripts, theme
from explorer.report.comparing import Comparison
from explorer.report.embedding import as_data
from explorer.report.figures import Chart
from explorer.report.sections import Section
from explorer.texts import App, Charts, Compare
from explorer.texts import Report as T

_HERE = Path(__file__).parent
# Words that the scripts of the page show.
_WORDS = Charts.SAVING


def render(
    sections: Sequence[Section],
    comparison: Comparison | None,
    charts: Sequence[Sequence[Chart]],
    payload: str,
    now: float,
) -> str:
    """Return the HTML document.

    Args:
        sections: One for each run.
        comparison: What compares them; None for one run.
        charts: The figures of the comparison, then those of each run.
        payload: The numbers as JSON, from `as_data`.
        now: Seconds since 1970.
    """
    name = sections[0].name if comparison is None else T.COMPARISON.format(count=len(sections))
    script = "\n".join(["(() => {", scripts.shared("themed", "saving"), _text("page.js"), "})();"])
    plotly = scripts.PLOTLY.read_text(encoding="utf-8")
    drawn = {f"{group}-{chart.key}": chart for group, found in enumerate(charts) for chart in found}
    files = [T.COMPARISON_FILE, *(section.id for section in sections)]
    figures = {key: chart.figure for key, chart in drawn.items() if chart.figure is not None}
    return _environment().get_template("page.html").render(
        T=T,
        Compare=Compare,
        product=App.TITLE,
        title=T.TITLE.format(name=name) if comparison is None else name,
        made=T.MADE.format(time=day(now)),
        sections=sections,
        comparison=comparison,
        charts=[
            [(f"{group}-{chart.key}", f"{files[group]}-{chart.key}", chart) for chart in found]
            for group, found in enumerate(charts)
        ],
        policy=_policy(plotly, script),
        style=Markup(_style()),
        script=Markup(script),
        plotly=Markup(plotly),
        data=Markup(payload),
        figures=Markup(as_data({"figures": figures, "words": _WORDS})),
    )  # fmt: skip


def _policy(*trusted: str) -> str:
    """The content security policy: no request at all, and no script but our own."""
    hashes = " ".join(
        f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'" for text in trusted
    )
    parts = (
        "default-src 'none'",
        f"script-src {hashes}",
        "style-src 'unsafe-inline'",  # plotly writes its rules into the page
        "img-src data: blob:",
        "base-uri 'none'",
        "form-action 'none'",
    )
    return "; ".join(parts)


def _style() -> str:
    light, dark = (";".join(f"{name}:{value}" for name, value in theme.variables(base).items()) for base in _BASES)
    in_the_dark = f"@media screen and (prefers-color-scheme: dark){{:root:not(.printed){{{dark}}}}}"
    return "\n".join((f":root{{{light}}}", in_the_dark, _text("page.css")))


_BASES = ("light", "dark")


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(_HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )


def _text(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")
