"""Files that Streamlit serves to the browser from `static/` beside the app."""

from functools import cache
from pathlib import Path

from explorer.base.atomic import write_bytes_atomic
from explorer.figures.scripts import PLOTLY, PLOTLY_VERSION

FOLDER = Path(__file__).parents[3] / "static"  # the folder that Streamlit serves for `app.py`


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
    copy_if_changed(PLOTLY, FOLDER / PLOTLY.name)
    return f"app/static/{PLOTLY.name}?v={PLOTLY_VERSION}"
