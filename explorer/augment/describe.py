"""What a step drew, in a few words."""

from collections.abc import Mapping
from typing import Any

import numpy as np

# About the picture, or given by the person and not drawn, or what follows from what was drawn.
NOISE = frozenset({
    "shape", "cols", "rows", "output_shape", "orig_shape", "interpolation", "mask_interpolation", "border_mode", "fill",
    "fill_mask", "matrix", "bbox_matrix", "pad_left", "pad_right", "pad_top", "pad_bottom",
})  # fmt: skip
_MAX_ITEMS = 4


def describe(params: Mapping[str, Any]) -> dict[str, str]:
    """Name -> short text: numbers with three digits, arrays by size and range; what says nothing is left out."""
    return {name: text for name, value in params.items() if name not in NOISE and (text := _text(value))}


def _text(value: Any) -> str:
    if isinstance(value, bool | np.bool_):
        return str(bool(value)).lower()
    if isinstance(value, int | np.integer):
        return str(int(value))
    if isinstance(value, float | np.floating):
        return f"{float(value):.3g}"
    if isinstance(value, np.ndarray):
        return _array(value)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{name} {_text(part)}" for name, part in value.items()) + "}"
    if isinstance(value, list | tuple):
        shown = ", ".join(_text(part) for part in value[:_MAX_ITEMS])
        return f"({shown}, … {len(value)} in all)" if len(value) > _MAX_ITEMS else f"({shown})"
    return value if isinstance(value, str) else ""


def _array(value: np.ndarray[Any, Any]) -> str:
    if value.size == 0:
        return ""
    if value.size <= _MAX_ITEMS:
        return _text(value.ravel().tolist())
    size = " × ".join(map(str, value.shape))
    if not np.issubdtype(value.dtype, np.number):
        return f"array {size}"
    return f"array {size}, {value.min():.3g} to {value.max():.3g}"
