"""The icon of the page and the name beside it. They are drawn here because Streamlit would download a named icon."""

from functools import lru_cache

import cv2
import numpy as np
from PIL import Image

from explorer.figures.palette import ACCENT, ON_ACCENT, rgb
from explorer.texts import App

_SIDE = 64  # px


@lru_cache(maxsize=1)
def icon() -> Image.Image:
    """Return the icon, 64 × 64 px RGB: a picture and a rotated copy."""
    canvas = np.zeros((_SIDE, _SIDE, 3), np.uint8)
    canvas[:] = rgb(ACCENT)
    white = rgb(ON_ACCENT)
    cv2.rectangle(canvas, (12, 12), (42, 42), white, 4)
    turned = cv2.boxPoints(((39.0, 39.0), (26.0, 26.0), 30.0))
    cv2.fillPoly(canvas, [np.rint(turned).astype(np.int32)], white, cv2.LINE_AA)
    return Image.fromarray(canvas)


@lru_cache(maxsize=1)
def wordmark() -> str:
    """Return the icon and the product's name as SVG, in an accent color that is legible on light and dark pages."""
    words = "".join(
        f'<text x="40" y="{line}" font-size="12.5" font-weight="650" font-family="sans-serif" '
        f'fill="{ACCENT}">{word}</text>'
        for line, word in zip((14, 28), App.TITLE.split(), strict=True)
    )
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 146 32" width="146" height="32">'
        f'<rect width="32" height="32" rx="6" fill="{ACCENT}"/>'
        f'<rect x="6" y="6" width="15" height="15" fill="none" stroke="{ON_ACCENT}" stroke-width="2"/>'
        f'<rect x="13" y="13" width="13" height="13" fill="{ON_ACCENT}" transform="rotate(30 19.5 19.5)"/>{words}</svg>'
    )
