"""Generated sets of images, and copies of them as they are found in data sets."""

from collections.abc import Callable, Mapping

import cv2
import numpy as np
from numpy.typing import NDArray

from explorer.data.formats.digits import DigitsSpec
from explorer.data.formats.shapes import ShapesSpec

Pixels = NDArray[np.uint8]
Rng = np.random.Generator


def photograph(rng: Rng, height: int = 180, width: int = 240) -> Pixels:
    """An image with the spectrum of photographs: (H, W, 3)."""
    total = np.zeros((height, width, 3), np.float32)
    for cells in (3, 6, 12, 24, 48, 96):
        noise = rng.normal(size=(cells, cells, 3)).astype(np.float32) / cells
        total += cv2.resize(noise, (width, height), interpolation=cv2.INTER_CUBIC)
    total += rng.normal(0, 0.01, total.shape)
    low, high = np.percentile(total[::4, ::4], [1, 99])
    return np.asarray(np.clip((total - low) / (high - low) * 255, 0, 255), np.uint8)


def _photographs(rng: Rng, count: int) -> list[Pixels]:
    return [photograph(rng) for _ in range(count)]


def _aligned(rng: Rng, count: int) -> list[Pixels]:
    """Images with one layout, as X-rays have: half of the contrast is the same in all."""
    layout = photograph(np.random.default_rng(99)).astype(np.float32)
    return [np.asarray(np.clip((layout + photograph(rng)) / 2, 0, 255), np.uint8) for _ in range(count)]


def _shapes(rng: Rng, count: int) -> list[Pixels]:
    train = ShapesSpec(seed=int(rng.integers(1000)), train_images=max(count, 2)).open().train
    return [train.load(place).image for place in range(min(count, len(train)))]


def _digits(rng: Rng, count: int) -> list[Pixels]:
    del rng
    train = DigitsSpec().open().train
    return [train.load(place).image for place in range(min(count, len(train)))]


# Harder than tests.data.findings.planted on purpose: more images, of which many are alike by chance since they hold one
# or a few shapes on a plain ground or few px, stronger changes, and all pairs count and not only those across parts.
SETS: Mapping[str, Callable[[Rng, int], list[Pixels]]] = {
    "photographs": _photographs,
    "one layout": _aligned,
    "the app's shapes": _shapes,
    "digits of 8 px": _digits,
}


def _jpeg(pixels: Pixels, quality: int) -> Pixels:
    coded = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return np.asarray(cv2.imdecode(coded, cv2.IMREAD_COLOR), np.uint8)


def _changed(pixels: Pixels, contrast: float, brightness: float) -> Pixels:
    return np.asarray(cv2.convertScaleAbs(pixels, alpha=contrast, beta=brightness), np.uint8)


def _scaled(pixels: Pixels, factor: float) -> Pixels:
    how = cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(pixels, None, fx=factor, fy=factor, interpolation=how), np.uint8)


def _cropped(pixels: Pixels, share: float, rng: Rng) -> Pixels:
    """Cut so much of height and width, somewhere."""
    cut = [round(side * share) for side in pixels.shape[:2]]
    top, left = (int(rng.integers(0, most + 1)) for most in cut)
    return np.ascontiguousarray(pixels[top : pixels.shape[0] - cut[0] + top, left : pixels.shape[1] - cut[1] + left])


COPIES: Mapping[str, Callable[[Pixels, Rng], Pixels]] = {
    "half the size": lambda pixels, rng: _scaled(pixels, 0.5),
    "1.5 times the size": lambda pixels, rng: _scaled(pixels, 1.5),
    "JPEG of quality 30": lambda pixels, rng: _jpeg(pixels, 30),
    "brighter by 35": lambda pixels, rng: _changed(pixels, 1, 35),
    "1.3 times the contrast": lambda pixels, rng: np.asarray(
        cv2.convertScaleAbs(pixels, alpha=1.3, beta=-20), np.uint8
    ),
    "cropped by 3 %": lambda pixels, rng: _cropped(pixels, 0.03, rng),
    "cropped by 5 %": lambda pixels, rng: _cropped(pixels, 0.05, rng),
    "cropped by 10 %": lambda pixels, rng: _cropped(pixels, 0.1, rng),
    "cropped, smaller, JPEG": lambda pixels, rng: _jpeg(_scaled(_cropped(pixels, 0.03, rng), 0.6), 50),
}
