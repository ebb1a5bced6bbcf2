"""What stands in JSON that others may have written: plain values that every page, list and file can take."""

import json
import math
import re
from typing import Any

from explorer.base.names import shown

# What only odd values hold: numbers beyond those of a computer, and halves of characters.
_ODD = re.compile(rb"NaN|Infinity|[eE]\+?\d{3}|\d{19}|\\u[dD][89a-fA-F]")
_MOST = 2**63 - 1


def parse(data: bytes) -> Any:
    """The value of a JSON text in UTF-8.

    Args:
        data: the text, such as a whole file or a line of events.

    Returns:
        The value. Numbers that are none (NaN, 1e999) and whole ones of more than 64 bits are None, as if they were
        missing; halves of characters are shown as in `\\ud800`.

    Raises:
        ValueError: it is no JSON, or no UTF-8.
        RecursionError: it is nested too deep.
    """
    value = json.loads(data.decode("utf-8-sig"))
    return _usable(value) if _ODD.search(data) else value


def _usable(value: Any) -> Any:
    if isinstance(value, dict):
        return {shown(key): _usable(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_usable(inner) for inner in value]
    if isinstance(value, str):
        return shown(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return None if isinstance(value, int) and abs(value) > _MOST else value


def dump(value: Any, indent: int | None = None) -> bytes:
    """The value as JSON in UTF-8; halves of characters, as in names of files that are no UTF-8, as `shown` has them.

    Raises:
        ValueError: a number is nan or inf.
        TypeError: JSON has no such value.
    """
    text = json.dumps(value, indent=indent, ensure_ascii=False, allow_nan=False)
    try:
        return text.encode()
    except UnicodeEncodeError:
        return shown(text, escape="\\\\").encode()  # such characters stand in strings only
