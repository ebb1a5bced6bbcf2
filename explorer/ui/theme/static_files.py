"""Files that Streamlit serves to the browser from `static/` beside the app."""

from functools import cache
from pathlib import Path

import plotly

from explorer.base.atomic import write_bytes_atomic

FOLDER = Path(__file__).parents[3] / "static"  # the folder that Streamlit serves for `app.py`
_NAME = "plotly.min.js"


def copy_if_changed(source: Path, target: Path) -> bool:
    """Copy a file atomically if the target is missing or has another size; return whether it was copied."""
    if target.exists() and target.stat().st_size == source.stat().st_size:
        return False
    target.parent.mkdir(parents=True, exist_ok=True)
    write_bytes_atomic(target, source.read_bytes())
    return True


@cache
def plotly_path() -> str:
    """Return the address of plotly's script relative to the page; the file is copied once per server process.

    The version is part of the address, so that browsers do not keep an old one. Raises OSError.
    """
    source = Path(plotly.__file__).parent / "package_data" / _NAME
    copy_if_changed(source, FOLDER / _NAME)
    return f"app/static/{_NAME}?v={plotly.__version__}"
