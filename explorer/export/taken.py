"""Code of ours that an exported file needs, taken from where it stands: so there is no second version of it."""

import inspect
import re
import textwrap
from collections.abc import Callable
from typing import Any

WIDTH = 120  # characters in a line
_SIGNATURE = re.compile(r"^(def \w+)\(\n    (.*[^,])\n\)(.*:)$", re.MULTILINE)
_ARRAYS = re.compile(r"\bNDArray\[[\w.]+\]|\bPoints\b")


def taken(*parts: Callable[..., Any]) -> str:
    """The source of functions that need nothing but numpy, cv2, math and each other, without leading underscores."""
    text = "\n\n\n".join(textwrap.dedent(inspect.getsource(part)).strip() for part in parts)
    for part in parts:
        text = re.sub(rf"\b{part.__name__}\b", part.__name__.lstrip("_"), text)
    return _SIGNATURE.sub(_in_one_line, _ARRAYS.sub("np.ndarray", text))


def _in_one_line(found: re.Match[str]) -> str:
    flat = f"{found[1]}({found[2]}){found[3]}"
    return flat if len(flat) <= WIDTH else found[0]
