"""The page's icon, drawn here: Streamlit would fetch one of its own by name from another server."""

from functools import lru_cache

import cv2
import numpy as np
from PIL import Image

from explorer.ui.palette import ACCENT, ON_ACCENT, rgb

_SIDE = 64  # px


@lru_cache(maxsize=1)
def icon() -> Image.Image:
    """64 × 64 px, RGB: a picture and the same picture, turned."""
    canvas = np.zeros((_SIDE, _SIDE, 3), np.uint8)
    canvas[:] = rgb(ACCENT)
    white = rgb(ON_ACCENT)
    cv2.rectangle(canvas, (12, 12), (42, 42), white, 4)
    turned = cv2.boxPoints(((39.0, 39.0), (26.0, 26.0), 30.0))
    cv2.fillPoly(canvas, [np.rint(turned).astype(np.int32)], white, cv2.LINE_AA)
    return Image.fromarray(canvas)
