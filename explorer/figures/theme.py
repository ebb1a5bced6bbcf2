"""The colors of the theme as CSS variables, for files that are read without the app."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Literal

_FILE = Path(__file__).parents[2] / ".streamlit" / "config.toml"
# The names that Streamlit gives to the colors of its theme in the page.
_VARIABLES = {
    "--st-primary-color": "primaryColor",
    "--st-background-color": "backgroundColor",
    "--st-secondary-background-color": "secondaryBackgroundColor",
    "--st-text-color": "textColor",
    "--st-border-color": "borderColor",
    "--st-gray-text-color": "grayColor",
    "--st-red-text-color": "redColor",
}


@cache
def variables(base: Literal["light", "dark"]) -> dict[str, str]:
    """Return CSS variable -> color of one of the two themes. Raises OSError, KeyError for an incomplete theme."""
    theme = tomllib.loads(_FILE.read_text(encoding="utf-8"))["theme"][base]
    return {name: str(theme[key]) for name, key in _VARIABLES.items()}
