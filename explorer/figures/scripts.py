"""What a browser needs to draw figures: plotly's script from the installed package, and our own shared JavaScript."""

from pathlib import Path

import plotly

PLOTLY = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
PLOTLY_VERSION = plotly.__version__
_HERE = Path(__file__).parent


def shared(*names: str) -> str:
    """Return the text of JavaScript files of this folder, which define functions and export nothing."""
    return "\n".join((_HERE / f"{name}.js").read_text(encoding="utf-8") for name in names)
