"""JSON inside of HTML."""

import json
from typing import Any


def as_data(value: Any) -> str:
    """Return JSON that can stand inside of a script element: no text in it can end the element or begin a comment."""
    text = json.dumps(value, allow_nan=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
